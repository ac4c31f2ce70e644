"""Heat maps, rings and clouds of points."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from analytics import charts
from analytics.columns import Column
from analytics.formats.text import WEEKDAYS, heading, said
from analytics.plots.frame import COLOURS, SCALE, Drawing, Figure, Trace, base, by, colour_bar, measure_axis

MOST_SLICES = 7


def heat_map(chart: charts.HeatMap, drawn: Drawing) -> Figure:
    """Every weekday and hour has its place, whether or not the answer has a row for it."""
    across, down = places(drawn, chart.x), places(drawn, chart.y)
    points, empty = drawn.points(chart.x, chart.y, chart.z), ["", "", "", said(drawn.column(chart.z), 0)]
    rows = [[points[row] if row is not None else empty for row in line] for line in cells(chart, drawn)]
    trace: Trace = {
        "type": "heatmap",
        "x": [label(drawn.column(chart.x), value) for value in across],
        "y": [label(drawn.column(chart.y), value) for value in down],
        "z": heights(chart, drawn),
        "customdata": rows,
        "hovertemplate": "%{y}, %{x}<br><b>%{customdata[3]}</b><extra></extra>",
        "zmin": 0,  # a sum below zero has no colour of its own: the words tell
        "zmax": max((value or 0 for value in drawn.plain(chart.z)), default=0) or 1,
        "colorscale": SCALE,
        "xgap": 2,
        "ygap": 2,
        "colorbar": colour_bar(drawn.column(chart.z)),
    }
    layout = base(
        xaxis={"title": {"text": heading(drawn.column(chart.x))}, "type": "category", "showgrid": False, "ticks": ""},
        yaxis={
            "type": "category", "autorange": "reversed", "showgrid": False, "ticks": "", "ticklabelstandoff": 6,
        },
        height=max(280, 110 + 34 * len(down)),
    )  # fmt: skip
    title = drawn.title(f"{by(drawn, chart.z, chart.y)} and {heading(drawn.column(chart.x)).lower()}")
    return {"title": title, "data": [trace], "layout": layout}


def cells(chart: charts.HeatMap, drawn: Drawing) -> list[list[int | None]]:
    """For each place, downwards and across, the row of the answer that stands there."""
    here = zip(drawn.result.column(chart.x), drawn.result.column(chart.y), strict=True)
    found = {place: row for row, place in enumerate(here)}
    across = places(drawn, chart.x)
    return [[found.get((x, y)) for x in across] for y in places(drawn, chart.y)]


def heights(chart: charts.HeatMap, drawn: Drawing) -> list[list[float | None]]:
    """The measure of each place; zero where the answer has no row for it."""
    values = drawn.plain(chart.z)
    return [[0 if row is None else values[row] for row in line] for line in cells(chart, drawn)]


def places(drawn: Drawing, name: str) -> list[Any]:
    kind = drawn.column(name).kind
    if kind == "weekday":
        return list(range(1, 8))
    if kind == "hour":
        return list(range(24))
    return list(dict.fromkeys(drawn.result.column(name)))


def label(column: Column, value: Any) -> str:
    return escape(place_name(column, value), quote=False)


def place_name(column: Column, value: Any) -> str:
    if column.kind == "weekday":
        return WEEKDAYS[int(value) - 1][:3]
    return f"{int(value):02}" if column.kind == "hour" else said(column, value)


def pie(chart: charts.Pie, drawn: Drawing) -> Figure:
    """A ring; "Other" leads nowhere."""
    kept, points = slices(chart, drawn), drawn.points(chart.label, chart.value)
    column = drawn.column(chart.value)
    trace: Trace = {
        "type": "pie",
        "hole": 0.58,
        "sort": False,
        "direction": "clockwise",
        "labels": list(range(len(kept))),
        "text": [escape(part.name, quote=False) for part in kept],
        "values": [part.value for part in kept],
        "customdata": [
            ["", part.name, said(column, part.value)] if part.row is None else points[part.row] for part in kept
        ],
        "texttemplate": "%{text}<br>%{percent:.0%}",
        "textposition": "outside",
        "hovertemplate": "%{text}<br><b>%{customdata[2]}</b> (%{percent:.1%})<extra></extra>",
        "marker": {"colors": list(COLOURS[: len(kept)]), "line": {"color": "var(--card)", "width": 2}},
    }
    layout = base(showlegend=False, height=380)
    return {"title": drawn.title(by(drawn, chart.value, chart.label)), "data": [trace], "layout": layout}


@dataclass(frozen=True)
class Slice:
    """One part of a ring, and the row it stands for; none for "Other"."""

    name: str
    value: float | None
    row: int | None = None


def slices(chart: charts.Pie, drawn: Drawing) -> list[Slice]:
    """The parts, largest first; small ones are summed up as "Other"."""
    told = zip(drawn.said(chart.label), drawn.plain(chart.value), strict=True)
    parts = [Slice(name, value, row) for row, (name, value) in enumerate(told)]
    parts.sort(key=lambda part: -(part.value or 0))
    kept, rest = parts[:MOST_SLICES], parts[MOST_SLICES:]
    return [*kept, Slice("Other", sum(part.value or 0 for part in rest))] if rest else kept


def scatter(chart: charts.Scatter, drawn: Drawing) -> Figure:
    sizes = [abs(value or 0) for value in drawn.plain(chart.size)] if chart.size else []
    told = [name for name in (chart.label, chart.x, chart.y, chart.size) if name]
    lines = [f"{heading(drawn.column(name))} <b>%{{customdata[{i}]}}</b>" for i, name in enumerate(told[1:], 2)]
    trace: Trace = {
        "type": "scatter",
        "mode": "markers",
        "x": drawn.plain(chart.x),
        "y": drawn.plain(chart.y),
        "customdata": drawn.points(*told),
        "hovertemplate": "<br>".join(["<b>%{customdata[1]}</b>", *lines]) + "<extra></extra>",
        "marker": {
            "color": COLOURS[0],
            "opacity": 0.7,
            "size": sizes or 9,
            **({"sizemode": "area", "sizeref": max(*sizes, 1) / 900, "sizemin": 4} if sizes else {}),
        },
    }
    layout = base(xaxis=measure_axis(drawn.column(chart.x)), yaxis=measure_axis(drawn.column(chart.y)), height=420)
    return {"title": drawn.title(by(drawn, chart.y, chart.x)), "data": [trace], "layout": layout}
