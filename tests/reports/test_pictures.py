"""Charts on paper: the same data, words and cuts as on the page, for any name, the same bytes each time."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from boutique import OWNER, TODAY, Boutique
from django.conf import settings
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.patches import Wedge
from PIL import Image

from analytics import charts
from analytics.base import Result
from analytics.catalogue import ANALYSES
from analytics.columns import Column, Date, Flag, Hour, Integer, Key, Money, Percent, Text, Weekday
from analytics.pages import is_blank
from analytics.plots import PAINTERS as ON_PAGES
from analytics.plots import figure
from lacelux.lib import palette
from lacelux.lib.periods import Period
from reports.pictures import caption, painters, picture
from reports.pictures.sheet import STYLE, breadth

BRANDS = (
    Key("brand_id"), Text("brand", "Brand"), Money("revenue", "Revenue"), Percent("margin", "Margin"),
    Integer("units", "Units"),
)  # fmt: skip
ROWS = [
    (7, "Louis Vuitton", Decimal("1820.50"), 0.42, 9),
    (8, "Hermès", Decimal("950.00"), 0.31, 2),
    (9, "Prada", Decimal("-35.00"), None, 1),
]
MANY = [(i, f"Brand {i}", Decimal(1000 - 10 * i), i / 100, i) for i in range(30)]
SERIES = (
    Date("date", "Day"), Money("revenue", "Revenue"), Money("profit", "Profit"), Integer("units", "Units"),
    Flag("complete"),
)  # fmt: skip
DAYS = [
    (date(2026, 3, 8), Decimal("1210.00"), Decimal("310.00"), 3, True),
    (date(2026, 3, 9), None, Decimal("0.00"), 0, True),
    (date(2026, 3, 10), Decimal("800.00"), Decimal("-40.00"), 2, True),
    (date(2026, 3, 11), Decimal("400.00"), Decimal("90.00"), 1, False),
]
HOURS = (Weekday("weekday", "Weekday"), Hour("hour", "Hour"), Money("revenue", "Revenue"))
BUSY = [(5, 20, Decimal("300.00")), (7, 9, Decimal("99.00")), (7, 10, Decimal("-5.00"))]

BAR = charts.Bar(x="date", y="revenue")
LYING = charts.HorizontalBar(x="brand", y="revenue", title="Revenue by brand")
LINE = charts.Line(x="date", y=("revenue",), complete="complete")
HEAT = charts.HeatMap(x="hour", y="weekday", z="revenue")
RING = charts.Pie(label="brand", value="revenue")
CLOUD = charts.Scatter(x="revenue", y="margin", label="brand", size="units")


def answer(columns: tuple[Column, ...], rows: list[tuple], chart: charts.Chart | None) -> Result:
    return Result(
        slug="brands/performance", title="", description="", params={}, rows=rows, columns=columns, chart=chart,
        period=Period("7d", date(2026, 3, 5), date(2026, 3, 11), "day"), as_of=datetime(2026, 3, 11, tzinfo=UTC),
        insights=[], notes=[],
    )  # fmt: skip


KINDS = {
    type(result.chart): result
    for result in (
        answer(SERIES, DAYS, BAR),
        answer(BRANDS, ROWS, LYING),
        answer(SERIES, DAYS, LINE),
        answer(HOURS, BUSY, HEAT),
        answer(BRANDS, ROWS, RING),
        answer(BRANDS, ROWS, CLOUD),
    )
}


@pytest.fixture(autouse=True)
def _settings_of_pictures() -> Iterator[None]:
    with rc_context(STYLE):
        yield


def drawn(columns: tuple[Column, ...], rows: list[tuple], chart: charts.Chart, width: float = 170) -> Figure:
    found = painters.drawn(answer(columns, rows, chart), width)
    assert found is not None
    return found


def on_page(columns: tuple[Column, ...], rows: list[tuple], chart: charts.Chart) -> dict[str, Any]:
    found = figure(answer(columns, rows, chart))
    assert found is not None
    return found


def shapes(axes: Axes) -> list[tuple[float, float, float, float]]:
    """The rectangles of a plot: left, foot, right, top."""
    (found,) = (each for each in axes.collections if isinstance(each, PolyCollection))
    boxes = [path.get_extents() for path in found.get_paths()]
    return [tuple(round(float(edge), 6) for edge in (box.x0, box.y0, box.x1, box.y1)) for box in boxes]


def fills(axes: Axes) -> list[str]:
    (found,) = (each for each in axes.collections if isinstance(each, PolyCollection))
    return [to_hex(colour) for colour in found.get_facecolor()]


def words(found: Figure) -> list[str]:
    return [text.get_text() for text in found.texts]


def down(axes: Axes) -> list[str]:
    return [label.get_text() for label in axes.get_yticklabels()]


def across(axes: Axes) -> list[str]:
    return [label.get_text() for label in axes.get_xticklabels()]


def plain(labels: list[str]) -> list[str]:
    """Plotly's labels without its HTML."""
    return [unescape(label.replace("<br>", "\n")) for label in labels]


