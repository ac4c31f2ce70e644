"""Schedules over two years in six zones, against an oracle that walks through every minute of them."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from lacelux.lib.recurrence import Recurrence

ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kolkata",  # never changes
    "Australia/Lord_Howe",  # changes by half an hour
    "America/Santiago",  # changes at midnight: 00:00 is left out
    "Pacific/Chatham",  # changes at 02:45 and 03:45
)
TIMES = (time(0, 0), time(2, 15), time(2, 30), time(2, 45), time(23, 59))
FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CHANGES = [  # of 2025: the two days from here on hold one of a zone above
    datetime(2025, month, day, tzinfo=UTC)
    for month, day in ((3, 8), (3, 29), (4, 5), (9, 6), (9, 27), (10, 4), (10, 25), (11, 1))
]


def utc(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def minutes(zone: str) -> Iterator[tuple[datetime, datetime]]:
    """Each minute of the two years and a little more, in UTC and as the clock on the wall shows it."""
    moment, end, tz = utc(2024, 12, 30), utc(2027, 1, 3), ZoneInfo(zone)
    while moment < end:
        yield moment, moment.astimezone(tz).replace(tzinfo=None, fold=0)
        moment += MINUTE


@cache
def walked(zone: str) -> tuple[dict[datetime, datetime], Counter[datetime]]:
    """For each local day at each of TIMES: when it is due, and how often the clock shows it.

    Due is the first minute at which the clock shows it; where the clock jumps over it, as many minutes after the jump
    began as if there were none.
    """
    due: dict[datetime, datetime] = {}
    shown: Counter[datetime] = Counter()
    before, was = next(minutes(zone))
    for moment, wall in minutes(zone):
        if wall - was > MINUTE:
            for jumped in (datetime.combine(wall.date(), each) for each in TIMES):
                if was < jumped < wall:
                    due[jumped] = before + (jumped - was)
        if wall.time() in TIMES:
            due.setdefault(wall, moment)
            shown[wall] += 1
        before, was = moment, wall
    return due, shown


def expected(zone: str, at: time, weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)) -> list[datetime]:
    days = [FIRST + number * DAY for number in range((LAST - FIRST).days + 1)]
    return [walked(zone)[0][datetime.combine(day, at)] for day in days if day.isoweekday() in weekdays]


def chain(recurrence: Recurrence) -> list[datetime]:
    """Every due time of the two years, each found from the one before."""
    found = [recurrence.next_after(datetime.combine(FIRST, time(), ZoneInfo(recurrence.zone)) - MINUTE)]
    while (due := recurrence.next_after(found[-1])).astimezone(ZoneInfo(recurrence.zone)).date() <= LAST:
        found.append(due)
    return found


@pytest.mark.parametrize("at", TIMES, ids=str)
@pytest.mark.parametrize("zone", ZONES)
def test_a_daily_schedule_is_due_once_on_every_local_day_of_two_years(zone: str, at: time):
    due = chain(Recurrence(every="day", at=at, zone=zone))
    assert due == expected(zone, at)
    assert [moment.astimezone(ZoneInfo(zone)).date() for moment in due] == [FIRST + n * DAY for n in range(730)]


@pytest.mark.parametrize("at", TIMES, ids=str)
@pytest.mark.parametrize("zone", ZONES)
def test_a_weekly_schedule_is_due_once_on_each_of_its_days_of_two_years(zone: str, at: time):
    due = chain(Recurrence(every="week", weekdays=(4, 7), at=at, zone=zone))  # clocks change on Sundays
    assert due == expected(zone, at, (4, 7))
    assert {moment.astimezone(ZoneInfo(zone)).isoweekday() for moment in due} == {4, 7}


@pytest.mark.parametrize("zone", ZONES)
def test_a_tick_every_minute_finds_each_due_time_once(zone: str):
    """What the clock of the shop does, over the days of each change in a year."""
    recurrence = Recurrence(every="day", at=time(2, 30), zone=zone)
    for start in CHANGES:
        last, found = start, []
        for number in range(1, 2 * 24 * 60 + 1):
            now = start + number * MINUTE
            if due := recurrence.latest_until(now, last):
                found.append(due)
                last = due
        assert found == [due for due in expected(zone, time(2, 30)) if start < due <= now]
        assert len(found) == 2


@pytest.mark.parametrize("zone", [zone for zone in ZONES if zone != "Asia/Kolkata"])
def test_waiting_for_the_clock_to_show_the_time_would_not_do(zone: str):
    """The control: on change days the clock shows some time of TIMES never, or twice."""
    shown = walked(zone)[1]
    days = [FIRST + number * DAY for number in range(730)]
    counts = {shown[datetime.combine(day, each)] for day in days for each in TIMES}
    assert counts > {1}
