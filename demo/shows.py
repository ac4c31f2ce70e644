"""Live shows: when, hosted by whom, how strong."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from demo.calendar import Occasion, Span, demand, occasion_factor
from demo.dice import around, dice, weighted


@dataclass(frozen=True)
class HostPlan:
    """`skill`: what a show of theirs brings against the average; `weight`: how often they are on."""

    name: str
    handle: str
    skill: float
    weight: float
    loves: str


HOSTS = (
    HostPlan("Marisol Vega", "lacelux_marisol", 1.35, 36, "Bags"),
    HostPlan("Priya Nair", "lacelux_priya", 1.10, 28, "Jewellery"),
    HostPlan("Jonah Ellis", "lacelux_jonah", 0.85, 22, "Shoes"),
    HostPlan("Camille Duval", "lacelux_camille", 0.70, 14, "Accessories"),
)
SLOTS = {3: (19.0, 3.0, 1.12), 6: (18.0, 3.5, 1.25), 5: (14.0, 2.5, 0.75), 1: (20.0, 2.0, 0.70)}
THEMES = ("Designer night", "Bags under 1,000", "Paris edit", "Vintage gems", "Everyday luxury", "Small leather goods")
POWER_HOUR = 20.2  # local time round which the bidding is hottest


@dataclass(frozen=True)
class ShowPlan:
    number: int
    title: str
    host: HostPlan
    starts_at: datetime
    ends_at: datetime
    day: date
    opens: float
    hours: float
    pull: float  # relative number of buyers
    viewers: int
    gives_away: bool


def make_shows(seed: int, span: Span, dates: list[Occasion]) -> list[ShowPlan]:
    """Thursdays and Sundays, now and then moved to Saturday or Tuesday, a few skipped; more on special days."""
    rng = dice(seed, "shows")
    days = [day for day in span.days if _is_show_day(rng, day, dates) and (day - span.start).days >= 6]
    return [_show(rng, span, number, day, dates) for number, day in enumerate(days, start=1)]


def _is_show_day(rng: random.Random, day: date, dates: list[Occasion]) -> bool:
    chance = {3: 0.90, 6: 0.92, 5: 0.06, 1: 0.04}.get(day.weekday(), 0.0)
    if occasion_factor(day, dates) > 1.2 and day.weekday() in (1, 4, 5):
        chance = 0.12
    return rng.random() < chance


def _show(rng: random.Random, span: Span, number: int, day: date, dates: list[Occasion]) -> ShowPlan:
    opens, hours, slot = SLOTS.get(day.weekday(), (19.0, 2.0, 0.8))
    host = weighted(rng, {host: host.weight for host in HOSTS})
    starts_at = span.at(day, opens + rng.choice((0.0, 0.0, 0.0, 0.25)))
    pull = demand(span, day, dates) * slot * host.skill * around(rng, 0.18)
    return ShowPlan(
        number=number, title=f"{rng.choice(THEMES)} with {host.name.split()[0]}", host=host, starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours + rng.choice((0.0, 0.25, 0.5))), day=day, opens=opens, hours=hours,
        pull=pull, viewers=int(90 * pull * around(rng, 0.25)), gives_away=rng.random() < 0.6,
    )  # fmt: skip


def moment_in(rng: random.Random, span: Span, show: ShowPlan) -> datetime:
    """When a hammer falls: anywhere in the show, mostly in the power hour."""
    last = show.opens + show.hours
    if show.opens <= POWER_HOUR <= last and rng.random() < 0.55:
        hour = min(max(rng.gauss(POWER_HOUR, 0.45), show.opens + 0.1), last)
    else:
        hour = rng.uniform(show.opens + 0.1, last)
    return max(span.at(show.day, hour), show.starts_at + timedelta(minutes=2))
