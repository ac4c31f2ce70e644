"""What all drawings share: the answer behind a chart, the common layout, axes, and how text gets into them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Any

from analytics.base import Result
from analytics.columns import Column, named
from analytics.formats import json
from analytics.formats.text import NOTHING, axis, heading, said, symbol

Figure = dict[str, Any]
Trace = dict[str, Any]
LINE = 22  # characters of a name beside an axis
COLOURS = tuple(f"var(--chart-{i})" for i in range(1, 9))
SCALE = [[0, "var(--chart-low)"], [1, "var(--chart-high)"]]
FONT = {"family": "Inter Variable, Inter, system-ui, sans-serif", "size": 13, "color": "var(--ink-soft)"}


@dataclass(frozen=True)
class Drawing:
    """A chart with its answer: values by column, the way down from each row."""

    result: Result
    links: Sequence[str] = ()

    def column(self, name: str) -> Column:
        return named(self.result.columns, name)

    def plain(self, name: str) -> list[Any]:
        """The column's values as JSON numbers and text, for places on an axis."""
        paint = json.PAINTERS.get(self.column(name).kind, json.unchanged)
        return [as_float(None if value is None else paint(value)) for value in self.result.column(name)]

    def said(self, name: str) -> list[str]:
        """The column's values as people read them."""
        column = self.column(name)
        return [said(column, value) for value in self.result.column(name)]

    def words(self, name: str) -> list[str]:
        """The same for Plotly, which reads a little HTML."""
        return [escape(words, quote=False) for words in self.said(name)]

    def points(self, *names: str) -> list[list[str]]:
        """For each row its link and the words of some columns."""
        told = zip(*(self.words(name) for name in names), strict=True)
        return [[link, *words] for link, words in zip(self.links, told, strict=True)]

    def title(self, fallback: str) -> str:
        return (self.result.chart.title if self.result.chart else "") or fallback


def base(**own: Any) -> dict[str, Any]:
    """The common layout: no decoration, room for labels, the page's own ground."""
    plain = {"gridcolor": "var(--line)", "linecolor": "var(--line)", "zerolinecolor": "var(--line)"}
    layout: dict[str, Any] = {
        "font": FONT,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 56, "r": 16, "t": 12, "b": 48},
        "height": 340,
        "bargap": 0.28,
        "dragmode": False,
        "hoverlabel": {
            "bgcolor": "var(--card)",
            "bordercolor": "var(--line)",
            "font": {**FONT, "color": "var(--ink)"},
            "align": "left",
        },
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "showlegend": False,
        **own,
    }
    for name in ("xaxis", "yaxis"):
        if name in layout:
            layout[name] = {**plain, "fixedrange": True, "automargin": True, **layout[name]}
            layout[name].setdefault("title", {})["font"] = FONT
    return layout


def x_axis(column: Column, drawn: Drawing) -> dict[str, Any]:
    """Days in order and in proportion; anything else as it comes. Few points: a tick for each."""
    if column.kind != "date":
        return {"title": {"text": heading(column)}, "showgrid": False}
    shown: dict[str, Any] = {"type": "date", "showgrid": False, "hoverformat": "%-d %b %Y"}
    period = drawn.result.period
    shown["tickformat"] = "%b %Y" if period and period.grain == "month" else "%-d %b\n%Y"
    if len(drawn.result.rows) <= 7:
        shown["tickvals"] = drawn.plain(column.name)
    return shown


def measure_axis(column: Column, *, from_zero: bool = False) -> dict[str, Any]:
    zero = {"rangemode": "tozero", "zeroline": True} if from_zero else {"zeroline": False}
    return {"title": {"text": axis(column), "standoff": 12}, **zero, **ticks(column)}


def ticks(column: Column) -> dict[str, Any]:
    if column.kind == "money":
        return {"tickprefix": symbol(), "tickformat": "~s", "nticks": 6}
    if column.kind == "percent":
        return {"tickformat": ".0%", "nticks": 6}
    return {"tickformat": ",~r" if column.kind in ("integer", "days") else ",", "nticks": 6}


def colour_bar(column: Column) -> dict[str, Any]:
    title = {"text": axis(column), "side": "right", "font": FONT}
    return {"title": title, "tickfont": FONT, "thickness": 10, "outlinewidth": 0, **ticks(column)}


def footnote(text: str) -> dict[str, Any]:
    return {
        "text": text, "showarrow": False, "xref": "paper", "yref": "paper", "x": 1, "y": 0, "yshift": -62,
        "xanchor": "right", "yanchor": "bottom", "font": {**FONT, "size": 12},
    }  # fmt: skip


def by(drawn: Drawing, measure: str, name: str) -> str:
    return f"{heading(drawn.column(measure))} by {heading(drawn.column(name)).lower()}"


def lines(name: str, line: int = LINE) -> list[str]:
    """A name beside an axis: on two lines where one is too short, cut where two are."""
    return wrap(name, line, max_lines=2, placeholder="…") or [NOTHING]


def label(name: str, line: int = LINE) -> str:
    """The lines of a name for Plotly."""
    return "<br>".join(escape(each, quote=False) for each in lines(name, line))


def as_float(value: Any) -> Any:
    """Decimal means nothing to a browser; a drawn point may lose the last bit, the words beside it never do."""
    return float(value) if hasattr(value, "as_tuple") else value
