"""What stands on an axis: from where to where, at which places, in which words. Numbers and days only, no drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import floor, isfinite, log10

from analytics.columns import Column
from analytics.formats.text import MINUS, axis, symbol
from lacelux.lib.periods import Grain, add_months

MOST_MARKS = 6
HEADROOM = 0.04  # of the span, beyond the largest value
PREFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))  # those of the page's `~s`
NICE = (1, 2, 5, 10)
FEW_DAYS = 7  # points that have a mark each


@dataclass(frozen=True)
class Scale:
    """`words[i]` stands at `marks[i]`. `low` above `high` turns the axis round."""

    low: float
    high: float
    marks: Sequence[float]
    words: Sequence[str]
    title: str = ""
    is_level: bool = True  # words that are too long for their place may otherwise stand aslant


def measure(
    column: Column, values: Sequence[float | None], *, from_zero: bool = False, most: int = MOST_MARKS
) -> Scale:
    """The axis of a measure, with its unit; `from_zero` where lengths are compared."""
    known = [value for value in values if value is not None and isfinite(value)] or [0.0]
    low, high = min(known), max(known)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = (0.0, 1.0) if from_zero else (low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2)
    step = nice_step(high - low, most, is_whole=column.kind == "integer")
    room = max(high - low, step if column.kind == "integer" else 0.0) * HEADROOM
    low, high = low - room * (low < 0 or not from_zero), high + room * (high > 0 or not from_zero)
    marks = multiples(low, high, step)
    return Scale(low, high, marks, [tick(column, mark, step) for mark in marks], axis(column))


def nice_step(span: float, most: int, *, is_whole: bool) -> float:
    """The least of 1, 2, 5, 10, … that divides `span` into no more than `most` parts, less one."""
    rough = span / (most - 1)
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in NICE if factor * power >= rough * 0.999_999)
    return max(step, 1.0) if is_whole else step


def multiples(low: float, high: float, step: float) -> list[float]:
    first, last = -floor(-low / step), floor(high / step)
    return [round(place * step, 12) + 0.0 for place in range(first, last + 1)]


def tick(column: Column, value: float, step: float = 1.0) -> str:
    """A value as an axis says it: `$1.2k`, `25%`, `1,200`. `step` tells how exactly."""
    sign, size = (MINUS if value < 0 else ""), abs(value)
    if column.kind == "money":
        return f"{sign}{symbol()}{short(size)}"
    if column.kind == "percent":
        return f"{sign}{size * 100:,.{decimals(step * 100)}f}%"
    return f"{sign}{size:,.{decimals(step)}f}"


def short(size: float) -> str:
    """`1200` is `1.2k`, as on the page."""
    for factor, prefix in PREFIXES:
        if size >= factor:
            return f"{size / factor:.6g}{prefix}"
    return f"{size:.6g}"


def decimals(step: float) -> int:
    return max(0, -floor(log10(step) + 1e-9))


# --- Days -------------------------------------------------------------------------------------------------------------

Next = Callable[[date], date]


def every_day(count: int) -> tuple[Next, Next]:
    return (lambda day: day), (lambda day: day + timedelta(days=count))


def every_week(count: int) -> tuple[Next, Next]:
    """Mondays."""
    return (lambda day: day + timedelta(days=-day.weekday() % 7)), (lambda day: day + timedelta(weeks=count))


def every_month(count: int) -> tuple[Next, Next]:
    """Firsts of the month; each third month begins in January."""

    def first(day: date) -> date:
        months = day.year * 12 + day.month - 1 + (day.day > 1)
        year, month = divmod(-(-months // count) * count, 12)
        return date(year, month + 1, 1)

    return first, lambda day: add_months(day, count)


LADDER = [
    *(("day", every_day(count)) for count in (1, 2)),
    *(("week", every_week(count)) for count in (1, 2)),
    *(("month", every_month(count)) for count in (1, 2, 3, 6, 12, 24, 60, 120, 240)),
]
ORDER: dict[str, int] = {"day": 0, "week": 1, "month": 2}


def days(found: Sequence[date], grain: Grain, room: int, *, free: float) -> Scale:
    """Days in proportion, at ordinals: a mark at each of a few points, else at as many weeks or months as find room.

    `free` days are left at both ends.
    """
    points = sorted(set(found))
    first, last = points[0], points[-1]
    marked = points if len(points) <= min(FEW_DAYS, room) else calendar(first, last, grain, room)
    low, high = first.toordinal() - free, last.toordinal() + free
    return Scale(low, high, [day.toordinal() for day in marked], day_words(marked, grain))


def calendar(first: date, last: date, grain: Grain, room: int) -> list[date]:
    """The closest regular days of the calendar of which no more than `room` fall between."""
    found = [first]
    for unit, (begin, following) in LADDER:
        if ORDER[unit] >= ORDER[grain]:
            found = list(walk(begin(first), last, following))
            if len(found) <= max(room, 2):
                break
    return found


def walk(day: date, last: date, following: Next) -> Iterator[date]:
    while day <= last:
        yield day
        day = following(day)


def day_words(marked: Sequence[date], grain: Grain) -> list[str]:
    """`9 Mar`, or `Mar` where points are months; the year below where it is new."""
    words = [f"{day:%b}" if grain == "month" else f"{day.day} {day:%b}" for day in marked]
    years = [0, *(day.year for day in marked)]
    return [
        f"{word}\n{day.year}" if day.year != before else word
        for word, day, before in zip(words, marked, years, strict=False)
    ]
