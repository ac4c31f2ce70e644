"""A heat map as a sheet: weekday by hour, or whatever its two sides are, shaded by Excel itself."""

from __future__ import annotations

from html import unescape

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from analytics.charts import HeatMap
from analytics.columns import named
from analytics.formats import text, xlsx
from analytics.plots import Figure
from analytics.plots.frame import Trace
from lacelux.lib.palette import ACCENT, HIGH, INK, LOW
from reports.documents import Part
from reports.formats.workbooks.charts import axis_format

TOP = 2  # rows above the first of the grid: its title and the names of its columns
FIRST, OTHERS = 16, 8.5  # characters: the widths of its columns
HEIGHT = 24  # points of a row
DARK = 0.5  # share of the highest value from which on words are white


def write(book: Workbook, sheet: Worksheet, part: Part, chart: HeatMap, drawn: Figure, made: xlsx.Styles) -> None:
    """The cells of the page's heat map, each in its place; what is exact to the cent shows whole units."""
    (trace,) = drawn["data"]
    down, across = named(part.columns, chart.y), named(part.columns, chart.x)
    title = {"bold": True, "font_size": 13, "font_color": ACCENT}
    sheet.set_row(0, 22)
    sheet.write_string(0, 0, drawn["title"], book.add_format(title))
    sheet.write_string(1, 0, f"{text.heading(down)} / {text.heading(across).lower()}", made["head"])
    for place, name in enumerate(trace["x"], 1):
        xlsx.put_text(sheet, 1, place, unescape(name), made["head of numbers"])
    form = axis_format(named(part.columns, chart.z).kind)
    style = book.add_format({"num_format": f'{form};"–"', "font_color": INK, "valign": "vcenter"})
    middle = book.add_format({"valign": "vcenter"})
    for at, (name, values) in enumerate(zip(trace["y"], trace["z"], strict=True), TOP):
        sheet.set_row(at, HEIGHT)
        xlsx.put_text(sheet, at, 0, unescape(name), middle)
        for place, value in enumerate(values, 1):
            if value is not None:
                xlsx.put_number(sheet, at, place, value, style)
    shade(book, sheet, trace)
    sheet.set_column(0, 0, FIRST)
    sheet.set_column(1, len(trace["x"]), OTHERS)
    sheet.freeze_panes(TOP, 1)
    sheet.set_landscape()


def shade(book: Workbook, sheet: Worksheet, trace: Trace) -> None:
    """From the palette's low at zero to its high at the most, with white words where it is dark."""
    last = TOP + len(trace["y"]) - 1, len(trace["x"])
    ends = {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": trace["zmax"]}
    colours = {"min_color": LOW, "max_color": HIGH}
    white = book.add_format({"font_color": "white"})
    is_dark = {"type": "cell", "criteria": ">=", "value": trace["zmax"] * DARK, "format": white}
    sheet.conditional_format(TOP, 1, *last, is_dark)
    sheet.conditional_format(TOP, 1, *last, {"type": "2_color_scale", **ends, **colours})
