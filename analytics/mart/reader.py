"""Reading the shop's database for the mart: its own connection, one read transaction, rows as Arrow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

import pyarrow as pa
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from analytics.mart.session import Row

CHUNK = 20_000
ARROW = {"id": pa.int64(), "int": pa.int64(), "money": pa.int64(), "flag": pa.int64()}


class Reader:
    """A connection that never sees uncommitted rows and never waits behind a writer."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.vendor = connection.vendor

    @classmethod
    def own(cls) -> Self:
        """A connection of its own beside the threads' ones: outside the pool, reading only."""
        connection = connections[DEFAULT_DB_ALIAS].copy()
        options = connection.settings_dict.setdefault("OPTIONS", {})
        options.pop("pool", None)
        if connection.vendor == "sqlite":
            options["transaction_mode"] = "DEFERRED"
        connection.inc_thread_sharing()  # one thread at a time: the replica's lock sees to that
        return cls(connection)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One state of the database for all that is read within."""
        begin = "BEGIN" if self.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        self.execute(begin)
        try:
            yield
        finally:
            self.execute("ROLLBACK")

    def execute(self, sql: str) -> None:
        self.cursor().execute(sql)

    def rows(self, sql: str) -> list[Row]:
        cursor = self.cursor()
        cursor.execute(self.in_dialect(sql))
        found: list[Row] = cursor.fetchall()
        return found

    def arrow(self, sql: str, columns: Mapping[str, str]) -> Iterator[pa.Table]:
        """The rows of `sql` in chunks; `columns`: name → kind, in the order of the query."""
        cursor = self.cursor(streaming=True)
        try:
            cursor.execute(self.in_dialect(sql))
            while rows := cursor.fetchmany(CHUNK):
                yield as_arrow(rows, columns)
        finally:
            cursor.close()

    def cursor(self, *, streaming: bool = False) -> Any:
        """The driver's cursor: Django's wrapper would log and convert each of a million rows."""
        self.connection.ensure_connection()
        driver = self.connection.connection
        if streaming and self.vendor == "postgresql":
            return driver.cursor(name="mart")
        return driver.cursor()

    def in_dialect(self, sql: str) -> str:
        """`{moment:x}` as text in UTC."""
        if self.vendor == "sqlite":
            return re.sub(r"\{moment:([\w.]+)\}", r"CAST(\1 AS TEXT)", sql)
        return re.sub(r"\{moment:([\w.]+)\}", r"CAST(\1 AT TIME ZONE 'UTC' AS VARCHAR(40))", sql)

    def close(self) -> None:
        self.connection.close()


class SharedReader(Reader):
    """Reads through somebody else's connection and transaction: a test's, whose rows are never committed."""

    @classmethod
    def own(cls) -> Self:
        return cls(connections[DEFAULT_DB_ALIAS])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        yield

    def cursor(self, *, streaming: bool = False) -> Any:
        """A plain one: it is not known whether a transaction is open, which streaming needs on PostgreSQL."""
        return super().cursor()

    def close(self) -> None:
        """The connection is not ours."""


def as_arrow(rows: Sequence[Row], columns: Mapping[str, str]) -> pa.Table:
    values = zip(*rows, strict=True)
    arrays = [
        pa.array(column, type=ARROW.get(kind, pa.string()))
        for column, kind in zip(values, columns.values(), strict=True)
    ]
    return pa.Table.from_arrays(arrays, names=list(columns))
