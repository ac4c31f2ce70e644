"""The in-process columnar copy of the shop: fresh to the last commit at every question.

One in-memory DuckDB per process, one cursor per session, one lock for refreshing. Before each question the replica
asks whether anything changed and, if so, reads the touched rows again. A change too large to wait for is read in by
a thread; answers meanwhile carry their true `as_of` and a note.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

import duckdb
import pyarrow as pa
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from analytics.mart import snapshot
from analytics.mart.changes import Mark, Pending, current_mark, is_fresh, pending
from analytics.mart.reader import Reader
from analytics.mart.session import Session
from analytics.mart.shape import Fill, Table
from analytics.mart.tables import TABLES, VIEWS_AND_MACROS
from lacelux.lib.zones import offsets

logger = logging.getLogger(__name__)
MOST_AT_ONCE = 5_000  # touched rows that a question waits for
MOST_BY_ID = 20_000  # beyond these a full reload is quicker


class Replica:
    """`reader` opens the connection to read the shop by; `in_background` is off where one thread must do all."""

    def __init__(self, reader: Callable[[], Reader] = Reader.own, *, in_background: bool = True) -> None:
        self.open_reader = reader
        self.in_background = in_background
        self.lock = threading.RLock()
        self.reader: Reader | None = None
        self.db: duckdb.DuckDBPyConnection | None = None
        self.mark = Mark()
        self.as_of = timezone.now()
        self.catching_up: threading.Thread | None = None

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A consistent state of the mart, fresh to the last commit or saying how old it is."""
        with self.lock:
            is_behind = not self.refresh()
            assert self.db is not None
            cursor, as_of = self.db.cursor(), self.as_of
            cursor.begin()
        try:
            notes = ["A large change is still being read in: figures are as of the time shown."] if is_behind else []
            yield Session(cursor, as_of, notes)
        finally:
            cursor.rollback()
            cursor.close()

    def refresh(self) -> bool:
        """Apply what was committed since the last time. False where a thread is still at it."""
        if self.catching_up:
            return False
        try:
            return self._refresh()
        except (OperationalError, InterfaceError):
            # The database may have been restarted under us: once more through a new connection.
            self.disconnect()
            return self._refresh()

    def _refresh(self) -> bool:
        self.reader = self.reader or self.open_reader()
        if self.db is None:
            self._start(self.reader)
        now = timezone.now()
        if is_fresh(self.reader, self.mark):
            self.as_of = now
            return True
        with self.reader.transaction():
            todo = pending(self.reader, self.mark)
            if self.in_background and is_large(self.reader, todo):
                self._catch_up_in_background()
                return False
            self._apply(self.reader, todo, now)
        return True

    def _start(self, reader: Reader) -> None:
        """Fill the empty replica: from the snapshot where one fits, else from the shop."""
        self.db = empty()
        kept = snapshot.read(self.db, reader)
        if kept:
            self.mark, self.as_of = kept
            return
        with reader.transaction():
            self._reload(reader, timezone.now())

    def _reload(self, reader: Reader, now: datetime) -> None:
        db = empty()
        mark = current_mark(reader)
        for table in TABLES:
            for fill in table.fills:
                insert(db, table, fill, reader)
            if table.settle:
                db.execute(f"CREATE TEMP VIEW concerned AS SELECT {table.group} FROM {table.name}")
                db.execute(table.settle)
                db.execute("DROP VIEW concerned")
        with self.lock:
            self.db, self.mark, self.as_of = db, mark, now

    def _apply(self, reader: Reader, todo: Pending, now: datetime) -> None:
        if todo.reload or todo.size > MOST_BY_ID:
            self._reload(reader, now)
            return
        assert self.db is not None
        cursor = self.db.cursor()
        cursor.begin()
        try:
            for table in TABLES:
                replace_touched(cursor, table, todo, reader)
            cursor.commit()
        except BaseException:
            cursor.rollback()
            raise
        finally:
            cursor.close()
        with self.lock:
            self.mark, self.as_of = todo.mark, now

    def _catch_up_in_background(self) -> None:
        self.catching_up = threading.Thread(target=self._catch_up, name="mart", daemon=True)
        self.catching_up.start()

    def _catch_up(self) -> None:
        reader = self.open_reader()
        try:
            now = timezone.now()
            with reader.transaction():
                self._apply(reader, pending(reader, self.mark), now)
        except Exception:
            logger.exception("The mart could not be brought up to date; the next question tries again.")
        finally:
            reader.close()
            self.catching_up = None

    def wait(self) -> None:
        """Return when the replica is fresh: for the worker, benchmarks and tests."""
        while True:
            with self.lock:
                if self.refresh():
                    return
                thread = self.catching_up
            if thread:
                thread.join()

    def disconnect(self) -> None:
        if self.reader:
            self.reader.close()
        self.reader = None


