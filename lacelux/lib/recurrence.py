"""When a schedule is due: every day, on some weekdays, or on one day of each month, at a time of day in its own zone.

A day of the calendar has its turn exactly once, whatever the clocks do (RFC 5545, section 3.3.5):

- A time that a change of the clocks leaves out is taken with the offset before the change: where 02:00 becomes 03:00,
  a schedule of 02:30 is due at 03:30 by the clock on the wall. Where that would be the next day (Nuuk leaves out
  23:00 to midnight), it is due in the last minute of its own day.
- A time that comes twice is its first occurrence.
- A month without the chosen day (the 31st in April) has its turn on its last day.
- A day that a zone left out as a whole (30 December 2011 in Apia) has no turn.

Moments are aware, and given back in UTC; days and times of day are those of the zone.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from lacelux.lib.zones import boundary

Every = Literal["day", "week", "month"]
EVERY: tuple[Every, ...] = ("day", "week", "month")
LAST_DAY = 0
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ONE_DAY, ONE_MINUTE = timedelta(days=1), timedelta(minutes=1)
REACH = timedelta(days=64)  # two months and a little: there is a turn within it, even if a zone left one out


class InvalidRecurrence(ValueError):
    """No schedule can be made of this: `field` names what is wrong, the message says what would do."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True, kw_only=True)
class Recurrence:
    """`weekdays` (Monday is 1) matter every week; `day` every month: 1 to 31, or LAST_DAY. `zone` is an IANA name.

    Raises InvalidRecurrence, with a message for the person who filled in the form.
    """

    every: Every
    at: time
    zone: str
    weekdays: tuple[int, ...] = ()
    day: int = 1

    def __post_init__(self) -> None:
        if self.every not in EVERY:
            raise InvalidRecurrence("every", f"“{self.every}” is no rhythm. Use one of: {', '.join(EVERY)}.")
        if self.zone not in known_zones():
            raise InvalidRecurrence("zone", f"“{self.zone[:40]}” is no time zone. Use a name such as Europe/Berlin.")
        if self.at.tzinfo or self.at.second or self.at.microsecond:
            raise InvalidRecurrence("at", "Choose a time of day in hours and minutes, such as 07:30.")
        if self.every == "week":
            check_weekdays(self.weekdays)
        if self.every == "month" and not LAST_DAY <= self.day <= 31:
            raise InvalidRecurrence("day", f"Choose a day from 1 to 31, or {LAST_DAY} for the last day of the month.")

    # --- when it is due -----------------------------------------------------------------------------------------

    def next_after(self, moment: datetime) -> datetime:
        """The first due time later than `moment`."""
        today = self.local(moment).date()
        return next(due for day in self.local_days(today, today + REACH) if (due := self.moment_on(day)) > moment)

    def latest_until(self, moment: datetime, after: datetime | None) -> datetime | None:
        """The latest due time at or before `moment`, if it is later than `after`: one, however many were missed."""
        tomorrow = self.local(moment).date() + ONE_DAY  # clocks set back over midnight: it may have had its turn
        days = (tomorrow - count * ONE_DAY for count in range(REACH.days))
        latest = next(due for day in days if self.has_turn(day) and (due := self.moment_on(day)) <= moment)
        return latest if after is None or latest > after else None

    def count_between(self, after: datetime, until: datetime) -> int:
        """How many due times are later than `after` and not later than `until`."""
        first, last = self.local(after).date(), self.local(until).date()
        return sum(after < self.moment_on(day) <= until for day in self.local_days(first, last + ONE_DAY))

    def local_days(self, start: date, end: date) -> Iterator[date]:
        """The days from `start` to `end`, both in, that have a turn."""
        days = (start + count * ONE_DAY for count in range((end - start).days + 1))
        return (day for day in days if self.has_turn(day))

    def has_turn(self, day: date) -> bool:
        return self.falls_on(day) and self.is_lived(day)

    def moment_on(self, day: date) -> datetime:
        """The moment of `day`'s turn, always on that day in the zone. `day` is one of `local_days`."""
        tz = ZoneInfo(self.zone)
        wall = datetime.combine(day, self.at, tz).replace(fold=0)
        moment = wall.astimezone(UTC)
        if moment.astimezone(tz).date() == day:
            return moment
        left_out = boundary(wall.replace(fold=1).astimezone(UTC), moment, tz)
        return left_out - ONE_MINUTE

    def falls_on(self, day: date) -> bool:
        """Whether the calendar gives `day` a turn."""
        if self.every == "week":
            return day.isoweekday() in self.weekdays
        if self.every == "month":
            last = monthrange(day.year, day.month)[1]
            return day.day == (last if self.day == LAST_DAY else min(self.day, last))
        return True

    def is_lived(self, day: date) -> bool:
        """Whether there is such a day in the zone: its midnight, moved on where it is left out, is still on it."""
        midnight = datetime.combine(day, time(), ZoneInfo(self.zone))
        return self.local(midnight.astimezone(UTC)).date() == day

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.zone))

    # --- in words -----------------------------------------------------------------------------------------------

    def words(self) -> str:
        """`Every Monday and Thursday at 07:00, New York time`."""
        return f"{self.days_in_words()} at {self.at:%H:%M}, {self.place} time"

    def days_in_words(self) -> str:
        if self.every == "week":
            return f"Every {listed([WEEKDAYS[number - 1] for number in sorted(set(self.weekdays))])}"
        if self.every == "month":
            return on_the(self.day)
        return "Every day"

    def said_next(self, moment: datetime, now: datetime) -> str:
        """`Tomorrow, Thu 26 Nov 2026, 07:00 (New York time)`: what the wall clock shows at `moment`."""
        wall = self.local(moment)
        near = {0: "Today, ", 1: "Tomorrow, "}.get((wall.date() - self.local(now).date()).days, "")
        return f"{near}{wall:%a} {wall.day} {wall:%b %Y, %H:%M} ({self.place} time)"

    @property
    def place(self) -> str:
        """The zone's city: `Buenos Aires` of `America/Argentina/Buenos_Aires`."""
        return self.zone.rsplit("/", 1)[-1].replace("_", " ")


@cache
def known_zones() -> frozenset[str]:
    """Every name of a zone; neither the machine's own setting nor the one that stands for none."""
    return frozenset(available_timezones() - {"Factory", "localtime"})


def check_weekdays(weekdays: tuple[int, ...]) -> None:
    if not weekdays:
        raise InvalidRecurrence("weekdays", "Choose at least one weekday.")
    for number in weekdays:
        if not 1 <= number <= len(WEEKDAYS):
            raise InvalidRecurrence("weekdays", f"{number} is no weekday: Monday is 1 and Sunday is 7.")


def on_the(day: int) -> str:
    """`On the 31st of each month, or its last day,`: that not every month has it is said."""
    if day == LAST_DAY:
        return "On the last day of each month"
    said = f"On the {ordinal(day)} of each month"
    return f"{said}, or its last day," if day > 28 else said


def ordinal(number: int) -> str:
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def listed(words: list[str]) -> str:
    """`Monday, Tuesday and Friday`."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