# --- The contract -------------------------------------------------------------------------------------------------


def test_every_chart_of_a_page_has_a_painter():
    assert set(painters.PAINTERS) == set(ON_PAGES) == set(KINDS)


@pytest.mark.parametrize("width", [170, 82])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_comes_in_both_forms(kind: type[charts.Chart], width: float):
    svg = picture(KINDS[kind], form="svg", width=width)
    png = picture(KINDS[kind], form="png", width=width)
    assert svg is not None
    assert png is not None
    root = ElementTree.fromstring(svg)
    assert float(root.attrib["width"].removesuffix("pt")) == pytest.approx(width * 72 / 25.4)
    assert b"<text" not in svg
    with Image.open(BytesIO(png)) as image:
        assert image.width == pytest.approx(width * 144 / 25.4, abs=1)
        assert image.convert("RGB").getpixel((image.width - 1, image.height - 1)) == (255, 255, 255)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_height_that_is_asked_for_is_kept(kind: type[charts.Chart]):
    root = ElementTree.fromstring(picture(KINDS[kind], form="svg", height=60) or b"")
    assert float(root.attrib["height"].removesuffix("pt")) == pytest.approx(60 * 72 / 25.4)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_same_answer_gives_the_same_bytes(kind: type[charts.Chart]):
    for form in ("svg", "png"):
        assert picture(KINDS[kind], form=form) == picture(KINDS[kind], form=form)
    assert b"dc:date" not in (picture(KINDS[kind], form="svg") or b"")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_caption_is_the_title_of_the_page(kind: type[charts.Chart]):
    assert caption(KINDS[kind]) == (figure(KINDS[kind]) or {})["title"]
    assert caption(KINDS[kind]) not in words(painters.drawn(KINDS[kind], 170))


def test_nothing_to_draw_is_no_picture():
    tiles = charts.Tiles(label="brand", value="revenue")
    nothing = [(7, "Gucci", Decimal("0.00"), None, 0)]
    for result in (
        answer(BRANDS, ROWS, tiles),
        answer(BRANDS, ROWS, None),
        answer(BRANDS, [], LYING),
        answer(BRANDS, nothing, LYING),  # the page draws nothing either
        answer(SERIES, [(None, Decimal("9.00"), None, 1, True)], LINE),
    ):
        assert picture(result, form="png") is None
    assert caption(answer(BRANDS, ROWS, tiles)) == ""


def test_threads_draw_what_one_alone_draws():
    alone = [picture(result, form=form) for result in KINDS.values() for form in ("svg", "png")]
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(picture, result, form=form) for result in [*KINDS.values()] * 3 for form in ("svg", "png")]
    assert [job.result() for job in jobs] == alone * 3


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ANALYSES)
def test_every_question_of_the_shop_is_drawn_as_on_its_page(shop: Boutique, slug: str):
    result = ANALYSES[slug].run({}, OWNER, today=TODAY)
    assert (picture(result, form="svg") is None) == (figure(result) is None or is_blank(result))


