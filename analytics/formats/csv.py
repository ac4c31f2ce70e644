"""An answer as CSV, for programs and spreadsheets alike.

UTF-8 with a byte order mark, because Excel takes anything else for its own code page; comma, CRLF, header of column
names (the words of the API, keys included). Numbers are raw: money `1234.50`, shares `0.25`, days `2026-03-01`, moments
ISO 8601 with their offset. Text that a spreadsheet would run gets an apostrophe in front, see `lacelux.lib.cells`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any

from analytics.columns import Column
from analytics.formats import json
from analytics.mart.session import Row
from lacelux.lib.cells import escape

CHUNK = 1_000  # rows
MARK = "\ufeff"


def stream(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[str]:
    """The file in pieces, as rows are read."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    paint = json.painters(columns)
    buffer.write(MARK)
    writer.writerow([column.name for column in columns])
    for count, row in enumerate(rows, 1):
        writer.writerow([cell(value) for value in paint(row)])
        if count % CHUNK == 0:
            yield drained(buffer)
    yield drained(buffer)


def cell(value: Any) -> Any:
    """Only text can run in a spreadsheet: the column's kind has made numbers of numbers by now."""
    if isinstance(value, str):
        return escape(value)
    return str(value).lower() if isinstance(value, bool) else value


def drained(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
