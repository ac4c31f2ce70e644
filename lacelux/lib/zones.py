"""A time zone as a table of its offsets, so that a column of moments becomes local time in one join."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@cache
def offsets(zone: str) -> tuple[tuple[datetime, int], ...]:
    """(naive UTC moment, seconds east of UTC from then on) for each change of `zone` from 1970 to 2100.

    The first row stands for all earlier time. Found from zoneinfo by stepping through the days and halving
    the day in which the offset changes.
    """
    tz = ZoneInfo(zone)
    found = [(datetime(1, 1, 1), seconds(FIRST, tz))]
    day = FIRST
    while day < LAST:
        following = day + timedelta(days=1)
        if seconds(day, tz) != seconds(following, tz):
            change = boundary(day, following, tz)
            found.append((change.replace(tzinfo=None), seconds(change, tz)))
        day = following
    return tuple(found)


def seconds(moment: datetime, tz: ZoneInfo) -> int:
    offset = moment.astimezone(tz).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def boundary(low: datetime, high: datetime, tz: ZoneInfo) -> datetime:
    """The first second with the offset of `high`; `low` has another."""
    later = seconds(high, tz)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (low, middle) if seconds(middle, tz) == later else (middle, high)
    return high