# --- The same as on the page ----------------------------------------------------------------------------------------


def test_lying_bars_have_the_values_and_names_of_the_page():
    (axes,) = drawn(BRANDS, ROWS, LYING).axes
    page = on_page(BRANDS, ROWS, LYING)
    lengths = [right if right > 0 else left for left, _, right, _ in shapes(axes)]
    assert lengths == page["data"][0]["x"]
    assert [left if right > 0 else right for left, _, right, _ in shapes(axes)] == [0, 0, 0]
    assert down(axes) == plain(page["layout"]["yaxis"]["ticktext"])
    assert axes.yaxis_inverted()
    assert "Revenue (USD)" in words(axes.figure)
    assert fills(axes) == [palette.CATEGORIES[0]] * 3


def test_a_long_answer_shows_its_first_bars_only():
    (axes,) = drawn(BRANDS, MANY, LYING).axes
    page = on_page(BRANDS, MANY, LYING)
    assert [right for _, _, right, _ in shapes(axes)] == page["data"][0]["x"]
    assert down(axes) == plain(page["layout"]["yaxis"]["ticktext"])
    assert caption(answer(BRANDS, MANY, LYING)) == "Revenue by brand (first 20)"


def test_upright_bars_stand_on_their_days_and_are_pale_where_not_over():
    (axes,) = drawn(SERIES, DAYS, BAR).axes
    page = on_page(SERIES, DAYS, BAR)
    middles = [date.fromordinal(round((left + right) / 2)).isoformat() for left, _, right, _ in shapes(axes)]
    assert middles == page["data"][0]["x"]
    assert [top for _, _, _, top in shapes(axes)] == [value or 0 for value in page["data"][0]["y"]]
    full, *_, pale = fills(axes)
    assert (full, pale) == (palette.CATEGORIES[0], "#c39aa8")
    assert page["layout"]["annotations"][0]["text"] in words(axes.figure)


def test_upright_bars_of_names_keep_namesakes_apart():
    twins = [(7, "Gucci", Decimal("5.00"), None, 1), (8, "Gucci", Decimal("7.00"), None, 1)]
    (axes,) = drawn(BRANDS, twins, charts.Bar(x="brand", y="revenue")).axes
    assert [top for _, _, _, top in shapes(axes)] == [5, 7]
    assert across(axes) == ["Gucci", "Gucci"]


def test_shading_has_a_small_scale_and_no_shade_where_nothing_is_known():
    found = drawn(BRANDS, ROWS, replace(LYING, colour="margin"))
    assert fills(found.axes[0]) == [palette.HIGH, palette.LOW, "#ffffff"]
    assert {"Margin (%)   31%", "42%"} <= set(words(found))


def test_lines_have_the_points_of_the_page_and_a_hollow_end():
    (axes,) = drawn(SERIES, DAYS, LINE).axes
    solid, dotted = (each for each in axes.lines if each.get_clip_on() is False and each.get_marker() != "None")
    page_solid, page_dotted = on_page(SERIES, DAYS, LINE)["data"]
    for ours, theirs in ((solid, page_solid), (dotted, page_dotted)):
        assert [date.fromordinal(int(x)).isoformat() for x in ours.get_xdata()] == theirs["x"]
        assert [None if y != y else y for y in ours.get_ydata()] == theirs["y"]
    assert dotted.get_linestyle() != solid.get_linestyle() == "-"
    assert dotted.get_markerfacecolor() == "white"
    assert "Hollow points are not over yet." in words(axes.figure)
    assert axes.get_ylim()[0] == 0


