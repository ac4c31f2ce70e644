"""Bars, upright and lying. They begin at zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from analytics import charts
from analytics.plots.bars import MOST_BARS, PALE, unfinished
from analytics.plots.frame import Drawing, lines
from lacelux.lib import palette
from reports.pictures import shades
from reports.pictures.frame import COLOURS, GAP, Frame, base_line, ink, usual_height
from reports.pictures.scales import MOST_MARKS, Scale, measure
from reports.pictures.series import series
from reports.pictures.sheet import Sheet

THICK = 0.72  # of the place a bar has
CLOSE = 1.0  # millimetres a bar's place has at least; else bars stand shoulder to shoulder, as gaps would flicker
SEAM = 0.25  # points that such bars overlap
OUTLINE = 0.4  # points
FAINT = 0.45  # of its colour keeps a bar that will still grow
ROW = 4.6  # millimetres at least that a lying bar has
FEWEST = 3  # rows that there is room for, so that the marks below have theirs
Corners = list[tuple[float, float]]


def bar(chart: charts.Bar, drawn: Drawing, sheet: Sheet) -> None:
    values = drawn.plain(chart.y)
    up = measure(drawn.column(chart.y), values, from_zero=True)
    found = series(drawn, chart.x, sheet, up=up, edge=0.6)
    shading = shading_of(chart, drawn, len(values))
    footnote = PALE if any(unfinished(drawn)) else ""
    frame = Frame(sheet, found.scale, up, above=key_height(sheet, shading), footnote=footnote)
    axes = frame.draw(usual_height(sheet))
    is_close = frame.inner * found.gap / (found.scale.high - found.scale.low) < CLOSE
    half = found.gap * (1.0 if is_close else THICK) / 2
    shapes = [
        rectangle(at - half, 0.0, at + half, value or 0.0) for at, value in zip(found.places, values, strict=True)
    ]
    fill(axes, shapes, colours(chart, drawn, shading), is_outlined=bool(shading), is_close=is_close)
    base_line(axes)
    if shading:
        shades.key(sheet, shading)


def horizontal_bar(chart: charts.HorizontalBar, drawn: Drawing, sheet: Sheet) -> None:
    values = drawn.plain(chart.y)[:MOST_BARS]
    across = measure(drawn.column(chart.y), values, from_zero=True, most=5 if sheet.is_narrow else MOST_MARKS)
    names = ["\n".join(lines(name)) for name in drawn.said(chart.x)[:MOST_BARS]]
    middle, room = (len(names) - 1) / 2, max(len(names), FEWEST)
    down = Scale(middle + room / 2, middle - room / 2, range(len(names)), names)
    shading = shading_of(chart, drawn, MOST_BARS)
    frame = Frame(sheet, across, down, grid="x", above=key_height(sheet, shading))
    axes = frame.draw(room * max(ROW, sheet.depth(names) * 1.02))
    ink(axes.yaxis)
    shapes = [rectangle(0.0, at - THICK / 2, value or 0.0, at + THICK / 2) for at, value in enumerate(values)]
    fill(axes, shapes, colours(chart, drawn, shading)[:MOST_BARS], is_outlined=bool(shading))
    base_line(axes, "y")
    if shading:
        shades.key(sheet, shading)


def rectangle(left: float, foot: float, right: float, top: float) -> Corners:
    return [(left, foot), (right, foot), (right, top), (left, top)]


def fill(
    axes: Axes,
    shapes: Sequence[Corners],
    fills: Sequence[shades.Colour],
    *,
    is_outlined: bool,
    is_close: bool = False,
) -> None:
    """All bars at once: a year of days is one thing to draw, not 365."""
    style: dict[str, Any] = {"edgecolors": palette.REST, "linewidths": OUTLINE} if is_outlined else {"linewidths": 0}
    if is_close:
        style = {"edgecolors": "face", "linewidths": SEAM, "snap": False}
    axes.add_collection(PolyCollection(shapes, facecolors=fills, **style), autolim=False)


def colours(chart: charts.Bar, drawn: Drawing, shading: shades.Shading | None) -> list[shades.Colour]:
    """One a row; pale where its time is not over."""
    plain = shades.mixed(1.0, dark=COLOURS[0])
    full = [shading.of(value) for value in drawn.plain(chart.colour)] if shading else [plain] * len(drawn.result.rows)
    return [
        shades.pale(colour, FAINT) if is_open else colour
        for colour, is_open in zip(full, unfinished(drawn), strict=True)
    ]


def shading_of(chart: charts.Bar, drawn: Drawing, most: int) -> shades.Shading | None:
    if not chart.colour:
        return None
    return shades.shading(drawn.column(chart.colour), drawn.plain(chart.colour)[:most])


def key_height(sheet: Sheet, shading: shades.Shading | None) -> float:
    return sheet.line + GAP if shading else 0.0
