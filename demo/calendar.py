"""When the demo shop sells: its span of days, seasons, weekdays, hours, and the dates that move demand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

YEARLY_GROWTH = 1.38
MONTHS = (0.80, 0.92, 0.95, 0.96, 1.02, 0.92, 0.84, 0.88, 1.02, 1.12, 1.36, 1.52)
WEEKDAYS = (0.82, 0.84, 0.90, 1.10, 1.00, 1.18, 1.30)  # Monday first
HOURS = (
    0.2, 0.1, 0, 0, 0, 0.1, 0.3, 0.8, 1.4, 1.9, 2.2, 2.5, 2.8, 2.5, 2.2, 2.1, 2.3, 2.9, 3.8, 5.2, 5.6, 4.4, 2.4, 0.9,
)  # fmt: skip


@dataclass(frozen=True)
class Span:
    """The shop's life so far, first and last local day in; `zone` is the shop's."""

    start: date
    end: date
    zone: ZoneInfo

    @property
    def days(self) -> list[date]:
        return [self.start + timedelta(n) for n in range((self.end - self.start).days + 1)]

    def at(self, day: date, hours: float) -> datetime:
        """The moment `hours` after local midnight, by the clock on the wall."""
        seconds = min(max(int(hours * 3600), 0), 86_399)
        wall = datetime.combine(day, time.min) + timedelta(seconds=seconds)
        return wall.replace(tzinfo=self.zone).astimezone(UTC)

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def make_span(*, today: date, months: int, zone: ZoneInfo) -> Span:
    """`months` calendar months up to and with `today`."""
    total = today.year * 12 + today.month - 1 - months
    year, month = divmod(total, 12)
    return Span(date(year, month + 1, min(today.day, 28)), today, zone)


@dataclass(frozen=True)
class Occasion:
    """A date that moves demand: `expected` is what the owner declares, `true` what happens in this shop.

    `category` sells better on it. `medium`: where its campaign runs, if it has one.
    `discount`: taken off by those who come through the campaign.
    """

    name: str
    kind: str
    starts_on: date
    ends_on: date
    impact: str
    expected: float
    true: float
    category: str = ""
    medium: str = ""
    discount: float = 0.0


def occasions(start: date, end: date) -> list[Occasion]:
    """All occasions that touch the days from `start` to `end`."""
    years = range(start.year, end.year + 1)
    found = [occasion for year in years for occasion in _of_year(year)]
    return sorted((o for o in found if o.ends_on >= start and o.starts_on <= end), key=lambda o: (o.starts_on, o.name))


def _of_year(year: int) -> Iterator[Occasion]:
    friday = _nth_weekday(year, 11, 3, 4) + timedelta(1)  # the day after Thanksgiving
    mother = _nth_weekday(year, 5, 6, 2)
    fashion = _nth_weekday(year, 9, 3, 2)
    day = timedelta(1)
    yield Occasion(
        "Valentine's Day",
        "festival",
        date(year, 2, 7),
        date(year, 2, 14),
        "high",
        1.5,
        1.45,
        "Jewellery",
        "Instagram",
        0.05,
    )
    yield Occasion(
        "Spring closet refresh",
        "promotion",
        date(year, 4, 8),
        date(year, 4, 15),
        "low",
        1.15,
        1.05,
        "Shoes",
        "E-mail",
        0.08,
    )
    yield Occasion(
        "Mother's Day", "festival", mother - 7 * day, mother, "medium", 1.35, 1.30, "Jewellery", "Instagram", 0.05
    )
    yield Occasion(
        "Memorial Day weekend", "event", _last_monday(year, 5) - 2 * day, _last_monday(year, 5), "low", 1.1, 0.90
    )
    yield Occasion(
        "Summer markdown week",
        "promotion",
        date(year, 7, 10),
        date(year, 7, 17),
        "medium",
        1.4,
        1.25,
        "",
        "Google Shopping",
        0.12,
    )
    yield Occasion(
        "Fashion week live marathon", "show", fashion, fashion + 4 * day, "medium", 1.3, 1.30, "Bags", "TikTok", 0.0
    )
    yield Occasion("Singles' Day", "festival", date(year, 11, 11), date(year, 11, 11), "low", 1.2, 1.15)
    yield Occasion("Black Friday", "promotion", friday, friday + 3 * day, "high", 2.5, 2.10, "", "Meta Ads", 0.12)
    yield Occasion(
        "Holiday gifting",
        "festival",
        date(year, 12, 5),
        date(year, 12, 20),
        "high",
        1.4,
        1.35,
        "Wallets",
        "Meta Ads",
        0.04,
    )
    yield Occasion("After Christmas lull", "event", date(year, 12, 24), date(year, 12, 26), "low", 0.6, 0.50)


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta((weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _last_monday(year: int, month: int) -> date:
    last = date(year, month + 1, 1) - timedelta(1)
    return last - timedelta(last.weekday())


def trend(span: Span, day: date) -> float:
    """Growth since the start: 1 on the first day."""
    return float(YEARLY_GROWTH ** ((day - span.start).days / 365.25))


def season(day: date) -> float:
    """The month's level, gliding from the middle of one month to the middle of the next."""
    middle, share = (day.month - 1), (day.day - 15) / 30.4
    other = (middle + (1 if share > 0 else -1)) % 12
    return MONTHS[middle] * (1 - abs(share)) + MONTHS[other] * abs(share)


def occasion_factor(day: date, dates: list[Occasion]) -> float:
    factor = 1.0
    for occasion in dates:
        if occasion.starts_on <= day <= occasion.ends_on:
            factor *= occasion.true
    return factor


def demand(span: Span, day: date, dates: list[Occasion]) -> float:
    """How much is wanted on a day, without its weekday: 1 on an ordinary day at the start."""
    return trend(span, day) * season(day) * occasion_factor(day, dates)
