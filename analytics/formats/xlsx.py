"""An answer as an Excel workbook: typed cells, and a second sheet that says what it is.

Reports make theirs of the same parts, see `reports/formats/xlsx.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from math import isfinite
from typing import IO, Any

from django.conf import settings
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analytics.columns import Column, Measure, Percent
from analytics.formats import text
from analytics.mart.session import Row
from lacelux.lib.cells import escape
from lacelux.lib.palette import ACCENT

MOST_ROWS = 1_048_575  # of one sheet, its header apart
LOOKED_AT = 200  # rows that column widths are taken from
NARROWEST, WIDEST = 9, 48
ACROSS = 200  # characters that can still be read side by side on a printed page
LONGEST = 32_767  # characters of one cell
NUMBERS = ("integer", "number", "money", "percent", "change", "points", "days", "hour")
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
    "use_zip64": True,  # where it must be: the cells of a full sheet take more than four gigabytes
}
HEAD = {"bold": True, "bottom": 1, "bottom_color": ACCENT, "valign": "vcenter"}
HEAD_HEIGHT = 20  # points
BESIDE_ARROW = 2  # indents that keep the name of a column of numbers clear of its filter's arrow
Write = Callable[[int, int, Any], Any]
Styles = dict[str, Format]


@dataclass(frozen=True)
class About:
    """What the second sheet tells: (label, text) pairs, and the notes below them."""

    facts: Sequence[tuple[str, str]]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Extent:
    """What an answer takes of its sheet: rows below the header, and the widths of its columns in characters."""

    rows: int
    widths: Sequence[int]


def write(target: IO[bytes], *, title: str, columns: Sequence[Column], rows: Iterable[Row], about: About) -> None:
    """The workbook into `target`, in constant memory. Keys are left out: people see names.

    Raises ValueError for more rows than a sheet holds.
    """
    with Workbook(target, OPTIONS) as book:
        book.set_properties({"title": title, "company": settings.SHOP_NAME})
        write_answer(book.add_worksheet("Answer"), columns, rows, styles(book))
        write_about(book, book.add_worksheet("About"), about)


def facts(period: str, filters: Sequence[tuple[str, str]], as_of: datetime) -> list[tuple[str, str]]:
    """What every file says of its figures: of which shop, days and pieces, as of when, in which zone and currency."""
    return [
        ("Shop", str(settings.SHOP_NAME)),
        ("Period", period),
        *filters,
        ("As of", text.moment(as_of)),
        ("Time zone", str(settings.SHOP_TIME_ZONE)),
        ("Currency", str(settings.SHOP_CURRENCY)),
    ]


def styles(book: Workbook) -> Styles:
    """The formats of a workbook's cells: of values by their kind, and of headers."""
    right = {**HEAD, "align": "right"}
    heads = {"head": HEAD, "head of numbers": right, "filter of numbers": {**right, "indent": BESIDE_ARROW}}
    return {name: book.add_format(form) for name, form in (number_formats() | heads).items()}


def write_answer(sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Row], made: Styles) -> Extent:
    """Header and rows from the sheet's first cell on; the sheet can be filtered, and printed with its header."""
    shown = shown_places(columns)
    remaining = iter(rows)
    first = list(islice(remaining, LOOKED_AT))
    widths = [width(columns[i], [row[i] for row in first]) for i in shown]
    sheet.set_row(0, HEAD_HEIGHT)
    for place, i in enumerate(shown):
        sheet.set_column(place, place, widths[place])
        head = made["filter of numbers" if columns[i].is_number else "head"]
        sheet.write_string(0, place, text.heading(columns[i]), head)
    count = write_rows(sheet, Cells(sheet, made), columns, shown, chain(first, remaining))
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(max(1, round(sum(widths) / ACROSS)), 0)
    sheet.repeat_rows(0)
    if shown:
        sheet.autofilter(0, 0, count, len(shown) - 1)
    return Extent(count, widths)


def shown_places(columns: Sequence[Column]) -> list[int]:
    """Which of `columns` have cells, in their order."""
    return [i for i, column in enumerate(columns) if not column.is_hidden]


