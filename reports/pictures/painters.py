"""Which painter draws which chart, and the way from an answer to bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from analytics import charts
from analytics.base import Result
from analytics.columns import Date, named
from analytics.plots.frame import Drawing
from reports.pictures.areas import heat_map, scatter
from reports.pictures.bars import bar, horizontal_bar
from reports.pictures.lines import line
from reports.pictures.rings import ring
from reports.pictures.sheet import STYLE, Sheet, add_typefaces, png, svg

Painter = Callable[[Any, Drawing, Sheet], None]
PAINTERS: dict[type[charts.Chart], Painter] = {
    charts.Bar: bar,
    charts.HorizontalBar: horizontal_bar,
    charts.Line: line,
    charts.HeatMap: heat_map,
    charts.Pie: ring,
    charts.Scatter: scatter,
}
FORMS: dict[str, Callable[[Figure], bytes]] = {"svg": svg, "png": png}


def paint(result: Result, form: str, width: float, height: float | None) -> bytes | None:
    """The bytes of the picture. matplotlib's settings are those of the whole process: one picture at a time."""
    with rc_context(STYLE):
        figure = drawn(result, width, height)
        return FORMS[form](figure) if figure else None


def drawn(result: Result, width: float, height: float | None = None) -> Figure | None:
    """The picture before it is bytes; None where nothing has a place in it."""
    add_typefaces()
    placed = with_days(result)
    if not placed.rows or not result.chart:
        return None
    sheet = Sheet(width, height)
    PAINTERS[type(result.chart)](result.chart, Drawing(placed), sheet)
    return sheet.figure


def with_days(result: Result) -> Result:
    """Without the rows that have no place in time, where the chart is over time."""
    chart = result.chart
    if not isinstance(chart, charts.Bar | charts.Line) or isinstance(chart, charts.HorizontalBar):
        return result
    if not isinstance(named(result.columns, chart.x), Date):
        return result
    days = result.column(chart.x)
    return replace(result, rows=[row for row, day in zip(result.rows, days, strict=True) if day is not None])
