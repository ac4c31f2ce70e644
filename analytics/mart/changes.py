"""The change log, read: what was touched since a mark.

SQLite has one writer, so ids commit in order and a mark is the newest row. It may reuse an id after a rollback, and a
flush or a restore can rewind the table: a mark whose token is gone means that everything must be read again.

PostgreSQL commits ids in any order. A mark therefore keeps the oldest transaction that was still running when it was
taken (`horizon`): whatever a later one writes carries that xid or a newer, and of those the ids already applied are
remembered. No change can be missed, however late it commits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from analytics.mart.reader import Reader
from analytics.models import Change

EVERYTHING = "*"  # the source of a change that concerns the whole mart: an applied migration
KEPT = timedelta(days=2)


@dataclass(frozen=True)
class Mark:
    """How far the log has been applied."""

    id: int = 0
    token: str = ""
    horizon: int = 0
    applied: frozenset[int] = frozenset()


@dataclass
class Pending:
    """What to do to reach `mark`: everything again, or the touched ids by source table."""

    mark: Mark
    reload: bool = False
    touched: dict[str, set[int]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(len(ids) for ids in self.touched.values())


def is_fresh(reader: Reader, mark: Mark) -> bool:
    """Whether nothing was committed since `mark`: one index look-up."""
    if reader.vendor == "sqlite":
        return newest(reader) == (mark.id, mark.token)
    rows = reader.rows(
        f"SELECT (SELECT token FROM analytics_change WHERE id = {mark.id}), "
        f"(SELECT array_agg(id) FROM analytics_change WHERE xid >= '{mark.horizon}'::xid8)"
    )
    token, ids = rows[0]
    return token == mark.token and mark.applied.issuperset(ids or ())


def newest(reader: Reader) -> tuple[int, str]:
    rows = reader.rows("SELECT id, token FROM analytics_change ORDER BY id DESC LIMIT 1")
    return (rows[0][0], rows[0][1]) if rows else (0, "")


def current_mark(reader: Reader) -> Mark:
    """The mark of the state that the reader's transaction sees."""
    id_, token = newest(reader)
    if reader.vendor == "sqlite":
        return Mark(id_, token)
    horizon = int(reader.rows("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")[0][0])
    applied = reader.rows(f"SELECT id FROM analytics_change WHERE xid >= '{horizon}'::xid8")
    return Mark(id_, token, horizon, frozenset(row[0] for row in applied))


def pending(reader: Reader, mark: Mark) -> Pending:
    """What the reader's transaction sees beyond `mark`."""
    found = Pending(current_mark(reader))
    known = reader.rows(f"SELECT token FROM analytics_change WHERE id = {mark.id}")
    if not known or known[0][0] != mark.token:
        found.reload = True
        return found
    since = f"id > {mark.id}" if reader.vendor == "sqlite" else f"xid >= '{mark.horizon}'::xid8"
    for id_, source, row_id in reader.rows(f"SELECT id, source, row_id FROM analytics_change WHERE {since}"):
        if id_ in mark.applied:
            continue
        if row_id is None:
            found.reload = True
        else:
            found.touched.setdefault(source, set()).add(row_id)
    return found


def prune() -> int:
    """Forget changes older than two days, but never the newest; returns how many. Who lags further reloads."""
    last = Change.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return Change.objects.filter(changed_at__lt=timezone.now() - KEPT, id__lt=last).delete()[0]
