"""The rows of one call: read one by one, so that a bad row spoils only itself, and written in short transactions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework.serializers import Serializer, ValidationError

from sales.models import SyncState

MOST_ROWS = 5_000
AT_ONCE = 500  # rows in one transaction: a sale at the till waits no longer than that on SQLite

CREATED, UPDATED, UNCHANGED, REJECTED = OUTCOMES = ("created", "updated", "unchanged", "rejected")


@dataclass
class Row:
    """One row as it came, and what became of it; `record` is our id of the customer or order it stands for."""

    place: int
    id: str
    key: str = ""  # what tells it from others: two rows with one key are the same record
    said: dict[str, Any] = field(default_factory=dict)
    outcome: str = UNCHANGED
    record: int | None = None
    errors: dict[str, list[str]] = field(default_factory=dict)

    def reject(self, name: str, message: str) -> None:
        self.outcome = REJECTED
        self.errors.setdefault(name, []).append(message)


Writer = Callable[[Sequence[Row]], None]


def read(entry: Serializer[Any], given: Sequence[Any], *, key: Callable[[str], str] = str) -> list[Row]:
    """Each row checked by `entry`; one whose id came before with other content is refused.

    `key` makes one of ids that mean the same.
    """
    rows = [_read(entry, place, data, key) for place, data in enumerate(given)]
    first: dict[str, Row] = {}
    for row in rows:
        if row.outcome == REJECTED:
            continue
        before = first.setdefault(row.key, row)
        if before is not row and before.said != row.said:
            row.reject("id", f"Row {before.place} has this id too, and says something else.")
    return rows


def _read(entry: Serializer[Any], place: int, data: Any, key: Callable[[str], str]) -> Row:
    shown = data.get("id") if isinstance(data, dict) else None
    row = Row(place, str(shown)[:120] if isinstance(shown, (str, int)) and not isinstance(shown, bool) else "")
    try:
        row.said = entry.run_validation(data)
    except ValidationError as error:
        row.outcome, row.errors = REJECTED, _messages(error.detail)
    else:
        row.id = row.said["id"]
        row.key = key(row.id)
    return row


def _messages(detail: Any) -> dict[str, list[str]]:
    """`row` where the row as a whole is no row at all."""
    named = (("row" if name == "non_field_errors" else name, found) for name, found in detail.items())
    return {name: [str(message) for message in found] for name, found in named}


def write(rows: Sequence[Row], *, source: str, kind: str, writer: Writer) -> tuple[datetime, Counter[str]]:
    """Hand what was not refused to `writer`, some hundred rows a transaction, and note the sync. When, and counts."""
    distinct = {row.key: row for row in reversed(rows) if row.outcome != REJECTED}
    wanted = list(reversed(distinct.values()))
    for start in range(0, len(wanted), AT_ONCE):
        with transaction.atomic():
            _take_turn(source, kind)
            writer(wanted[start : start + AT_ONCE])
    for row in rows:
        if row.outcome != REJECTED and (first := distinct[row.key]) is not row:
            row.record, row.errors = first.record, first.errors
            row.outcome = REJECTED if first.outcome == REJECTED else UNCHANGED
    counts = Counter(dict.fromkeys(OUTCOMES, 0))
    counts.update(row.outcome for row in rows)
    return _note(source, kind, counts), counts


def _take_turn(source: str, kind: str) -> None:
    SyncState.objects.get_or_create(source=source, kind=kind)
    SyncState.objects.select_for_update().get(source=source, kind=kind)


def _note(source: str, kind: str, counts: Counter[str]) -> datetime:
    now = timezone.now()
    SyncState.objects.update_or_create(source=source, kind=kind, defaults={**counts, "synced_at": now})
    return now