def test_measures_of_two_kinds_have_an_axis_each_and_lines_differ_without_colour():
    chart = charts.Line(x="date", y=("revenue", "profit", "units"))
    left, right = drawn(SERIES, DAYS, chart).axes
    found = [each for axes in (left, right) for each in axes.lines if each.get_marker() != "None"]
    assert [list(each.get_ydata())[-1] for each in found] == [400, 90, 1]
    assert len({(str(each._unscaled_dash_pattern), each.get_marker()) for each in found}) == 3
    assert len({each.get_marker() for each in found}) == 3
    said = words(left.figure)
    assert {"Revenue", "Profit", "Units", "Revenue (USD)"} <= set(said)
    assert said.count("Units") == 2  # in the key, and over its axis


def test_a_heat_map_has_the_cells_of_the_page():
    (axes,) = drawn(HOURS, BUSY, HEAT).axes
    (page,) = on_page(HOURS, BUSY, HEAT)["data"]
    assert (down(axes), across(axes)) == (page["y"], page["x"])
    assert len(shapes(axes)) == 7 * 24
    places = [(round(left + 0.5), round(foot + 0.5)) for left, foot, _, _ in shapes(axes)]
    by_place = dict(zip(places, fills(axes), strict=True))
    assert by_place[20, 4] == palette.HIGH
    assert by_place[10, 6] == by_place[0, 0] == palette.LOW  # below zero has no colour of its own
    assert {"Hour", "Revenue (USD)   $0", "$300"} <= set(words(axes.figure))


def test_a_ring_has_the_parts_of_the_page():
    found = drawn(BRANDS, MANY, RING)
    (page,) = on_page(BRANDS, MANY, RING)["data"]
    wedges = [each for each in found.artists if isinstance(each, Wedge)]
    shares = [(each.theta2 - each.theta1) / 360 for each in wedges]
    whole = sum(page["values"])
    assert shares == pytest.approx([value / whole for value in page["values"]])
    assert sorted(text.rsplit("\n", 1)[0] for text in words(found)) == sorted(plain(page["text"]))
    assert [to_hex(each.get_facecolor()) for each in wedges] == [*palette.CATEGORIES, palette.REST]


def test_a_cloud_has_the_points_of_the_page():
    (axes,) = drawn(BRANDS, ROWS, CLOUD).axes
    (page,) = on_page(BRANDS, ROWS, CLOUD)["data"]
    known = [[x, y] for x, y in zip(page["x"], page["y"], strict=True) if y is not None]
    (dots,) = axes.collections
    assert dots.get_offsets().tolist() == known
    assert dots.get_sizes()[0] / dots.get_sizes()[1] == pytest.approx(9 / 2)
    assert {"Margin (%)", "Revenue (USD)"} <= set(words(axes.figure))


# --- Any name -------------------------------------------------------------------------------------------------------

HOSTILE = [
    "$x_1^2$", "<b>bold</b>", r"\frac{a}{b}", "--> %s {0}", "日本の鞄", "👜🎒\u200d\ufe0f", "שלום سلام", "\x07\x00",
    " ",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "chart", [LYING, RING, charts.Bar(x="brand", y="revenue"), charts.HeatMap(x="brand", y="units", z="revenue")]
)
def test_any_name_is_drawn_as_it_is(name: str, chart: charts.Chart):
    rows = [(7, name, Decimal("5.00"), None, 1), (8, "Gucci", Decimal("7.00"), None, 1)]
    result = answer(BRANDS, rows, chart)
    assert ElementTree.fromstring(picture(result, form="svg") or b"") is not None
    assert picture(result, form="png")


def test_signs_of_mathematics_and_of_html_are_themselves():
    rows = [(7, "$x_1^2$ <b>&", Decimal("5.00"), None, 1)]
    (axes,) = drawn(BRANDS, rows, LYING).axes
    (label,) = axes.get_yticklabels()
    assert label.get_text() == "$x_1^2$ <b>&"
    assert label.get_parse_math() is False


def test_words_are_set_in_inter_with_figures_of_one_width():
    painters.add_typefaces()
    path = fontManager.findfont("Inter")
    assert path == str(settings.BASE_DIR / "assets" / "fonts" / "Inter-Regular.ttf")
    assert len({breadth(f"{digit}.{digit}", 8) for digit in range(10)}) == 1
