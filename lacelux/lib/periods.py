"""What "30d", "last-month" or "2026-01-01/2026-03-31" means on a given day, and how it falls into buckets.

Periods are kept as text everywhere and resolved here alone, in the shop's calendar. Both ends are in.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Grain = Literal["day", "week", "month"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month")
DEFAULT = "30d"
MOST_POINTS = 1_500
ONE_DAY = timedelta(days=1)
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


class InvalidPeriod(ValueError):
    """The text is no period, or the grain does not suit it: `parameter` says which. The message says what would do."""

    def __init__(self, message: str, *, parameter: Literal["period", "grain"] = "period") -> None:
        self.parameter = parameter
        super().__init__(message)


@dataclass(frozen=True)
class Bucket:
    """One point of a series: `start` to `end`, cut to the period; complete when it is over and uncut."""

    start: date
    end: date
    is_complete: bool


@dataclass(frozen=True)
class Period:
    """A resolved period. `text` is what was asked; `start` and `end` are local days, both in."""

    text: str
    start: date
    end: date
    grain: Grain

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def buckets(self, today: date) -> list[Bucket]:
        """The whole period in buckets of its grain, dense; weeks begin on Monday."""
        found, first = [], bucket_start(self.start, self.grain)
        while first <= self.end:
            following = next_bucket(first, self.grain)
            start, end = max(first, self.start), min(following - ONE_DAY, self.end)
            uncut = start == first and end == following - ONE_DAY
            found.append(Bucket(start, end, uncut and following <= today))
            first = following
        return found

    def previous(self) -> Period | None:
        """The period to compare with: the same span just before, see `before`; none for `all`."""
        if self.text == "all":
            return None
        start, end = before(self)
        return Period(f"{start}/{end}", start, end, self.grain)


def resolve(text: str, *, today: date, grain: str = "", bounds: tuple[date, date] | None = None) -> Period:
    """The period that `text` names on the local day `today`.

    `bounds`: first and last day with data, which is what `all` spans. Raises InvalidPeriod for unknown text, an end
    before its start, or a grain that would give more than 1,500 points.
    """
    text = text.strip() or DEFAULT
    if text == "all":
        start, end = bounds or (today, today)
    elif text in NAMED:
        start, end = NAMED[text](today)
    else:
        start, end = explicit(text)
    period = Period(text, start, end, choose_grain(grain, start, end))
    check_points(period)
    return period


def choose_grain(grain: str, start: date, end: date) -> Grain:
    """What was asked for; else days up to 31 days, weeks up to 92, months beyond."""
    for known in GRAINS:
        if grain == known:
            return known
    if grain:
        raise InvalidPeriod(f"“{grain[:40]}” is no grain. Use one of: {', '.join(GRAINS)}.", parameter="grain")
    days = (end - start).days + 1
    return "day" if days <= 31 else "week" if days <= 92 else "month"


def check_points(period: Period) -> None:
    if count_buckets(period) > MOST_POINTS:
        raise InvalidPeriod(
            f"{period.start} to {period.end} by {period.grain} gives more than {MOST_POINTS:,} points. "
            "Use a coarser grain or a shorter period.",
            parameter="grain",
        )


def count_buckets(period: Period) -> int:
    """How many buckets the period falls into, without making them."""
    first, last = bucket_start(period.start, period.grain), bucket_start(period.end, period.grain)
    if period.grain == "month":
        return (last.year - first.year) * 12 + last.month - first.month + 1
    return (last - first).days // (7 if period.grain == "week" else 1) + 1


def explicit(text: str) -> tuple[date, date]:
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d)", text)
    if not match:
        raise InvalidPeriod(f"“{text[:40]}” is no period. Use one of: {', '.join(TEXTS)}, or 2026-01-01/2026-03-31.")
    try:
        start, end = date.fromisoformat(match[1]), date.fromisoformat(match[2])
    except ValueError:
        raise InvalidPeriod(f"“{text}” holds a day that does not exist.") from None
    if start > end:
        raise InvalidPeriod(f"“{text}” ends before it starts.")
    if start < EARLIEST or end > LATEST:
        raise InvalidPeriod(f"“{text}” lies outside {EARLIEST.year}–{LATEST.year}.")
    return start, end


def bucket_start(day: date, grain: Grain) -> date:
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day


def next_bucket(first: date, grain: Grain) -> date:
    if grain == "month":
        return add_months(first, 1)
    return first + timedelta(days=7 if grain == "week" else 1)


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def before(period: Period) -> tuple[date, date]:
    """What to compare with: like with like, so part of a week or month with the same part of the one before."""
    if period.text == "week":
        return period.start - timedelta(days=7), period.end - timedelta(days=7)
    if period.text in MONTHS_BACK:
        months = MONTHS_BACK[period.text]
        return add_months(period.start, -months), add_months(period.end, -months)
    if period.text not in NAMED and is_whole_months(period) or period.text in ("last-month", "last-quarter"):
        return add_months(period.start, -count_months(period)), period.start - ONE_DAY
    return period.start - timedelta(days=period.days), period.start - ONE_DAY


def is_whole_months(period: Period) -> bool:
    return period.start.day == 1 and (period.end + ONE_DAY).day == 1


def count_months(period: Period) -> int:
    return (period.end.year - period.start.year) * 12 + period.end.month - period.start.month + 1


def last_days(count: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (today - timedelta(days=count - 1), today)


def last_week(today: date) -> tuple[date, date]:
    monday = bucket_start(today, "week")
    return monday - timedelta(days=7), monday - ONE_DAY


def last_month(today: date) -> tuple[date, date]:
    first = today.replace(day=1)
    return add_months(first, -1), first - ONE_DAY


def last_quarter(today: date) -> tuple[date, date]:
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return add_months(first, -3), first - ONE_DAY


NAMED: dict[str, Callable[[date], tuple[date, date]]] = {
    "7d": last_days(7),
    "30d": last_days(30),
    "90d": last_days(90),
    "1y": lambda today: (add_months(today.replace(day=1), -11), today),
    "day": lambda today: (today, today),
    "yesterday": lambda today: (today - ONE_DAY, today - ONE_DAY),
    "week": lambda today: (bucket_start(today, "week"), today),
    "month": lambda today: (today.replace(day=1), today),
    "last-week": last_week,
    "last-month": last_month,
    "last-quarter": last_quarter,
    "mtd": lambda today: (today.replace(day=1), today),
    "ytd": lambda today: (today.replace(month=1, day=1), today),
}
TEXTS = (*NAMED, "all")
# These run up to today: they are compared with the same days so many months earlier.
MONTHS_BACK = {"1y": 12, "month": 1, "mtd": 1, "ytd": 12}
