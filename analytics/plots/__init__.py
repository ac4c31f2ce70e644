"""Charts as Plotly draws them. A figure is a plain dict: `{"title", "data", "layout"}`, JSON all through.

Colours are written `var(--chart-1)`: the page puts in what its style sheet says, light or dark. Each point carries
`[link, words, …]` as custom data: where a click on it leads, and how its values are said. Text is escaped for Plotly,
which reads a little HTML.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analytics import charts
from analytics.base import Result
from analytics.plots.areas import heat_map, pie, scatter
from analytics.plots.bars import bar, horizontal_bar
from analytics.plots.frame import Drawing, Figure
from analytics.plots.lines import line

__all__ = ["PAINTERS", "Figure", "figure"]

Painter = Callable[[Any, Drawing], Figure]
PAINTERS: dict[type[charts.Chart], Painter] = {
    charts.Bar: bar,
    charts.HorizontalBar: horizontal_bar,
    charts.Line: line,
    charts.HeatMap: heat_map,
    charts.Pie: pie,
    charts.Scatter: scatter,
}


def figure(result: Result, address: Callable[[str], str] = str) -> Figure | None:
    """The chart of `result`; None where it has none, or nothing to show.

    `address` turns a drill-down query (`sales/entries?brand=3`) into a link.
    """
    painter = PAINTERS.get(type(result.chart)) if result.chart else None
    if painter is None or not result.rows:
        return None
    links = [address(link) if link else "" for link in result.links()] or [""] * len(result.rows)
    return painter(result.chart, Drawing(result, links))