def empty() -> duckdb.DuckDBPyConnection:
    """An in-memory database with the tables of the mart. Its files are the snapshots' alone."""
    db = duckdb.connect(":memory:", config={"threads": os.cpu_count() or 1, "preserve_insertion_order": True})
    db.execute("CREATE TABLE zone (since TIMESTAMP, seconds BIGINT)")
    since, seconds = zip(*offsets(settings.SHOP_TIME_ZONE), strict=True)
    db.register("staged", pa.table({"since": list(since), "seconds": list(seconds)}))
    db.execute("INSERT INTO zone SELECT since, seconds FROM staged")
    db.unregister("staged")
    for table in TABLES:
        db.execute(table.create())
    for statement in VIEWS_AND_MACROS:
        db.execute(statement)
    return db


def insert(db: duckdb.DuckDBPyConnection, table: Table, fill: Fill, reader: Reader, only: str = "TRUE") -> None:
    for rows in reader.arrow(fill.sql(table.columns, only), table.columns):
        db.register("staged", rows)
        db.execute(table.insert("staged"))
        db.unregister("staged")


def replace_touched(db: duckdb.DuckDBPyConnection, table: Table, todo: Pending, reader: Reader) -> None:
    """Take out the rows of `table` that a change concerns, and read them again."""
    wanted = [
        (fill, [(touch, in_list(todo.touched[touch.source])) for touch in fill.touches if touch.source in todo.touched])
        for fill in table.fills
    ]
    gone = [f"({touch.mart_column} {ids})" for _, touches in wanted for touch, ids in touches]
    if not gone:
        return
    concerned = " OR ".join(dict.fromkeys(gone))
    if table.settle:
        db.execute(f"CREATE TEMP TABLE concerned AS SELECT {table.group} FROM {table.name} WHERE {concerned}")
    db.execute(f"DELETE FROM {table.name} WHERE {concerned}")
    for fill, touches in wanted:
        if touches:
            insert(db, table, fill, reader, f"({' OR '.join(f'{touch.column} {ids}' for touch, ids in touches)})")
    if table.settle:
        db.execute(f"INSERT INTO concerned SELECT {table.group} FROM {table.name} WHERE {concerned}")
        db.execute(table.settle)
        db.execute("DROP TABLE concerned")


def in_list(ids: Iterable[int]) -> str:
    return f"IN ({', '.join(str(int(id_)) for id_ in sorted(ids))})"


def is_large(reader: Reader, todo: Pending) -> bool:
    """Whether more rows are to be read than a question should wait for; a batch stands for all its rows."""
    if todo.size > MOST_AT_ONCE:
        return True
    batches = todo.touched.get("intake_batch")
    if not batches and not todo.reload:
        return False
    only = "TRUE" if todo.reload or not batches else f"batch_id {in_list(batches)}"
    tables = ("sales_orderline", "sales_refund", "sales_adjustment", "inventory_product", "customers_customer")
    counts = (f"(SELECT count(*) FROM {table} WHERE {only})" for table in tables)
    return bool(reader.rows(f"SELECT {' + '.join(counts)}")[0][0] > MOST_AT_ONCE)


_replica: Replica | None = None
_forgotten: list[Replica | None] = []


def mart() -> Replica:
    """This process's replica, made at the first question."""
    global _replica
    if _replica is None:
        _replica = Replica()
    return _replica


def use(replica: Replica | None) -> None:
    """Put another replica in place: tests have one of their own each."""
    global _replica
    _replica = replica


def forget_after_fork() -> None:
    """A child must not touch its parent's handles, not even to close them."""
    _forgotten.append(_replica)
    use(None)


os.register_at_fork(after_in_child=forget_after_fork)
