"""From the bytes of an iCalendar file to days of the shop: every event, recurrences worked out instance by instance.

Sourced: RFC 5545. A day without a time is that day wherever the shop is; a time is the day it falls on by the shop's
clock; an end is not part of the event. Recurrences are worked out two years back and two ahead.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import icalendar

from sales.calendars.bounds import MOST_BYTES, Unreadable, checked_text
from sales.calendars.recurrence import occurrences, wall, zone_of

__all__ = ["MOST_BYTES", "Entry", "Reading", "Unreadable", "read_calendar"]

logger = logging.getLogger(__name__)

REACH = timedelta(days=731)  # of recurrences, back and ahead
MOST_ENTRIES = 10_000
PATIENCE = 10.0  # seconds for all recurrences of a file
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
UNTITLED = "Untitled"
_PARSER = threading.Lock()  # the library keeps the zones that files define in one place for all threads


@dataclass(frozen=True)
class Entry:
    """One event on its days by the shop's clock, `ends_on` in; known by `uid` and `occurrence`."""

    uid: str
    occurrence: str
    name: str
    starts_on: date
    ends_on: date
    notes: str


@dataclass
class Reading:
    entries: list[Entry] = field(default_factory=list)
    left_out: int = 0  # events whose dates cannot be read


def read_calendar(contents: bytes, *, today: date, zone: ZoneInfo) -> Reading:
    """All events of all calendars in the file. Raises Unreadable."""
    calendars = _parsed(checked_text(contents))
    reader = _Reader(today, zone)
    for calendar in calendars:
        reader.read(calendar)
    if len(reader.found) > MOST_ENTRIES:
        raise Unreadable(f"It comes to {len(reader.found):,} events; at most {MOST_ENTRIES:,} are taken.")
    return Reading(list(reader.found.values()), reader.left_out)


def _parsed(text: str) -> Sequence[Any]:
    with _PARSER:
        icalendar.use_zoneinfo()  # forgets the zones of the file before
        try:
            return [one for one in icalendar.Calendar.from_ical(text, multiple=True) if one.name == "VCALENDAR"]
        except Exception as error:  # a parser of foreign text may stumble in any way; nothing of ours runs in it
            logger.warning("A calendar file could not be parsed: %s", error)
            raise Unreadable(f"The file is broken: {str(error)[:200]}") from error


