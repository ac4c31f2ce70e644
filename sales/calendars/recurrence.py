"""On which wall-clock times an event comes again, within a window, whatever its rule.

dateutil steps through a rule until it finds something, which for "30 February" is the year 9999 and takes seconds. So a
rule that can never come true is not asked, an event has few rules, each ends with the window, and a COUNT is counted
here; the reader above watches the clock between events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, tzinfo
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr

FIRST_YEAR, LAST_YEAR = 1900, 2100
MOST_RULES = 3  # of one event
LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # days of each month


def wall(value: date | datetime, zone: tzinfo | None) -> datetime:
    """The time on a clock in `zone`, without it; midnight for a day."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time())
    if value.tzinfo is not None and zone is not None:
        value = value.astimezone(zone)
    return value.replace(tzinfo=None)


def zone_of(value: date | datetime) -> tzinfo | None:
    return value.tzinfo if isinstance(value, datetime) else None


def occurrences(event: Any, first: date, last: date) -> list[datetime]:
    """The wall-clock starts of a recurring VEVENT from `first` to `last`, both in, in order.

    Raises ValueError for a rule that makes no sense.
    """
    start = event["DTSTART"].dt
    zone, begin = zone_of(start), wall(start, zone_of(start))
    if not FIRST_YEAR <= begin.year <= LAST_YEAR:
        raise ValueError("starts too far away")
    found = {begin} | {wall(one[0] if isinstance(one, tuple) else one, zone) for one in _dates(event, "RDATE")}
    end = datetime.combine(last, time.max)
    rules = [rule for rule in _many(event.get("RRULE")) if _can_come(rule)]
    if len(rules) > MOST_RULES:
        raise ValueError("more rules than an event needs")
    for rule in rules:
        found.update(_by_rule(rule, begin, zone, end))
    found -= {wall(one, zone) for one in _dates(event, "EXDATE")}
    days = {one for one in _dates(event, "EXDATE") if not isinstance(one, datetime)}
    return sorted(one for one in found if first <= one.date() <= last and one.date() not in days)


def _can_come(rule: Any) -> bool:
    """Whether one of the rule's months has one of its days."""
    months = [int(month) for month in rule.get("BYMONTH", range(1, 13))]
    days = [abs(int(day)) for day in rule.get("BYMONTHDAY", [1])]
    return any(1 <= day <= LONGEST[month - 1] for month in months if 1 <= month <= 12 for day in days)


def _by_rule(rule: Any, begin: datetime, zone: tzinfo | None, end: datetime) -> Iterator[datetime]:
    until, count = _one(rule.get("UNTIL")), _one(rule.get("COUNT"))
    if until is not None:
        ends = wall(until, zone) if isinstance(until, datetime) else datetime.combine(until, time.max)
        end = min(end, ends)
    parts = (part for part in rule.to_ical().decode().split(";") if not part.startswith(("UNTIL=", "COUNT=")))
    bounded = rrulestr(";".join(parts), dtstart=begin).replace(until=end)
    return islice(iter(bounded), None if count is None else max(int(count), 1))


def _dates(event: Any, name: str) -> Iterator[Any]:
    for listed in _many(event.get(name)):
        for value in listed.dts:
            yield value.dt


def _many(value: Any) -> Iterable[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def _one(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value
