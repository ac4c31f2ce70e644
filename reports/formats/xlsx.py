"""A report as an Excel workbook: a summary to read, then a sheet of typed cells for each part.

A part has its sheet whether or not the report shows its table: its chart needs the cells that it points at. Rows are
read and written one at a time, in constant memory. The same document gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import IO

from django.conf import settings
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from analytics.charts import HeatMap, Pie
from analytics.formats import xlsx
from analytics.plots import Figure, figure
from reports.documents import Document, Part
from reports.formats.workbooks import grids, summary
from reports.formats.workbooks.charts import Source, has_sums, insert, slices
from reports.formats.workbooks.pages import Names, set_page
from reports.formats.workbooks.summary import Told


def write(document: Document, target: IO[bytes]) -> None:
    """The workbook into `target`. A part with more rows than a sheet holds is cut, and the summary says so."""
    with Workbook(target, xlsx.OPTIONS) as book:
        book.set_properties({"title": document.title, "company": settings.SHOP_NAME, "created": in_utc(document.as_of)})
        sheets = Sheets(book, Names(), xlsx.styles(book), document)
        first = book.add_worksheet(sheets.names.new("Summary"))
        told = [sheets.add(part) for part in document.parts]
        summary.write(book, first, document, told, sheets.made)


def in_utc(moment: datetime) -> datetime:
    """Without its zone, which a workbook's properties cannot hold."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


@dataclass(frozen=True)
class Sheets:
    """The workbook as it grows."""

    book: Workbook
    names: Names
    made: xlsx.Styles
    document: Document

    def add(self, part: Part) -> Told:
        """The sheet of `part` and its chart; a heat map, and sums that only a chart needs, have one beside it."""
        sheet = self.page(part)
        if part.is_blank:
            sheet.write_string(0, 0, part.nothing)
            return Told(part, sheet.name)
        extent = xlsx.write_answer(sheet, part.columns, islice(part.rows(), xlsx.MOST_ROWS), self.made)
        drawn = figure(part.result) if part.shows_chart else None
        return Told(part, sheet.name, self.draw(part, sheet, extent, drawn) if drawn else "")

    def draw(self, part: Part, sheet: Worksheet, extent: xlsx.Extent, drawn: Figure) -> str:
        """The chart of `part`; the name of the sheet beside, where there is one."""
        chart, beside = part.result.chart, None
        if isinstance(chart, HeatMap):
            beside = self.page(part, ending=" grid")
            grids.write(self.book, beside, part, chart, drawn, self.made)
            return str(beside.name)
        source = Source(sheet.name, part.result)
        if isinstance(chart, Pie) and has_sums(chart, source, drawn):
            beside = self.page(part, ending=" slices")
            source = Source(beside.name, slices(chart, part.result, drawn))
            xlsx.write_answer(beside, source.result.columns, source.result.rows, self.made)
        insert(self.book, sheet, part, source, drawn, extent)
        return str(beside.name) if beside else ""

    def page(self, part: Part, *, ending: str = "") -> Worksheet:
        sheet = self.book.add_worksheet(self.names.new(part.heading, ending=ending))
        set_page(sheet, self.document, part.heading)
        return sheet
