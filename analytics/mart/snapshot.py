"""Parquet files that let a process start quickly. Losing them loses nothing.

A snapshot is valid only for its database's uuid, the declarations of the tables, the time zone and the currency; and
its mark is tested like any other, so that a rewound database is read again.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from django.conf import settings

from analytics.mart.changes import Mark
from analytics.mart.reader import Reader
from analytics.mart.session import Session
from analytics.mart.tables import TABLES, definition_hash

if TYPE_CHECKING:
    from analytics.mart.replica import Replica

logger = logging.getLogger(__name__)
CURRENT = "current.json"


def identity(reader: Reader) -> dict[str, Any]:
    """What a snapshot must have in common with us to be ours."""
    rows = reader.rows("SELECT CAST(uuid AS VARCHAR(40)) FROM analytics_database ORDER BY id LIMIT 1")
    return {
        "database": str(rows[0][0]) if rows else "",
        "tables": definition_hash(),
        "zone": settings.SHOP_TIME_ZONE,
        "currency": settings.SHOP_CURRENCY,
        "duckdb": duckdb.__version__,
    }


def write(replica: Replica) -> Path | None:
    """Write the replica's present state, and let it take the place of the last one. None: it stands already."""
    replica.wait()
    home = Path(settings.MART_DIR)
    with ExitStack() as stack:
        with replica.lock:
            session = stack.enter_context(replica.session())
            mark, reader = replica.mark, replica.reader
            assert reader is not None
            stated = {**identity(reader), "mark": [mark.id, mark.token, mark.horizon, sorted(mark.applied)]}
        current = _current(home) or {}
        if all(current.get(name) == value for name, value in stated.items()):
            return None
        return _write_files(session, home, {**stated, "as_of": session.as_of.isoformat()})


def _write_files(session: Session, home: Path, stated: dict[str, Any]) -> Path:
    home.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="snapshot-", dir=home))
    for table in TABLES:
        path = str(folder / f"{table.name}.parquet").replace("'", "''")
        session.cursor.execute(f"COPY {table.name} TO '{path}' (FORMAT parquet)")
    pointer = folder / CURRENT
    pointer.write_text(json.dumps({**stated, "folder": folder.name}))
    os.replace(pointer, home / CURRENT)
    for other in home.glob("snapshot-*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return folder


def read(db: duckdb.DuckDBPyConnection, reader: Reader) -> tuple[Mark, datetime] | None:
    """Fill the empty `db` from the snapshot and return its mark and age; None where none fits."""
    home = Path(settings.MART_DIR)
    stated = _current(home)
    if not stated or any(stated.get(name) != value for name, value in identity(reader).items()):
        return None
    try:
        for table in TABLES:
            path = str(home / stated["folder"] / f"{table.name}.parquet").replace("'", "''")
            db.execute(f"INSERT INTO {table.name} SELECT * FROM read_parquet('{path}')")
    except duckdb.Error as error:
        logger.warning("The snapshot could not be read and is left alone: %s", error)
        for table in TABLES:
            db.execute(f"DELETE FROM {table.name}")
        return None
    id_, token, horizon, applied = stated["mark"]
    return Mark(id_, token, horizon, frozenset(applied)), datetime.fromisoformat(stated["as_of"])


def _current(home: Path) -> dict[str, Any] | None:
    try:
        stated: dict[str, Any] = json.loads((home / CURRENT).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return stated
