"""Campaigns: those that always run, and those of an occasion; what they cost a day and whom they reached."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from demo.calendar import Occasion, Span, demand
from demo.dice import around, dice
from demo.pieces import money

if TYPE_CHECKING:
    from demo.people import Person
    from demo.trade import OrderPlan

# What a click costs, and how many of a thousand who see it click (assumed).
MEDIA = {
    "Instagram": (0.85, 9), "Meta Ads": (1.05, 11), "Google Shopping": (0.62, 14), "TikTok": (0.48, 6),
    "E-mail": (0.04, 35),
}  # fmt: skip
REACH = {
    "Instagram": ("instagram", "shopify"),
    "Meta Ads": ("instagram", "shopify", "whatnot", "email"),
    "Google Shopping": ("shopify", "ebay"),
    "TikTok": ("whatnot", "instagram"),
    "E-mail": ("email", "shopify", "instagram"),
}


@dataclass(frozen=True)
class CampaignPlan:
    """`chance`: how many of the orders it can reach come through it. `discount`: what they get off."""

    name: str
    medium: str
    starts_on: date
    ends_on: date
    budget: Decimal
    chance: float
    discount: float = 0.0

    def runs_on(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def reaches(self, channel: str) -> bool:
        return channel in REACH[self.medium]


@dataclass(frozen=True)
class SpendPlan:
    campaign: str
    day: date
    amount: Decimal
    impressions: int
    clicks: int


@dataclass(frozen=True)
class Click:
    campaign: str
    person: int
    at: datetime


def make_campaigns(seed: int, span: Span, dates: list[Occasion], *, size: float) -> list[CampaignPlan]:
    """Instagram each month, a letter to the list each month, one campaign for each occasion that has a medium.

    `size`: how large the shop is against the full demo, so that the money fits.
    """
    rng = dice(seed, "campaigns")
    plans = []
    for first in _months(span):
        level = demand(span, first + timedelta(14), dates) * size
        plans.append(_monthly(rng, "New arrivals", "Instagram", first, 1150 * level, 0.15))
        plans.append(_monthly(rng, "Insider letter", "E-mail", first, 55 * level, 0.12))
    for occasion in dates:
        if occasion.medium and span.start <= occasion.starts_on - timedelta(7) <= span.end:
            plans.append(_special(rng, occasion, size))
    return sorted(plans, key=lambda plan: (plan.starts_on, plan.name))


def _months(span: Span) -> list[date]:
    """The first day of every month from the second on."""
    firsts = [day for day in span.days if day.day == 1]
    return firsts or [span.start]


def _monthly(rng: random.Random, name: str, medium: str, first: date, budget: float, chance: float) -> CampaignPlan:
    last = (first + timedelta(32)).replace(day=1) - timedelta(1)
    full = f"{name}, {first:%B %Y}"
    return CampaignPlan(full, medium, first, last, money(budget * around(rng, 0.1)), chance * around(rng, 0.15))


def _special(rng: random.Random, occasion: Occasion, size: float) -> CampaignPlan:
    days = (occasion.ends_on - occasion.starts_on).days + 8
    budget = {"low": 45, "medium": 70, "high": 130}[occasion.impact] * days * size * around(rng, 0.15)
    return CampaignPlan(
        f"{occasion.name} {occasion.starts_on.year}", occasion.medium, occasion.starts_on - timedelta(7),
        occasion.ends_on, money(budget), 0.28, occasion.discount,
    )  # fmt: skip


def make_spend(seed: int, span: Span, campaigns: Sequence[CampaignPlan]) -> list[SpendPlan]:
    """What each campaign cost on each day until today; a letter costs on the day it goes out."""
    rng = dice(seed, "spend")
    return [
        _spend(rng, campaign, day)
        for campaign in campaigns
        for day in span.days
        if campaign.runs_on(day) and (campaign.medium != "E-mail" or day.day in (3, 17))
    ]


def _spend(rng: random.Random, campaign: CampaignPlan, day: date) -> SpendPlan:
    days = 2 if campaign.medium == "E-mail" else (campaign.ends_on - campaign.starts_on).days + 1
    amount = float(campaign.budget) / days * around(rng, 0.22)
    price, rate = MEDIA[campaign.medium]
    clicks = int(amount / (price * around(rng, 0.2)))
    return SpendPlan(campaign.name, day, money(amount), int(clicks / rate * 1000 * around(rng, 0.2)), clicks)


def choose_campaign(
    rng: random.Random, campaigns: Sequence[CampaignPlan], *, day: date, channel: str, person: Person
) -> CampaignPlan | None:
    """The campaign that an order comes through, if any; letters reach only those who agreed to them."""
    for campaign in campaigns:
        reached = campaign.reaches(channel) and (campaign.medium != "E-mail" or person.consents)
        if reached and rng.random() < campaign.chance * (0.45 if channel == "whatnot" else 1):
            return campaign
    return None


def make_clicks(
    seed: int,
    span: Span,
    *,
    campaigns: Sequence[CampaignPlan],
    orders: Sequence[OrderPlan],
    joined: Sequence[tuple[int, datetime]],
) -> list[Click]:
    """The touchpoints: those on the way to an order, and those that led nowhere. Only the known visitors' clicks."""
    rng = dice(seed, "clicks")
    running = {day: [c for c in campaigns if c.runs_on(day)] for day in span.days}
    clicks = [click for order in orders for click in _path(rng, span, order, running)]
    for person, since in joined:
        clicks += _idle(rng, span, person, since, running)
    return sorted(clicks, key=lambda click: (click.at, click.person, click.campaign))


def _path(rng: random.Random, span: Span, order: OrderPlan, running: dict[date, list[CampaignPlan]]) -> list[Click]:
    """One to four clicks in the weeks before an order; the last is of the campaign that the order names."""
    if order.campaign is None and rng.random() > 0.22:
        return []
    clicks = []
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        moment = order.at - timedelta(days=0.2 + rng.expovariate(1 / 7))
        if around_then := running.get(span.day_of(moment)):
            clicks.append(Click(rng.choice(around_then).name, order.person.number, moment))
    if order.campaign is not None:
        moment = order.at - timedelta(minutes=rng.uniform(3, 90))
        clicks.append(Click(order.campaign.name, order.person.number, moment))
    return clicks


def _idle(
    rng: random.Random, span: Span, person: int, since: datetime, running: dict[date, list[CampaignPlan]]
) -> list[Click]:
    left = (span.end - span.day_of(since)).days
    found = []
    for _ in range(min(int(rng.expovariate(1 / 1.3)), 6)):
        day = span.day_of(since) + timedelta(int(rng.random() * (left + 1)))
        if then := running.get(day):
            found.append(Click(rng.choice(then).name, person, span.at(day, rng.uniform(8, 23))))
    return found
