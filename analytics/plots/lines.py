"""Lines over time."""

from __future__ import annotations

from collections.abc import Sequence

from analytics import charts
from analytics.columns import Column
from analytics.formats.text import heading
from analytics.plots.frame import COLOURS, Drawing, Figure, Trace, base, by, footnote, measure_axis, x_axis

HOLLOW = "Hollow points are not over yet."


def line(chart: charts.Line, drawn: Drawing) -> Figure:
    """One line a measure; measures of another kind than the first have an axis of their own, to the right.

    A last point that is not over is dashed and hollow: it will still grow.
    """
    first = drawn.column(chart.y[0])
    other = other_measure(chart, drawn)
    unfinished = unfinished_points(chart, drawn)
    data: list[Trace] = []
    for place, name in enumerate(chart.y):
        is_left = drawn.column(name).kind == first.kind
        data += line_traces(drawn, chart.x, name, COLOURS[place % len(COLOURS)], unfinished, "y" if is_left else "y2")
    layout = base(
        xaxis=x_axis(drawn.column(chart.x), drawn),
        yaxis=measure_axis(first, from_zero=True),
        showlegend=len(chart.y) > 1,
        hovermode="x unified" if len(chart.y) > 1 else "closest",
    )
    if other:
        right = measure_axis(other, from_zero=True)
        layout["yaxis2"] = {**right, "overlaying": "y", "side": "right", "showgrid": False}
    if any(unfinished):
        layout["annotations"] = [footnote(HOLLOW)]
        layout["margin"]["b"] = 64
    return {"title": drawn.title(by(drawn, chart.y[0], chart.x)), "data": data, "layout": layout}


def other_measure(chart: charts.Line, drawn: Drawing) -> Column | None:
    """The first measure of another kind than the first: it needs an axis of its own."""
    kind = drawn.column(chart.y[0]).kind
    return next((drawn.column(name) for name in chart.y if drawn.column(name).kind != kind), None)


def unfinished_points(chart: charts.Line, drawn: Drawing) -> list[bool]:
    """For each row whether its time is not over yet."""
    flags = drawn.result.column(chart.complete) if chart.complete else [True] * len(drawn.result.rows)
    return [not done for done in flags]


def line_traces(drawn: Drawing, x: str, y: str, colour: str, unfinished: Sequence[bool], on: str) -> list[Trace]:
    xs, ys, points = drawn.plain(x), drawn.plain(y), drawn.points(x, y)
    last = len(xs) - 1 if unfinished and unfinished[-1] else None
    solid: Trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": heading(drawn.column(y)),
        "x": xs,
        "y": ys if last is None else [*ys[:last], None],
        "yaxis": on,
        "line": {"color": colour, "width": 2.5, "shape": "linear"},
        "marker": {"color": colour, "size": 5 if len(xs) <= 62 else 1},
        "customdata": points,
        "hovertemplate": "%{customdata[1]}<br><b>%{customdata[2]}</b><extra></extra>",
    }
    if last is None:
        return [solid]
    begins = max(0, last - 1)
    dashed: Trace = {
        **solid,
        "x": xs[begins:],
        "y": ys[begins:],
        "customdata": points[begins:],
        "line": {**solid["line"], "dash": "dot"},
        "marker": {"color": "var(--card)", "size": [0] * (last - begins) + [8], "line": {"color": colour, "width": 2}},
        "hovertemplate": "%{customdata[1]}, not over yet<br><b>%{customdata[2]}</b><extra></extra>",
        "showlegend": False,
    }
    return [solid, dashed]
