"""Keeping our events in step with a calendar: what is new comes, what changed follows, what is gone goes."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lacelux.lib.fetching import Unreachable, fetch
from sales.calendars.reading import MOST_BYTES, Entry, Unreadable, read_calendar
from sales.models import CalendarEvent, CalendarSource

logger = logging.getLogger(__name__)

ACCEPT = "text/calendar, text/plain;q=0.5, */*;q=0.1"
FOLLOWS = ("name", "starts_on", "ends_on", "notes")  # what the calendar says; the rest is the shop's to declare
DECLARED = ("event_type", "impact_level", "expected_demand_multiplier")
BATCH = 500


def refresh_calendars() -> int:
    """Read every calendar that is kept up to date; the number of those that could not be read."""
    sources = CalendarSource.objects.filter(is_active=True).order_by("pk")
    wanted = list(sources.values_list("pk", flat=True))  # one at a time: each may hold a file of megabytes
    found = (CalendarSource.objects.filter(pk=pk).first() for pk in wanted)
    return sum(not refresh_calendar(source=source) for source in found if source is not None)


def refresh_calendar(*, source: CalendarSource) -> bool:
    """Read one calendar and follow it; where it cannot be read its events stay and `last_error` says why."""
    now = timezone.now()
    try:
        reading = read_calendar(
            _contents(source), today=timezone.localdate(now), zone=ZoneInfo(settings.SHOP_TIME_ZONE)
        )
    except (Unreachable, Unreadable) as refused:
        logger.warning("Calendar %s could not be refreshed: %s", source.pk, refused)
        _note(source, asked_at=now, last_error=str(refused))
        return False
    error = f"{reading.left_out:,} of its events could not be read and were left out." if reading.left_out else ""
    with transaction.atomic():
        if not CalendarSource.objects.select_for_update().filter(pk=source.pk).exists():
            return False  # deleted while it was read
        _follow(source, reading.entries)
        _note(source, asked_at=now, refreshed_at=now, last_error=error)
    return True


def adopt_defaults(*, source: CalendarSource, before: dict[str, Any]) -> None:
    """Events that have what the calendar declared before follow what it declares now; those with their own keep it."""
    for name in DECLARED:
        if before[name] != getattr(source, name):
            same = source.events.filter(**{name: before[name]})
            same.update(**{name: getattr(source, name)})


def _contents(source: CalendarSource) -> bytes:
    if source.address:
        return fetch(source.address, most_bytes=MOST_BYTES, accept=ACCEPT)
    if source.contents is None:
        raise Unreadable("It has neither an address nor a file.")
    return bytes(source.contents)


def _note(source: CalendarSource, **facts: datetime | str) -> None:
    """Without a row in its history: that it was read is no change of it."""
    CalendarSource.objects.filter(pk=source.pk).update(**facts)
    for name, value in facts.items():
        setattr(source, name, value)


def _follow(source: CalendarSource, entries: Sequence[Entry]) -> None:
    there = {(event.uid, event.occurrence): event for event in source.events.all()}
    new, changed = [], []
    for entry in entries:
        event = there.pop((entry.uid, entry.occurrence), None)
        if event is None:
            new.append(_event(source, entry))
        elif _differs(event, entry):
            changed.append(event)
    CalendarEvent.objects.bulk_create(new, batch_size=BATCH)
    CalendarEvent.objects.bulk_update(changed, FOLLOWS, batch_size=BATCH)
    _remove(event.pk for event in there.values())


def _event(source: CalendarSource, entry: Entry) -> CalendarEvent:
    declared = {name: getattr(source, name) for name in DECLARED}
    return CalendarEvent(source=source, uid=entry.uid, occurrence=entry.occurrence, **_said(entry), **declared)


def _said(entry: Entry) -> dict[str, Any]:
    ends_on = entry.ends_on if entry.ends_on != entry.starts_on else None
    return {"name": entry.name, "starts_on": entry.starts_on, "ends_on": ends_on, "notes": entry.notes}


def _differs(event: CalendarEvent, entry: Entry) -> bool:
    """Whether the event has to change; then it has changed."""
    said = _said(entry)
    differs = any(getattr(event, name) != value for name, value in said.items())
    for name, value in said.items():
        setattr(event, name, value)
    return differs


def _remove(pks: Iterable[int]) -> None:
    gone = list(pks)
    for start in range(0, len(gone), BATCH):
        CalendarEvent.objects.filter(pk__in=gone[start : start + BATCH]).delete()
