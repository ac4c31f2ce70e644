"""The shelf of the demo shop on a day: what lies there, what tempts, what gets cheaper."""

from __future__ import annotations

import math
import random
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from demo.calendar import Occasion, Span
from demo.catalogue import BRAND, CONDITIONS, SPEED
from demo.people import Person
from demo.pieces import Piece, Price, nice

TIERS = 12
STEP_DAYS = (30, 60, 95, 150)  # age at which the price falls
STEP_FACTORS = (0.92, 0.89, 0.86, 0.84)
WRITE_OFF_A_DAY = 0.00004

# The price (US dollars) at which a channel sells best, and how narrowly.
CHANNEL_TASTE = {
    "whatnot": (420, 1.5), "instagram": (1300, 1.3), "poshmark": (260, 1.2), "ebay": (480, 1.4),
    "shopify": (850, 1.4), "email": (2400, 1.2),
}  # fmt: skip


def tier(price: float) -> int:
    """The price band: 0 below $45, then half as much again and again."""
    return min(max(int(math.log(max(price, 1) / 30) / math.log(1.75)), 0), TIERS - 1)


def middle(number: int) -> float:
    return float(30 * 1.75 ** (number + 0.5))


def _taste(centre: float, width: float) -> list[float]:
    return [math.exp(-((math.log(middle(n) / centre)) ** 2) / (2 * width**2)) for n in range(TIERS)]


TASTE = {channel: _taste(centre, width) for channel, (centre, width) in CHANNEL_TASTE.items()}


@dataclass
class Shelf:
    """What is for sale. `back` holds pieces that return on a later day."""

    span: Span
    coming: list[Piece]
    dates: list[Occasion]
    pieces: list[Piece] = field(default_factory=list)
    temptation: list[float] = field(default_factory=list)
    tiers: list[int] = field(default_factory=list)
    back: dict[date, list[Piece]] = field(default_factory=dict)
    written_off: list[tuple[datetime, Piece]] = field(default_factory=list)

    def open_day(self, rng: random.Random, day: date) -> None:
        """Put out what was listed up to the day before or came back; lose what gets lost; mark down; weigh anew."""
        self.pieces += self.back.pop(day, [])
        while self.coming and self.span.day_of(self.coming[-1].listed_at) < day:
            self.pieces.append(self.coming.pop())
        self.pieces.sort(key=lambda piece: piece.number)
        self._lose(rng, day)
        for piece in self.pieces:
            mark_down(rng, self.span, piece, day)
        self.tiers = [tier(float(piece.price)) for piece in self.pieces]
        wanted = {one.category for one in self.dates if one.starts_on <= day <= one.ends_on}
        self.temptation = [temptation(piece, self.span, day, wanted) for piece in self.pieces]

    def _lose(self, rng: random.Random, day: date) -> None:
        lost = [piece for piece in self.pieces if rng.random() < WRITE_OFF_A_DAY]
        for piece in lost:
            self.pieces.remove(piece)
            self.written_off.append((self.span.at(day, 10.5), piece))

    def weights(self, person: Person, channel: str, *, loved: str = "") -> list[float]:
        """How much each piece tempts this person on this channel; `loved`: a category shown first."""
        taste = TASTE[channel]
        reach = [taste[n] * _reach(person.budget, n) for n in range(TIERS)]
        liked: Collection[str] = person.favourites
        return [
            tempting * reach[band] * (3.5 if piece.model.brand in liked else 1.0)
            * (1.5 if loved == piece.model.category else 1.0)
            for piece, tempting, band in zip(self.pieces, self.temptation, self.tiers, strict=True)
        ]  # fmt: skip

    def take(self, position: int) -> Piece:
        del self.temptation[position], self.tiers[position]
        return self.pieces.pop(position)

    def return_piece(self, piece: Piece, day: date) -> None:
        self.back.setdefault(day, []).append(piece)


def _reach(budget: float, band: int) -> float:
    """A price far above the budget is out of reach; one far below is bought less gladly."""
    distance = math.log(middle(band) / budget)
    return math.exp(-(distance**2) / (1.1 if distance > 0 else 2.6))


def temptation(piece: Piece, span: Span, day: date, wanted: Collection[str]) -> float:
    """The pull of a piece on a day, from its kind, condition, price against worth and freshness.

    `wanted`: the categories that the day's occasions favour.
    """
    brand = BRAND[piece.model.brand]
    years = (day - span.start).days / 365.25
    age = (day - span.day_of(piece.listed_at)).days
    fresh = 1.7 if age <= 7 else 1.0 if age <= 45 else 0.75 if age <= 90 else 0.65
    favour = 1.7 if piece.model.category in wanted else 1.0
    dear = math.exp(-4.5 * (float(piece.price) / piece.market - 1))
    growth = float(brand.growth ** (0.35 * years))
    kind = SPEED[piece.model.category] * brand.speed * CONDITIONS[piece.condition][2]
    return piece.appeal * kind * fresh * favour * dear * growth * (1.3 if piece.is_limited else 1.0)


def mark_down(rng: random.Random, span: Span, piece: Piece, day: date) -> None:
    """At 30, 60, 95 and 150 days most pieces get cheaper, never below the consignor's floor; hot ones may rise."""
    age = (day - span.day_of(piece.listed_at)).days
    if piece.steps >= len(STEP_DAYS) or age < STEP_DAYS[piece.steps]:
        return
    factor = STEP_FACTORS[piece.steps]
    piece.steps += 1
    chance = rng.random()
    if chance < 0.25:
        return
    rises = chance > 0.97 and BRAND[piece.model.brand].growth > 1.1
    price = nice(float(piece.price) * (1.06 if rises else factor))
    price = max(price, piece.floor) if piece.floor is not None else price
    if price != piece.price:
        reason = "Market went up" if rises else f"Markdown after {STEP_DAYS[piece.steps - 1]} days"
        piece.prices.append(Price(span.at(day, 8.5) + timedelta(seconds=piece.number % 1800), price, reason))
