"""Lines over time, told apart by dashes and points as much as by colour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import nan
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analytics import charts
from analytics.formats.text import heading
from analytics.plots.frame import Drawing
from analytics.plots.lines import HOLLOW, other_measure, unfinished_points
from lacelux.lib import palette
from reports.pictures.frame import COLOURS, GAP, Frame, base_line, usual_height
from reports.pictures.scales import Scale, measure
from reports.pictures.series import Series, series
from reports.pictures.sheet import Sheet, bare

THICK = 1.5  # points
DASHES: tuple[Any, ...] = ("-", (0, (4.5, 1.5)), (0, (6, 1.5, 1.2, 1.5)), (0, (2.2, 1.2)))
DOTTED = (0, (1, 1.3))
POINTS = "os^DvPX*"
MOST_POINTS = 62  # beyond them a line has no points of its own
HANDLE = 9.0  # millimetres of a line before its name
EDGE = 0.4  # of the gap between two points, free at both ends


@dataclass(frozen=True)
class Pen:
    """How one measure is drawn, in its plot and in the key."""

    place: int
    has_points: bool

    @property
    def colour(self) -> str:
        return COLOURS[self.place % len(COLOURS)]

    @property
    def style(self) -> dict[str, Any]:
        return {
            "color": self.colour,
            "linewidth": THICK,
            "linestyle": DASHES[self.place % len(DASHES)],
            "marker": POINTS[self.place % len(POINTS)] if self.has_points else "",
            "markersize": 3.4,
            "markeredgewidth": 0,
            "solid_capstyle": "round",
        }

    @property
    def hollow(self) -> dict[str, Any]:
        point = {"marker": POINTS[self.place % len(POINTS)], "markersize": 5, "markevery": [-1]}
        ring = {"markerfacecolor": "white", "markeredgecolor": self.colour, "markeredgewidth": 1.2}
        return {**self.style, **point, **ring, "linestyle": DOTTED}


def line(chart: charts.Line, drawn: Drawing, sheet: Sheet) -> None:
    """One line a measure. A last point that is not over hangs on dots, and is hollow."""
    up, right = uprights(chart, drawn)
    found = series(drawn, chart.x, sheet, up=up, right=right, edge=EDGE)
    open_points = unfinished_points(chart, drawn)
    pens = {name: Pen(place, len(open_points) <= MOST_POINTS) for place, name in enumerate(chart.y)}
    key = Key(sheet, [(heading(drawn.column(name)), pen) for name, pen in pens.items()]) if len(pens) > 1 else None
    footnote = HOLLOW if any(open_points) else ""
    frame = Frame(sheet, found.scale, up, right, above=key.height if key else 0.0, footnote=footnote)
    axes = frame.draw(usual_height(sheet))
    base_line(axes)
    beside = second(axes, right, sheet) if right else axes
    kind = drawn.column(chart.y[0]).kind
    for name, pen in pens.items():
        on = axes if drawn.column(name).kind == kind else beside
        trace(on, found, drawn.plain(name), pen, is_open=open_points[-1])
    if key:
        key.draw()


def uprights(chart: charts.Line, drawn: Drawing) -> tuple[Scale, Scale | None]:
    """The axis of the first measure, and that of all of another kind."""
    first, other = drawn.column(chart.y[0]), other_measure(chart, drawn)
    of_first = [name for name in chart.y if drawn.column(name).kind == first.kind]
    rest = [name for name in chart.y if name not in of_first]
    left = measure(first, every(drawn, of_first), from_zero=True)
    return left, measure(other, every(drawn, rest), from_zero=True) if other else None


def every(drawn: Drawing, names: list[str]) -> list[float | None]:
    return [value for name in names for value in drawn.plain(name)]


def second(axes: Axes, scale: Scale, sheet: Sheet) -> Axes:
    beside = axes.twinx()
    bare(beside, sheet.size)
    beside.set_ylim(scale.low, scale.high)
    beside.set_yticks(scale.marks, scale.words)
    return beside


def trace(axes: Axes, found: Series, values: list[float | None], pen: Pen, *, is_open: bool) -> None:
    ys = [nan if value is None else value for value in values]
    closed = [*ys[:-1], nan] if is_open else ys
    axes.add_line(Line2D(found.places, closed, clip_on=False, **pen.style))
    if is_open:
        axes.add_line(Line2D(found.places[-2:], ys[-2:], clip_on=False, **pen.hollow))


class Key:
    """The names of the lines, above the plot, on as many rows as they need."""

    def __init__(self, sheet: Sheet, pens: Iterable[tuple[str, Pen]]) -> None:
        self.sheet = sheet
        self.rows: list[list[tuple[float, str, Pen]]] = [[]]
        left = 0.0
        for name, pen in pens:
            taken = HANDLE + GAP / 2 + sheet.breadth([name]) + 2 * GAP
            if left and left + taken > sheet.width:
                self.rows.append([])
                left = 0.0
            self.rows[-1].append((left, name, pen))
            left += taken

    @property
    def height(self) -> float:
        return len(self.rows) * (self.sheet.line + GAP / 2) + GAP / 2

    def draw(self) -> None:
        sheet = self.sheet
        for number, row in enumerate(self.rows, 1):
            middle = sheet.height - (number - 0.5) * (sheet.line + GAP / 2)
            for left, name, pen in row:
                ends = [left, left + HANDLE / 2, left + HANDLE]
                style = {**pen.style, "markevery": [1], "transform": sheet.millimetres}
                sheet.figure.add_artist(Line2D(ends, [middle] * 3, **style))
                sheet.write(left + HANDLE + GAP / 2, middle, name, va="center_baseline", color=palette.INK)
