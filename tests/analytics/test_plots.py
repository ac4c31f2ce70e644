"""Figures for Plotly: what is drawn, where a click leads, what is said."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from analytics import charts
from analytics.base import Drill, Result
from analytics.columns import Column, Date, Flag, Hour, Integer, Key, Money, Percent, Text, Weekday
from analytics.plots import PAINTERS, figure
from analytics.plots.bars import MOST_BARS
from lacelux.lib.periods import Period

BRANDS = (Key("brand_id"), Text("brand", "Brand"), Money("revenue", "Revenue"), Percent("margin", "Margin"))
GUCCI = (7, "Gucci", Decimal("120.10"), 0.25)
PRADA = (8, "Prada", Decimal("-5.00"), None)


def answer(columns: tuple[Column, ...], rows: list[tuple], chart: charts.Chart, drill: Drill | None = None) -> Result:
    return Result(
        slug="brands/performance", title="", description="", params={"period": "7d", "channel": ["2"]},
        period=Period("7d", date(2026, 3, 5), date(2026, 3, 11), "day"), as_of=datetime(2026, 3, 11, tzinfo=UTC),
        columns=columns, rows=rows, insights=[], notes=[], chart=chart, drill=drill,
    )  # fmt: skip


def drawn(*args: object) -> dict:
    found = figure(answer(*args), lambda link: f"/analytics/{link}")
    assert found is not None
    return json.loads(json.dumps(found, allow_nan=False))  # JSON all through


BAR = charts.HorizontalBar(x="brand", y="revenue", title="Revenue by brand")
TO_ENTRIES = Drill("sales/entries", {"brand": "brand_id"})


def test_bars_carry_values_words_and_the_way_down():
    found = drawn(BRANDS, [GUCCI, PRADA], BAR, TO_ENTRIES)
    (trace,) = found["data"]
    assert found["title"] == "Revenue by brand"
    assert trace["x"] == [120.10, -5.0]
    assert trace["customdata"] == [
        ["/analytics/sales/entries?period=7d&channel=2&brand=7", "Gucci", "$120.10"],
        ["/analytics/sales/entries?period=7d&channel=2&brand=8", "Prada", "−$5.00"],
    ]
    assert found["layout"]["yaxis"]["ticktext"] == ["Gucci", "Prada"]
    assert found["layout"]["xaxis"]["rangemode"] == "tozero"
    assert found["layout"]["xaxis"]["title"]["text"] == "Revenue (USD)"


def test_two_of_the_same_name_stay_two_bars():
    for chart in (BAR, charts.Bar(x="brand", y="revenue")):
        found = drawn(BRANDS, [GUCCI, (9, "Gucci", Decimal("1.00"), None)], chart)
        places = found["data"][0]["y" if chart is BAR else "x"]
        assert len(set(places)) == 2


def test_a_long_answer_shows_its_first_bars_and_says_so():
    rows = [(i, f"Brand {i}", Decimal(100 - i), None) for i in range(30)]
    found = drawn(BRANDS, rows, BAR, TO_ENTRIES)
    assert [len(found["data"][0][part]) for part in ("x", "y", "customdata")] == [MOST_BARS] * 3
    assert found["title"] == "Revenue by brand (first 20)"


def test_names_are_escaped_for_the_html_that_plotly_reads():
    found = drawn(BRANDS, [(7, "<b>x</b></script>", Decimal("1.00"), None)], BAR, TO_ENTRIES)
    assert "<b>x" not in json.dumps([found["data"][0]["customdata"], found["layout"]["yaxis"]["ticktext"]])
    assert found["data"][0]["customdata"][0][1] == "&lt;b&gt;x&lt;/b&gt;&lt;/script&gt;"


def test_a_long_name_stands_on_two_lines_and_is_cut_after():
    name = "Chanel Classic Double Flap Medium Caviar Black Gold Hardware"
    (tick,) = drawn(BRANDS, [(7, name, Decimal("1.00"), None)], BAR)["layout"]["yaxis"]["ticktext"]
    assert tick == "Chanel Classic Double<br>Flap Medium Caviar…"


def test_shading_by_another_column():
    found = drawn(BRANDS, [GUCCI, PRADA], charts.HorizontalBar(x="brand", y="revenue", colour="margin"))
    marker = found["data"][0]["marker"]
    assert marker["color"] == [0.25, None]
    assert marker["colorbar"]["title"]["text"] == "Margin (%)"


SERIES = (Date("date", "Day"), Money("revenue", "Revenue"), Integer("units", "Units"), Flag("complete"))
DAYS = [
    (date(2026, 3, 9), Decimal("10.00"), 1, True),
    (date(2026, 3, 10), Decimal("0.00"), 0, True),
    (date(2026, 3, 11), Decimal("4.00"), 1, False),
]


def test_the_last_point_that_is_not_over_is_dashed_and_hollow():
    found = drawn(SERIES, DAYS, charts.Line(x="date", y=("revenue",), complete="complete"))
    solid, dashed = found["data"]
    assert solid["y"] == [10.0, 0.0, None]
    assert (dashed["x"], dashed["y"]) == (["2026-03-10", "2026-03-11"], [0.0, 4.0])
    assert dashed["line"]["dash"] == "dot"
    assert dashed["marker"]["size"] == [0, 8]
    assert "not over" in found["layout"]["annotations"][0]["text"]


def test_a_whole_series_is_one_line():
    found = drawn(SERIES, DAYS[:2], charts.Line(x="date", y=("revenue",), complete="complete"))
    assert [trace["y"] for trace in found["data"]] == [[10.0, 0.0]]
    assert "annotations" not in found["layout"]


def test_measures_of_two_kinds_have_an_axis_each():
    found = drawn(SERIES, DAYS[:2], charts.Line(x="date", y=("revenue", "units")))
    assert [trace["yaxis"] for trace in found["data"]] == ["y", "y2"]
    assert found["layout"]["yaxis"]["title"]["text"] == "Revenue (USD)"
    assert found["layout"]["yaxis2"]["title"]["text"] == "Units"
    assert found["layout"]["showlegend"]


def test_upright_bars_of_days_stand_in_time_and_pale_where_not_over():
    found = drawn(SERIES, DAYS, charts.Bar(x="date", y="revenue"))
    assert found["data"][0]["x"] == ["2026-03-09", "2026-03-10", "2026-03-11"]
    assert found["data"][0]["marker"]["opacity"] == [1, 1, 0.45]
    assert found["layout"]["xaxis"]["type"] == "date"


HOURS = (Weekday("weekday", "Weekday"), Hour("hour", "Hour"), Money("revenue", "Revenue"))


def test_a_heat_map_has_a_place_for_every_weekday_and_hour():
    chart = charts.HeatMap(x="hour", y="weekday", z="revenue")
    drill = Drill("sales/entries", {"weekday": "weekday", "hour": "hour"})
    (trace,) = drawn(HOURS, [(7, 20, Decimal("99.00"))], chart, drill)["data"]
    assert (trace["y"][0], trace["y"][6], trace["x"][20]) == ("Mon", "Sun", "20")
    assert [len(row) for row in trace["z"]] == [24] * 7
    assert trace["z"][6][20] == 99.0
    assert sum(map(sum, trace["z"])) == 99.0
    link, *words = trace["customdata"][6][20]
    assert link.endswith("weekday=7&hour=20")
    assert words == ["20:00", "Sunday", "$99.00"]


def test_a_ring_sums_up_its_small_parts():
    rows = [(i, f"Brand {i}", Decimal(10 - i), None) for i in range(9)]
    (trace,) = drawn(BRANDS, rows, charts.Pie(label="brand", value="revenue"), TO_ENTRIES)["data"]
    assert trace["text"] == [*(f"Brand {i}" for i in range(7)), "Other"]
    assert trace["values"][-1] == 3 + 2
    assert trace["customdata"][-1] == ["", "Other", "$5.00"]


def test_points_of_a_scatter_are_sized_and_named():
    chart = charts.Scatter(x="revenue", y="margin", label="brand", size="revenue")
    found = drawn(BRANDS, [GUCCI, PRADA], chart, TO_ENTRIES)
    (trace,) = found["data"]
    assert (trace["x"], trace["y"]) == ([120.1, -5.0], [0.25, None])
    assert trace["customdata"][0][1:] == ["Gucci", "$120.10", "25.0%", "$120.10"]
    assert found["layout"]["yaxis"]["tickformat"] == ".0%"


def test_colours_are_those_of_the_style_sheet():
    found = drawn(BRANDS, [GUCCI], BAR)
    assert found["data"][0]["marker"]["color"] == "var(--chart-1)"
    assert "#" not in json.dumps(found)


def test_no_rows_no_chart():
    assert figure(answer(BRANDS, [], BAR)) is None


@pytest.mark.parametrize("chart", [chart for chart in charts.Chart.__subclasses__() if chart is not charts.Tiles])
def test_every_kind_of_chart_has_a_painter(chart: type[charts.Chart]):
    assert chart in PAINTERS