class _Reader:
    def __init__(self, today: date, zone: ZoneInfo) -> None:
        self.first, self.last = today - REACH, today + REACH
        self.zone = self.floating = zone
        self.found: dict[tuple[str, str], Entry] = {}
        self.left_out = 0
        self.deadline = time.monotonic() + PATIENCE

    def read(self, calendar: Any) -> None:
        self.floating = _own_zone(calendar) or self.zone
        by_uid: dict[str, list[Any]] = defaultdict(list)
        for event in calendar.walk("VEVENT"):
            by_uid[_uid(event)].append(event)
        for uid, events in by_uid.items():
            if time.monotonic() > self.deadline:
                raise Unreadable("Its recurrences take too long to work out.")
            try:
                entries = list(self._series(uid, events))
            except Exception as error:  # the library hands out what the file says, in whatever shape
                logger.warning("An event of a calendar could not be read: %r", error)
                self.left_out += 1
                continue
            self.found |= {(entry.uid, entry.occurrence): entry for entry in entries}
            if len(self.found) > MOST_ENTRIES:
                raise Unreadable(f"It comes to more than {MOST_ENTRIES:,} events.")

    def _series(self, uid: str, events: Sequence[Any]) -> Iterator[Entry]:
        """The instances of one event and what was changed about single ones of them."""
        events = sorted(events, key=lambda event: int(event.get("SEQUENCE", 0)))
        masters = [event for event in events if "RECURRENCE-ID" not in event]
        changed = [event for event in events if "RECURRENCE-ID" in event]
        if not masters:
            for event in changed:
                yield from self._entry(uid, wall(event["RECURRENCE-ID"].dt, None).isoformat(), event)
            return
        newest = [event for event in masters if int(event.get("SEQUENCE", 0)) == int(masters[-1].get("SEQUENCE", 0))]
        if "RRULE" in newest[-1] or "RDATE" in newest[-1]:
            yield from self._instances(uid, newest[-1], changed)
        elif len(newest) == 1:
            yield from self._entry(uid, "", newest[0])
        else:  # a maker of files that gives all its events one name
            for event in newest:
                yield from self._entry(uid, wall(event["DTSTART"].dt, None).isoformat(), event)

    def _instances(self, uid: str, master: Any, changed: Sequence[Any]) -> Iterator[Entry]:
        zone = zone_of(master["DTSTART"].dt)
        single = {wall(event["RECURRENCE-ID"].dt, zone): event for event in changed}
        onward = {at: event for at, event in single.items() if _reaches_onward(event)}
        starts = set(occurrences(master, self.first, self.last)) | {at for at in single if self._is_near(at)}
        for start in sorted(starts):
            if start in single:
                yield from self._entry(uid, start.isoformat(), single[start])
                continue
            since = max((at for at in onward if at < start), default=None)
            event, by = (master, start - wall(master["DTSTART"].dt, zone)) if since is None else (
                onward[since], start - since
            )  # fmt: skip
            yield from self._entry(uid, start.isoformat(), event, by)

    def _is_near(self, at: datetime) -> bool:
        return self.first <= at.date() <= self.last

    def _entry(self, uid: str, occurrence: str, event: Any, by: timedelta = timedelta(0)) -> Iterator[Entry]:
        """The event, moved by `by` on its own clock; nothing for one that was called off."""
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            return
        starts_on, ends_on = self._days(event, by)
        if not EARLIEST <= starts_on <= ends_on <= LATEST:
            raise ValueError(f"{starts_on} to {ends_on} is beyond reason")
        name = " ".join(str(event.get("SUMMARY", "")).split())[:160] or UNTITLED
        notes = str(event.get("DESCRIPTION", "")).strip()[:2_000]
        yield Entry(uid, occurrence, name, starts_on, ends_on, notes)

    def _days(self, event: Any, by: timedelta) -> tuple[date, date]:
        start = event["DTSTART"].dt
        end = _end(event, start)
        if not isinstance(start, datetime):
            first, beyond = start + by, (end.date() if isinstance(end, datetime) else end) + by
            return first, max(first, beyond - timedelta(days=1))
        if not isinstance(end, datetime):
            end = datetime(end.year, end.month, end.day, tzinfo=start.tzinfo)
        first = self._local(start + by)
        last = self._local(end + by - timedelta(microseconds=1)) if end > start else first
        return first, max(first, last)

    def _local(self, moment: datetime) -> date:
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=self.floating)
        return aware.astimezone(self.zone).date()


def _end(event: Any, start: date | datetime) -> Any:
    """Where the event ends, itself not in it: as it says, by its duration, or a day, or at once."""
    if "DTEND" in event:
        return event["DTEND"].dt
    if "DURATION" in event:
        return start + event["DURATION"].dt
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def _reaches_onward(event: Any) -> bool:
    return str(event["RECURRENCE-ID"].params.get("RANGE", "")).upper() == "THISANDFUTURE"


def _uid(event: Any) -> str:
    """Its own name, or one made of what it says where it has none or one that is too long to keep."""
    uid = str(event.get("UID", "")).strip()
    if uid and len(uid) <= 255:
        return uid
    said = uid or f"{event.get('SUMMARY', '')}\x1f{event.get('DTSTART', '')}"
    return hashlib.sha256(said.encode()).hexdigest()


def _own_zone(calendar: Any) -> ZoneInfo | None:
    """The zone that many makers name for times without one."""
    name = str(calendar.get("X-WR-TIMEZONE", "")).strip()
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
