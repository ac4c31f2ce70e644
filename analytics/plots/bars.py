"""Bars, upright and lying. They begin at zero."""

from __future__ import annotations

from typing import Any

from analytics import charts
from analytics.formats.text import heading
from analytics.plots.frame import (
    COLOURS,
    SCALE,
    Drawing,
    Figure,
    Trace,
    base,
    by,
    colour_bar,
    footnote,
    label,
    measure_axis,
    x_axis,
)  # fmt: skip

MOST_BARS = 20
FEW = 12  # upright bars whose names stand level
NARROW = 11  # characters of a name below one
PALE = "Pale bars are not over yet."
BAR_HEIGHT = 30  # pixels a lying bar takes


def bar(chart: charts.Bar, drawn: Drawing) -> Figure:
    """Days have their place in time; names are labels on numbered places, so that two of the same name stay two."""
    is_dated = drawn.column(chart.x).kind == "date"
    trace: Trace = {
        "type": "bar",
        "x": drawn.plain(chart.x) if is_dated else list(range(len(drawn.result.rows))),
        "y": drawn.plain(chart.y),
        "marker": {**marker(chart, drawn), "opacity": [0.45 if is_open else 1 for is_open in unfinished(drawn)]},
        "customdata": drawn.points(chart.x, chart.y),
        "hovertemplate": "%{customdata[1]}<br><b>%{customdata[2]}</b><extra></extra>",
    }
    layout = base(
        xaxis=x_axis(drawn.column(chart.x), drawn) if is_dated else name_axis(chart.x, drawn),
        yaxis=measure_axis(drawn.column(chart.y), from_zero=True),
    )
    if any(unfinished(drawn)):
        layout["annotations"] = [footnote(PALE)]
        layout["margin"]["b"] = 64
    return {"title": drawn.title(by(drawn, chart.y, chart.x)), "data": [trace], "layout": layout}


def unfinished(drawn: Drawing) -> list[bool]:
    """For each row whether its time is not over yet."""
    if not any(column.name == "complete" for column in drawn.result.columns):
        return [False] * len(drawn.result.rows)
    return [done is False for done in drawn.result.column("complete")]


def name_axis(name: str, drawn: Drawing) -> dict[str, Any]:
    labels = [label(words, NARROW) for words in drawn.said(name)]
    step = label_step(len(labels))
    return {
        "title": {"text": heading(drawn.column(name))},
        "tickvals": list(range(0, len(labels), step)),
        "ticktext": labels[::step],
        "tickangle": 0 if len(labels[::step]) <= FEW else "auto",
        "showgrid": False,
        "zeroline": False,
    }


def label_step(count: int) -> int:
    """Labels thin out rather than overlap: each, every second, …"""
    return -(-count // MOST_BARS)


def horizontal_bar(chart: charts.HorizontalBar, drawn: Drawing) -> Figure:
    ticks = [label(words) for words in drawn.said(chart.x)[:MOST_BARS]]
    places = list(range(len(ticks)))
    trace: Trace = {
        "type": "bar",
        "orientation": "h",
        "x": drawn.plain(chart.y)[:MOST_BARS],
        "y": places,
        "marker": marker(chart, drawn, MOST_BARS),
        "customdata": drawn.points(chart.x, chart.y)[:MOST_BARS],
        "hovertemplate": "%{customdata[1]}<br><b>%{customdata[2]}</b><extra></extra>",
    }
    layout = base(
        xaxis=measure_axis(drawn.column(chart.y), from_zero=True),
        yaxis={
            "tickvals": places, "ticktext": ticks, "range": [len(places) - 0.5, -0.5], "automargin": True,
            "ticks": "", "fixedrange": True, "zeroline": False, "showgrid": False, "ticklabelstandoff": 6,
        },
        height=max(160, 84 + BAR_HEIGHT * len(places)),
    )  # fmt: skip
    title = drawn.title(by(drawn, chart.y, chart.x))
    if len(drawn.result.rows) > MOST_BARS:
        title += f" (first {MOST_BARS})"
    return {"title": title, "data": [trace], "layout": layout}


def marker(chart: charts.Bar, drawn: Drawing, most: int | None = None) -> dict[str, Any]:
    if not chart.colour:
        return {"color": COLOURS[0], "cornerradius": 3}
    column = drawn.column(chart.colour)
    return {
        "color": drawn.plain(chart.colour)[:most],
        "colorscale": SCALE,
        "cornerradius": 3,
        "line": {"width": 1, "color": "var(--line)"},
        "colorbar": colour_bar(column),
    }
