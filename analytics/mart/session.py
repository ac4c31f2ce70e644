"""One reading of the mart: a consistent state for all that a question asks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import duckdb

Row = tuple[Any, ...]


@dataclass
class Session:
    """A cursor within one transaction of the replica. `as_of`: the moment whose commits it holds."""

    cursor: duckdb.DuckDBPyConnection
    as_of: datetime
    notes: list[str] = field(default_factory=list)

    def query(self, sql: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        """All rows; surplus values are left out, since the engine refuses them."""
        rows: list[Row] = self.cursor.execute(sql, used(sql, values)).fetchall()
        return rows

    def stream(self, sql: str, values: Mapping[str, Any] | None = None, *, chunk: int = 2_000) -> Iterator[Row]:
        """Rows as they are read, in bounded memory."""
        self.cursor.execute(sql, used(sql, values))
        while rows := self.cursor.fetchmany(chunk):
            yield from rows

    def bounds(self) -> tuple[date, date] | None:
        """First and last local day with an entry; None in an empty shop."""
        first, last = self.query("SELECT min(date), max(date) FROM entry")[0]
        return (first, last) if first else None


def used(sql: str, values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Just the values that `sql` names as `$name`."""
    names = set(re.findall(r"\$(\w+)", sql))
    return {name: value for name, value in (values or {}).items() if name in names}
