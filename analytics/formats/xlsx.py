"""An answer as an Excel workbook: typed cells, and a second sheet that says what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any

from django.conf import settings
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analytics.columns import Column
from analytics.formats import text
from analytics.mart.session import Row
from lacelux.lib.cells import escape

MOST_ROWS = 1_048_575  # of one sheet, its header apart
LOOKED_AT = 200  # rows that column widths are taken from
NARROWEST, WIDEST = 9, 48
LONGEST = 32_767  # characters of one cell
Write = Callable[[int, int, Any], Any]


@dataclass(frozen=True)
class About:
    """What the second sheet tells: (label, text) pairs, and the notes below them."""

    facts: Sequence[tuple[str, str]]
    notes: Sequence[str] = ()


def write(target: IO[bytes], *, title: str, columns: Sequence[Column], rows: Iterable[Row], about: About) -> None:
    """The workbook into `target`, in constant memory. Keys are left out: people see names.

    Raises ValueError for more rows than a sheet holds.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with Workbook(target, options) as book:
        book.set_properties({"title": title, "company": settings.SHOP_NAME})
        write_answer(book, book.add_worksheet("Answer"), columns, rows)
        write_about(book, book.add_worksheet("About"), about)


def write_answer(book: Workbook, sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Row]) -> None:
    shown = [i for i, column in enumerate(columns) if not column.is_hidden]
    remaining = iter(rows)
    first = list(islice(remaining, LOOKED_AT))
    set_widths(sheet, [columns[i] for i in shown], [[row[i] for i in shown] for row in first])
    heads = {False: book.add_format(HEAD), True: book.add_format({**HEAD, "align": "right"})}
    for place, i in enumerate(shown):
        sheet.write_string(0, place, text.heading(columns[i]), heads[columns[i].is_number])
    count = write_rows(sheet, Cells(book, sheet), columns, shown, chain(first, remaining))
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    if shown:
        sheet.autofilter(0, 0, count, len(shown) - 1)


def write_rows(
    sheet: Worksheet, cells: Cells, columns: Sequence[Column], shown: Sequence[int], rows: Iterable[Row]
) -> int:
    fixed = [(place, i, cells.of(columns[i].kind)) for place, i in enumerate(shown) if columns[i].kind != "measure"]
    varied = [(place, i) for place, i in enumerate(shown) if columns[i].kind == "measure"]
    unit = next((i for i, column in enumerate(columns) if column.name == "unit"), None)
    at = 0
    for at, row in enumerate(rows, 1):
        if at > MOST_ROWS:
            raise ValueError(f"A sheet holds {MOST_ROWS:,} rows; ask for a shorter period, or for CSV.")
        for place, i, put in fixed:
            if row[i] is not None:
                put(at, place, row[i])
        for place, i in varied:
            if row[i] is not None:
                cells.of("number" if unit is None else row[unit])(at, place, row[i])
    return at


class Cells:
    """How a value of each kind is put into a sheet: as what, and in which number format."""

    def __init__(self, book: Workbook, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.formats: dict[str, Format] = {kind: book.add_format(f) for kind, f in number_formats().items()}
        self.puts: dict[str, Write] = {}

    def of(self, kind: str) -> Write:
        if kind not in self.puts:
            self.puts[kind] = self.put(kind)
        return self.puts[kind]

    def put(self, kind: str) -> Write:
        style = self.formats.get(kind)
        if kind in ("integer", "number", "money", "percent", "days", "hour"):
            number = self.sheet.write_number
            return lambda row, place, value: number(row, place, float(value), style)
        if kind in ("date", "time"):
            moment = self.sheet.write_datetime
            shown = text.local if kind == "time" else as_it_is
            return lambda row, place, value: moment(row, place, shown(value), style)
        if kind == "flag":
            return lambda row, place, value: self.sheet.write_boolean(row, place, bool(value))
        words = text.weekday if kind == "weekday" else str
        string = self.sheet.write_string
        return lambda row, place, value: string(row, place, escape(words(value))[:LONGEST])


def as_it_is(value: Any) -> Any:
    return value


def number_formats() -> dict[str, dict[str, Any]]:
    sign = text.symbol().replace('"', "")
    amount = f'"{sign}"#,##0.00'
    return {
        "money": {"num_format": f"{amount};-{amount}"},
        "percent": {"num_format": "0.0%"},
        "integer": {"num_format": "#,##0"},
        "number": {"num_format": "#,##0.00"},
        "days": {"num_format": "#,##0.0"},
        "hour": {"num_format": '00":00"'},
        "date": {"num_format": "yyyy-mm-dd", "align": "left"},
        "time": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    }


HEAD = {"bold": True, "bottom": 1, "bottom_color": "#7a1f3d", "valign": "vcenter"}


def set_widths(sheet: Worksheet, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> None:
    """Columns as wide as their first rows need; constant memory allows no second look."""
    for place, column in enumerate(columns):
        longest = max((len(text.said(column, row[place])) for row in rows), default=0)
        needed = max(longest + 2, len(text.heading(column)) + 4)  # the filter's arrow takes room
        sheet.set_column(place, place, max(NARROWEST, min(needed, WIDEST)))


def write_about(book: Workbook, sheet: Worksheet, about: About) -> None:
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 90)
    lines = [*about.facts, *(("Note", note) for note in about.notes)]
    for at, (label, told) in enumerate(lines):
        sheet.write_string(at, 0, label, bold)
        sheet.write_string(at, 1, escape(told)[:LONGEST], wrapped)
