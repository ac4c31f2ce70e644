"""Heat maps, rings and clouds of points."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.collections import PolyCollection

from analytics import charts
from analytics.formats.text import heading
from analytics.plots.areas import heights, place_name, places
from analytics.plots.frame import Drawing, lines
from reports.pictures import shades
from reports.pictures.bars import key_height, rectangle
from reports.pictures.frame import COLOURS, GAP, Frame, ink
from reports.pictures.scales import MOST_MARKS, Scale, measure
from reports.pictures.sheet import Sheet

ROW = 6.0  # millimetres of a heat map
BETWEEN = 1.0  # points between its cells
CLOUD = 62.0, 50.0  # millimetres a cloud is high, on a wide sheet and on a narrow one
LARGEST, LEAST, PLAIN = 16.0, 3.0, 5.0  # points a dot is across
SEEN_THROUGH = 0.7


def heat_map(chart: charts.HeatMap, drawn: Drawing, sheet: Sheet) -> None:
    """Every weekday and hour has its place; what has no measure has no colour."""
    cells = heights(chart, drawn)
    down, across = named(drawn, chart.y), named(drawn, chart.x, heading(drawn.column(chart.x)))
    down = Scale(down.high, down.low, down.marks, down.words)
    shading = shades.shading(drawn.column(chart.z), drawn.plain(chart.z), from_zero=True)
    frame = Frame(sheet, thinned(across, sheet, down), down, grid="", above=key_height(sheet, shading))
    axes = frame.draw(ROW * len(cells))
    ink(axes.yaxis)
    shapes = [rectangle(x - 0.5, y - 0.5, x + 0.5, y + 0.5) for y, row in enumerate(cells) for x, _ in enumerate(row)]
    fills = [shading.of(value) for row in cells for value in row]
    axes.add_collection(PolyCollection(shapes, facecolors=fills, edgecolors="white", linewidths=BETWEEN), autolim=False)
    shades.key(sheet, shading)


def named(drawn: Drawing, name: str, title: str = "") -> Scale:
    words = ["\n".join(lines(place_name(drawn.column(name), value))) for value in places(drawn, name)]
    return Scale(-0.5, len(words) - 0.5, range(len(words)), words, title)


def thinned(scale: Scale, sheet: Sheet, down: Scale) -> Scale:
    """As many of the words below as stand clear of each other."""
    pitch = Frame(sheet, Scale(0, 1, [], []), down).inner / len(scale.marks)
    step = 1
    while step * pitch < sheet.breadth(scale.words) + GAP / 2:
        step += 1
    return Scale(scale.low, scale.high, scale.marks[::step], scale.words[::step], scale.title)


def scatter(chart: charts.Scatter, drawn: Drawing, sheet: Sheet) -> None:
    xs, ys = drawn.plain(chart.x), drawn.plain(chart.y)
    across = measure(drawn.column(chart.x), xs, most=5 if sheet.is_narrow else MOST_MARKS)
    frame = Frame(sheet, across, measure(drawn.column(chart.y), ys), grid="both")
    axes = frame.draw(CLOUD[sheet.is_narrow])
    known = [row for row, place in enumerate(zip(xs, ys, strict=True)) if None not in place]
    dots = areas(drawn.plain(chart.size) if chart.size else [None] * len(xs), is_sized=bool(chart.size))
    axes.scatter(
        [xs[row] for row in known],
        [ys[row] for row in known],
        s=[dots[row] for row in known],
        color=COLOURS[0],
        alpha=SEEN_THROUGH,
        linewidths=0.4,
        edgecolors="white",
        clip_on=False,
    )


def areas(values: Sequence[float | None], *, is_sized: bool) -> list[float]:
    """Of each dot, in square points: in proportion, but none too small to see."""
    if not is_sized:
        return [PLAIN**2] * len(values)
    sizes = [abs(value or 0.0) for value in values]
    largest = max(*sizes, 1.0) if sizes else 1.0
    return [max(LARGEST**2 * size / largest, LEAST**2) for size in sizes]
