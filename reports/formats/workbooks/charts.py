"""Charts as Excel draws them, pointing at the cells of an answer: what is changed or filtered there changes in them.

They show what the page's chart shows: its title, its bars, its marks for what is not over yet, all taken from
`analytics.plots`. Two things Excel cannot: points of a scatter have one size, and no names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from analytics import charts
from analytics.base import Result
from analytics.columns import Column, Text, named
from analytics.formats.text import axis, heading, said, symbol
from analytics.formats.xlsx import Extent, number_formats, shown_places
from analytics.plots import Figure
from analytics.plots.bars import unfinished
from analytics.plots.frame import Drawing
from lacelux.lib.palette import CATEGORIES, HIGH, INK, INK_SOFT, LINE, LOW, REST
from reports.documents import Part

Drawn = Any  # a chart of xlsxwriter, which ships no types
WIDTH, HEIGHT, BAR_HEIGHT = 760, 380, 21  # pixels: of a chart, and of each lying bar
PALE = 55  # percent of a colour that is let through where a bar's time is not over
WIDE, SHORT = 100, 16  # characters and rows: a table wider and shorter than this has its chart below
STAYS = 3  # a chart neither moves nor shrinks when rows are filtered away
FEW_POINTS = 62  # up to which a line has its points marked
DAY_ZERO = date(1899, 12, 30)  # of a spreadsheet's days
FONT = {"color": INK_SOFT, "size": 9, "bold": False}
COLOURS = (*CATEGORIES, REST)


@dataclass(frozen=True)
class Source:
    """The cells a chart points at: an answer as it stands on `sheet`, header first."""

    sheet: str
    result: Result

    @property
    def drawing(self) -> Drawing:
        return Drawing(self.result, [])

    def column(self, name: str) -> Column:
        return named(self.result.columns, name)

    def cells(self, name: str, count: int) -> list[Any]:
        """The first `count` values of a column, as a range."""
        places = [self.result.columns[i].name for i in shown_places(self.result.columns)]
        place = places.index(name)
        return [self.sheet, 1, place, count, place]

    def series(self, x: str, y: str, count: int, **look: Any) -> dict[str, Any]:
        """One series; it carries its values too, for programs that show a file without reckoning it."""
        return {
            "name": heading(self.column(y)),
            "categories": self.cells(x, count),
            "values": self.cells(y, count),
            "categories_data": [spoken(self.column(x), value) for value in self.result.column(x)[:count]],
            "values_data": self.drawing.plain(y)[:count],
            **look,
        }


def spoken(column: Column, value: Any) -> Any:
    """A category as a chart keeps it: what its cell holds, days as their number."""
    if value is None or column.is_number or column.kind == "hour":
        return value
    return (value - DAY_ZERO).days if column.kind == "date" else said(column, value)


def insert(book: Workbook, sheet: Worksheet, part: Part, source: Source, drawn: Figure, extent: Extent) -> None:
    """The chart of `part` right of its table, or below one that is wide and short."""
    chart = part.result.chart
    made = PAINTERS[type(chart)](book, chart, source, drawn)
    title = {"size": 13, "bold": True, "color": INK}
    made.set_title({"name": drawn["title"], "name_font": title, "overlay": False})
    made.set_chartarea({"border": {"color": LINE}})
    made.set_size({"width": WIDTH, "height": height(chart, drawn)})
    is_below = sum(extent.widths) > WIDE and extent.rows <= SHORT
    row, place = (extent.rows + 2, 0) if is_below else (1, len(extent.widths))
    look = {"object_position": STAYS, "description": told(part, drawn), "x_offset": 16, "y_offset": 4}
    sheet.insert_chart(row, place, made, look)


def height(chart: charts.Chart | None, drawn: Figure) -> int:
    """In pixels: lying bars take as much as there are of them."""
    return (
        max(HEIGHT, 140 + BAR_HEIGHT * len(drawn["data"][0]["x"]))
        if isinstance(chart, charts.HorizontalBar)
        else HEIGHT
    )


def told(part: Part, drawn: Figure) -> str:
    """The chart in words, for those who do not see it."""
    return " ".join([f"Chart: {drawn['title']}.", *part.result.insights, "Its figures are in the table of this sheet."])


def bars(book: Workbook, chart: charts.Bar, source: Source, drawn: Figure) -> Drawn:
    """Upright or lying, from zero; as many as on the page."""
    is_lying = isinstance(chart, charts.HorizontalBar)
    count = len(drawn["data"][0]["x"])
    made = book.add_chart({"type": "bar" if is_lying else "column"})
    look = {"fill": {"color": COLOURS[0]}, "points": looks(chart, source)[:count], "gap": 45}
    made.add_series(source.series(chart.x, chart.y, count, **look))
    names, measures = name_axis(source.column(chart.x), source.result, drawn), measure_axis(source, chart.y)
    if chart.colour:
        measures["name"] += f" · darker: higher {heading(source.column(chart.colour)).lower()}"
    # Lying bars begin at the top, with their scale still below them.
    made.set_x_axis(measures if is_lying else names)
    made.set_y_axis({**names, "reverse": True, "crossing": "max"} if is_lying else measures)
    made.set_legend({"none": True})
    return made


def looks(chart: charts.Bar, source: Source) -> list[Any]:
    """What sets single bars apart: pale where their time is not over, shaded by another column."""
    if chart.colour:
        values = source.drawing.plain(chart.colour)
        return [{"fill": {"color": shade(value, values)}, "border": {"color": LINE}} for value in values]
    pale = {"fill": {"color": COLOURS[0], "transparency": PALE}}
    return [pale if is_open else None for is_open in unfinished(source.drawing)]


def shade(value: float | None, among: Sequence[float | None]) -> str:
    """Between the palette's low and high, by where `value` lies among the others."""
    known = [each for each in among if each is not None]
    if value is None:
        return LOW
    span = max(known) - min(known)
    part = (value - min(known)) / span if span else 1.0
    ends = zip(channels(LOW), channels(HIGH), strict=True)
    return "#" + "".join(f"{round(low + (high - low) * part):02x}" for low, high in ends)


def channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def line(book: Workbook, chart: charts.Line, source: Source, drawn: Figure) -> Drawn:
    """Measures of another kind than the first have the axis on the right; a last point not over yet is hollow."""
    first = source.column(chart.y[0])
    made = book.add_chart({"type": "line"})
    count = len(source.result.rows)
    is_open = bool(chart.complete) and source.result.column(chart.complete)[-1] is False
    for place, name in enumerate(chart.y):
        is_other = source.column(name).kind != first.kind
        look = line_look(COLOURS[place % len(COLOURS)], count, is_open)
        made.add_series(source.series(chart.x, name, count, y2_axis=is_other, **look))
        if is_other:
            made.set_y2_axis({**measure_axis(source, name), "major_gridlines": {"visible": False}})
    made.set_x_axis(name_axis(source.column(chart.x), source.result, drawn))
    made.set_y_axis(measure_axis(source, chart.y[0]))
    made.set_legend({"position": "top", "font": FONT} if len(chart.y) > 1 else {"none": True})
    return made


def line_look(colour: str, count: int, is_open: bool) -> dict[str, Any]:
    drawn = {"fill": {"color": colour}, "border": {"color": colour}}
    marker = {"type": "circle", "size": 5, **drawn} if count <= FEW_POINTS or is_open else {"type": "none"}
    hollow = {"fill": {"color": "white"}, "border": {"color": colour, "width": 1.5}}
    points = {"points": [*[None] * (count - 1), hollow]} if is_open else {}
    return {"line": {"color": colour, "width": 2.25}, "marker": marker, **points}


def doughnut(book: Workbook, chart: charts.Pie, source: Source, drawn: Figure) -> Drawn:
    count = len(source.result.rows)
    made = book.add_chart({"type": "doughnut"})
    look = {
        "points": [{"fill": {"color": colour}, "border": {"color": "white"}} for colour in COLOURS[:count]],
        "data_labels": {"percentage": True, "font": {"color": "white", "size": 9}},
    }
    made.add_series(source.series(chart.label, chart.value, count, **look))
    made.set_hole_size(58)
    made.set_legend({"position": "right", "font": FONT})
    return made


def has_sums(chart: charts.Pie, source: Source, drawn: Figure) -> bool:
    """Whether a ring shows other values, or another order, than the cells of its answer."""
    return bool(drawn["data"][0]["values"] != source.drawing.plain(chart.value))


def slices(chart: charts.Pie, result: Result, drawn: Figure) -> Result:
    """The slices of the page's ring as an answer of their own: largest first, small ones summed up."""
    (trace,) = drawn["data"]
    columns = (Text(chart.label, heading(named(result.columns, chart.label))), named(result.columns, chart.value))
    rows = list(zip(map(unescape, trace["text"]), trace["values"], strict=True))
    return replace(result, columns=columns, rows=rows)


def scatter(book: Workbook, chart: charts.Scatter, source: Source, drawn: Figure) -> Drawn:
    made = book.add_chart({"type": "scatter"})
    point = {"fill": {"color": COLOURS[0], "transparency": 30}, "border": {"none": True}}
    look = {"marker": {"type": "circle", "size": 7, **point}}
    made.add_series(source.series(chart.x, chart.y, len(source.result.rows), **look))
    made.set_x_axis({**measure_axis(source, chart.x), "label_position": "low"})
    made.set_y_axis({**measure_axis(source, chart.y), "label_position": "low"})
    made.set_legend({"none": True})
    return made


PAINTERS: dict[type, Callable[[Workbook, Any, Source, Figure], Drawn]] = {
    charts.Bar: bars,
    charts.HorizontalBar: bars,
    charts.Line: line,
    charts.Pie: doughnut,
    charts.Scatter: scatter,
}


def name_axis(column: Column, result: Result, drawn: Figure) -> dict[str, Any]:
    """Days in their order; what the page says below its chart stands beside the axis' name."""
    notes = [note["text"] for note in drawn["layout"].get("annotations", ())]
    plain = {
        "name": " · ".join([heading(column), *notes]),
        "name_font": FONT,
        "num_font": FONT,
        "line": {"color": LINE},
        "major_tick_mark": "none",
        "label_position": "low",
    }
    if column.kind == "hour":
        return {**plain, "num_format": number_formats()["hour"]["num_format"]}
    if column.kind != "date":
        return plain
    grain = result.period.grain if result.period else "day"
    form = "mmm yyyy" if grain == "month" else "d mmm"
    # A calendar's ticks would fall beside the Mondays that points of a week stand on.
    return {**plain, "num_format": form, "date_axis": grain == "day", "text_axis": grain != "day"}


def measure_axis(source: Source, name: str) -> dict[str, Any]:
    """With its unit; from zero unless something is below."""
    column = source.column(name)
    is_above = all((value or 0) >= 0 for value in source.drawing.plain(name))
    return {
        "name": axis(column),
        "num_format": axis_format(column.kind),
        "name_font": FONT,
        "num_font": FONT,
        "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": LINE, "width": 0.75}},
        "major_tick_mark": "none",
        **({"min": 0} if is_above else {}),
    }


def axis_format(kind: str) -> str:
    """Whole units, with a sign below zero: the cells of the table have the cents."""
    sign = symbol().replace('"', "")
    form = {"money": f'"{sign}"#,##0', "percent": "0%", "integer": "#,##0"}.get(kind, "General")
    return f"{form};-{form}"