def write_rows(
    sheet: Worksheet, cells: Cells, columns: Sequence[Column], shown: Sequence[int], rows: Iterable[Row]
) -> int:
    unit = next((i for i, column in enumerate(columns) if column.name == "unit"), None)
    varies = {i for i in shown if unit is not None and kind_of(columns[i], "percent") != kind_of(columns[i])}
    fixed = [(place, i, cells.of(kind_of(columns[i]))) for place, i in enumerate(shown) if i not in varies]
    varied = [(place, i, columns[i]) for place, i in enumerate(shown) if i in varies]
    at = 0
    for at, row in enumerate(rows, 1):
        if at > MOST_ROWS:
            raise ValueError(f"A sheet holds {MOST_ROWS:,} rows; ask for a shorter period, or for CSV.")
        for place, i, put in fixed:
            if row[i] is not None:
                put(at, place, row[i])
        for place, i, column in varied:
            if row[i] is not None and unit is not None:
                cells.of(kind_of(column, row[unit]))(at, place, row[i])
    return at


def kind_of(column: Column, unit: str = "") -> str:
    """In which form a column's values are written; `unit` is what the row says, where it says one."""
    if column.name in text.CHANGES and isinstance(column, Percent):
        return "points" if unit == "percent" else "change"
    return (unit or "number") if isinstance(column, Measure) else column.kind


class Cells:
    """How a value of each kind is put into a sheet: as what, and in which number format."""

    def __init__(self, sheet: Worksheet, made: Styles) -> None:
        self.sheet = sheet
        self.styles = made
        self.puts: dict[str, Write] = {}

    def of(self, kind: str) -> Write:
        if kind not in self.puts:
            self.puts[kind] = self.put(kind)
        return self.puts[kind]

    def put(self, kind: str) -> Write:
        style = self.styles.get(kind)
        if kind in NUMBERS:
            return lambda row, place, value: put_number(self.sheet, row, place, float(value), style)
        if kind in ("date", "time"):
            moment = self.sheet.write_datetime
            shown = text.local if kind == "time" else as_it_is
            return lambda row, place, value: moment(row, place, shown(value), style)
        if kind == "flag":
            return lambda row, place, value: self.sheet.write_boolean(row, place, bool(value), style)
        words = text.weekday if kind == "weekday" else str
        return lambda row, place, value: put_text(self.sheet, row, place, words(value), style)


def as_it_is(value: Any) -> Any:
    return value


def put_number(sheet: Worksheet, row: int, place: int, number: float, style: Format | None = None) -> None:
    """What is no number leaves its cell empty, as the API says null."""
    if isfinite(number):
        sheet.write_number(row, place, number, style)


def put_text(sheet: Worksheet, row: int, place: int, words: str, style: Format | None = None) -> None:
    """Text as text, made harmless. What begins like a run of rich text would be taken for markup: it is written as
    two runs, which read as one.
    """
    told = escape(words)[:LONGEST]
    if told.startswith("<r>"):
        sheet.write_rich_string(row, place, told[:1], Format(), told[1:], *([style] if style else []))
    else:
        sheet.write_string(row, place, told, style)


def number_formats() -> dict[str, dict[str, Any]]:
    """How kinds are shown. Numbers keep a little clear of the words to their right."""
    sign = text.symbol().replace('"', "")
    amount = f'"{sign}"#,##0.00'
    numbers = {
        "money": f"{amount};-{amount}",
        "percent": "0.0%;-0.0%",
        "change": "+0.0%;-0.0%;0.0%",
        "points": '+0.0%" pts";-0.0%" pts";0.0%" pts"',
        "integer": "#,##0;-#,##0",
        "number": "#,##0.00;-#,##0.00",
        "days": "#,##0.0;-#,##0.0",
        "hour": '00":00"',
    }
    return {
        kind: {"num_format": ";".join(f"{part}_)" for part in form.split(";"))} for kind, form in numbers.items()
    } | {
        "flag": {"num_format": '"TRUE";"TRUE";"FALSE"', "align": "center"},  # LibreOffice takes it for a number
        "date": {"num_format": "yyyy-mm-dd", "align": "left"},
        "time": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    }


def width(column: Column, values: Sequence[Any]) -> int:
    """What its first values need; constant memory allows no second look."""
    longest = max((len(text.said(column, value)) for value in values), default=0)
    needed = max(longest + 2, len(text.heading(column)) + 4)  # the filter's arrow takes room
    return max(NARROWEST, min(needed, WIDEST))


def write_about(book: Workbook, sheet: Worksheet, about: About) -> None:
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 90)
    lines = [*about.facts, *(("Note", note) for note in about.notes)]
    for at, (label, told) in enumerate(lines):
        sheet.write_string(at, 0, label, bold)
        put_text(sheet, at, 1, told, wrapped)
