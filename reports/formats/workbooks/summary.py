"""The first sheet of a report's workbook: what it is about, and what there is to know of each part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from textwrap import wrap
from typing import Any
from unicodedata import east_asian_width

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname
from xlsxwriter.worksheet import Worksheet

from analytics.base import Result
from analytics.charts import Tiles
from analytics.columns import Column, named
from analytics.filterbar import span
from analytics.formats import text, xlsx
from lacelux.lib.palette import ACCENT, INK, INK_SOFT, LINE
from reports.documents import Document, Part
from reports.formats.workbooks.pages import set_page

WIDTHS = (34, 17, 17, 17, 17)  # characters
LAST = len(WIDTHS) - 1
LINE_HEIGHT = 15.0  # points, of the common letter
LETTERS = 1.1  # that fit into the width of a digit, in the widest letter that may stand in for Excel's
TALLEST = 20  # lines of a row: Excel shows no more than 409 points
BEFORE = "before"  # the column of the period before, where an answer has one
LONGEST_LINK = 2_000  # characters; Excel refuses 2,080
PLAIN = {"font_color": INK, "valign": "vcenter", "text_wrap": True}
SOFT = {**PLAIN, "font_color": INK_SOFT}
LOOKS: Mapping[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 20, "font_color": ACCENT, "valign": "vcenter"},
    "heading": {"bold": True, "font_size": 13, "font_color": ACCENT, "bottom": 1, "bottom_color": LINE},
    "link": {"font_color": ACCENT, "underline": 1},
    "label": SOFT,
    "plain": PLAIN,
    "soft": SOFT,
}


@dataclass(frozen=True)
class Told:
    """A part, the sheet it is on, and the sheet beside that one if it has one."""

    part: Part
    sheet: str
    beside: str = ""


def write(book: Workbook, sheet: Worksheet, document: Document, told: list[Told], made: xlsx.Styles) -> None:
    looks = {name: book.add_format(look) for name, look in LOOKS.items()}
    for place, width in enumerate(WIDTHS):
        sheet.set_column(place, place, width)
    sheet.hide_gridlines(2)
    set_page(sheet, document)
    summary = Summary(sheet, made, looks)
    summary.cover(document)
    for each in told:
        summary.part(each, document)


@dataclass
class Summary:
    """The sheet as it grows, row by row; `at` is the next."""

    sheet: Worksheet
    made: xlsx.Styles
    looks: Mapping[str, Format]
    at: int = 0

    def cover(self, document: Document) -> None:
        self.sheet.set_row(self.at, 32)
        self.text(0, document.title, "title")
        self.at += 1
        self.say(document.description, "soft")
        self.at += 1
        for label, said in facts(document):
            self.fact(label, said)
        if document.address and len(document.address) <= LONGEST_LINK:
            self.text(0, "In the shop", "label")
            self.link(1, document.address, document.address)

    def part(self, told: Told, document: Document) -> None:
        """Heading, text, figures, insights and notes."""
        part = told.part
        self.at += 1
        self.heading(part.heading, told.sheet)
        self.say(part.text, "plain")
        self.say("; ".join(narrowed(part)), "soft")
        if isinstance(part.result.chart, Tiles) and not part.is_blank:
            self.figures(part.result, part.result.chart)
        for insight in [part.nothing] if part.is_blank else part.result.insights:
            self.say(insight, "plain")
        for note in [*part.result.notes, *cut_short(part, document)]:
            self.say(note, "soft")
        if told.beside:
            self.link(0, inside(told.beside), f"See “{told.beside}”")

    def heading(self, words: str, sheet: str) -> None:
        self.sheet.set_row(self.at, 22)
        for place in range(1, LAST + 1):
            self.sheet.write_blank(self.at, place, None, self.looks["heading"])
        self.link(0, inside(sheet), words, "heading")

    def say(self, words: str, look: str) -> None:
        """Sentences over the whole width, a row a paragraph; nothing where there are none."""
        for paragraph in paragraphs(words, sum(WIDTHS)):
            self.wide(0, paragraph, look)

    def fact(self, label: str, said: str) -> None:
        for paragraph in paragraphs(said, sum(WIDTHS[1:])):
            self.text(0, label, "label")
            self.wide(1, paragraph, "plain")
            label = ""

    def wide(self, first: int, words: str, look: str) -> None:
        """One row from column `first` on, as high as its text needs: no program finds that out for merged cells."""
        self.sheet.set_row(self.at, lines(words, sum(WIDTHS[first:])) * LINE_HEIGHT + 3)
        self.sheet.merge_range(self.at, first, self.at, LAST, "", self.looks[look])
        self.text(first, words, look)
        self.at += 1

    def text(self, place: int, words: str, look: str) -> None:
        xlsx.put_text(self.sheet, self.at, place, words, self.looks[look])

    def link(self, place: int, address: str, words: str, look: str = "link") -> None:
        self.sheet.write_url(self.at, place, address, self.looks[look])
        self.text(place, words, look)
        self.at += 1

    def figures(self, result: Result, chart: Tiles) -> None:
        """A small table: each figure, the period before, the change; each in the form its unit asks for."""
        has_before = any(column.name == BEFORE for column in result.columns)
        names = [chart.label, chart.value, *([BEFORE] if has_before else []), *([chart.change] if chart.change else [])]
        columns = [named(result.columns, name) for name in names]
        for place, column in enumerate(columns):
            head = self.made["head of numbers" if column.is_number else "head"]
            self.sheet.write_string(self.at, place, text.heading(column), head)
        self.at += 1
        cells = xlsx.Cells(self.sheet, self.made)
        for row in result.dicts():
            self.figure(cells, columns, row)
        previous = result.period.previous() if result.period else None
        self.say(f"The period before: {span(previous)}." if previous else "", "soft")

    def figure(self, cells: xlsx.Cells, columns: Sequence[Column], row: Mapping[str, Any]) -> None:
        unit = str(row.get("unit") or "")
        for place, column in enumerate(columns):
            if row[column.name] is not None:
                cells.of(xlsx.kind_of(column, unit))(self.at, place, row[column.name])
        self.at += 1


def facts(document: Document) -> list[tuple[str, str]]:
    """What every file says of its figures, and what this one does not hold."""
    period = span(document.period) if document.period else ""
    found = xlsx.facts(period, document.filters, document.as_of)
    left_out = [("Left out", f"{title}, which its reader may not see") for title in document.left_out]
    return [(label, said) for label, said in [*found, *left_out] if said]


def narrowed(part: Part) -> list[str]:
    """Period and filters of a part of its own: `Brand: Gucci, Prada`."""
    period = [("Period", part.period)] if part.period else []
    return [f"{label}: {said}" for label, said in [*period, *part.filters]]


def cut_short(part: Part, document: Document) -> list[str]:
    """A note where a sheet does not hold all rows, and where the rest is."""
    if part.row_count <= xlsx.MOST_ROWS:
        return []
    rest = "the rest is in the CSV file" if "csv" in document.formats else "a shorter period or a CSV file has the rest"
    return [f"The sheet holds the first {xlsx.MOST_ROWS:,} of {part.row_count:,} rows; {rest}."]


def inside(sheet: str) -> str:
    """The address of a sheet's first cell."""
    return f"internal:{quote_sheetname(sheet)}!A1"


def paragraphs(words: str, width: int) -> Iterator[str]:
    """The lines of `words` that say something, parted further where one is higher than a row can be."""
    for line in filter(str.strip, words.splitlines()):
        yield from [line] if lines(line, width) <= TALLEST else wrap(line, width * (TALLEST - 2))


def lines(words: str, width: int) -> int:
    """On how many lines a paragraph stands: an estimate on the safe side."""
    letters = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in words)
    return max(1, ceil(letters / (width * LETTERS)))
