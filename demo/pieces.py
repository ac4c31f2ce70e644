"""Where pieces come from: what they are, what they cost, when they arrive and at what price they start."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from demo.calendar import Occasion, Span, demand
from demo.catalogue import BAGS, BRAND, CONDITIONS, MODELS, WALLETS, Model
from demo.dice import around, dice, token, weighted
from demo.people import Supplier

OPENING_SHARE = 0.13  # of all pieces: what was bought before the doors opened
COMING_DAYS = 14  # what is under way beyond today: offers that are accepted but not here yet
SOURCES = {"web": 38, "instagram": 26, "whatnot": 12, "email": 9, "walk_in": 7, "referral": 8}


@dataclass(frozen=True)
class Price:
    at: datetime
    amount: Decimal
    reason: str


@dataclass(frozen=True)
class Offer:
    """A piece offered to the shop, and its dates. `outcome` is what it comes to in the end."""

    supplier: Supplier
    model: Model
    condition: str
    source: str
    is_consignment: bool
    asking: Decimal
    offered: Decimal | None
    submitted_at: datetime
    offered_at: datetime | None
    decided_at: datetime | None
    received_at: datetime | None
    outcome: str
    piece: int | None = None


@dataclass
class Piece:
    """One of a kind. `market`: what it is worth; `appeal`: how much people like this very one."""

    number: int
    model: Model
    condition: str
    colour: str
    size: str
    is_limited: bool
    serial: str
    market: float
    appeal: float
    supplier: Supplier
    is_consigned: bool
    floor: Decimal | None
    costs: tuple[tuple[str, Decimal, date], ...]
    received_at: datetime
    listed_at: datetime
    offer: Offer | None
    prices: list[Price] = field(default_factory=list)
    steps: int = 0  # markdowns so far
    free_since: datetime = field(init=False)  # when it was last put on the shelf

    def __post_init__(self) -> None:
        self.free_since = self.listed_at

    @property
    def sku(self) -> str:
        return f"LD-{self.number:05d}"

    @property
    def title(self) -> str:
        words = (self.model.brand, self.model.name, self.size, self.colour, "Limited" if self.is_limited else "")
        return " ".join(word for word in words if word)

    @property
    def price(self) -> Decimal:
        return self.prices[-1].amount

    def price_at(self, moment: datetime) -> Decimal:
        """The price asked at `moment`; the first one before it was listed."""
        asked = [price.amount for price in self.prices if price.at <= moment]
        return asked[-1] if asked else self.prices[0].amount


def nice(amount: float) -> Decimal:
    """A price as a shop would write it: rounded to 1, 5, 10 or 50."""
    step = 1 if amount < 100 else 5 if amount < 500 else 10 if amount < 2000 else 50
    return Decimal(max(round(amount / step) * step, 5)).quantize(Decimal("0.01"))


def money(amount: float) -> Decimal:
    return Decimal(f"{max(amount, 0):.2f}")


def make_pieces(
    seed: int, span: Span, *, count: int, suppliers: Sequence[Supplier], dates: list[Occasion]
) -> list[Piece]:
    """`count` pieces arrived by the last day, and those still under way; in the order of their arrival."""
    days = arrival_days(dice(seed, "arrivals"), span, count=count, dates=dates)
    nature, trade = dice(seed, "pieces"), dice(seed, "buying")
    return [
        _piece(nature, trade, span, number=number, day=day, suppliers=suppliers)
        for number, day in enumerate(days, start=1)
    ]


def arrival_days(rng: random.Random, span: Span, *, count: int, dates: list[Occasion]) -> list[date]:
    """The opening stock in the first two weeks; then what demand five weeks later asks for."""
    opening = [span.start + timedelta(rng.randint(0, 9)) for _ in range(round(count * OPENING_SHARE))]
    days = [span.start + timedelta(n) for n in range(len(span.days) + COMING_DAYS)]
    weights = [demand(span, day + timedelta(35), dates) * (0.15 if day.weekday() > 4 else 1.0) for day in days]
    until_today = sum(weights[: len(span.days)])
    number = round((count - len(opening)) * sum(weights) / until_today)
    return sorted(opening + rng.choices(days, weights, k=number))


def _piece(
    nature: random.Random, trade: random.Random, span: Span, *, number: int, day: date, suppliers: Sequence[Supplier]
) -> Piece:
    model = pick_model(nature, years=(day - span.start).days / 365.25)
    condition = weighted(nature, {name: share for name, (share, _, _) in CONDITIONS.items()})
    is_limited = nature.random() < model.limited * 1.6
    growth = BRAND[model.brand].growth ** (0.12 * (day - span.start).days / 365.25)
    market = model.price * CONDITIONS[condition][1] * (1.32 if is_limited else 1) * around(nature, 0.11) * growth
    received_at = span.at(day, trade.uniform(9.5, 16))
    supplier = trade.choices(suppliers, [s.weight * (110 if s.is_wholesaler else 1) for s in suppliers])[0]
    is_consigned = not supplier.is_wholesaler and market > 250 and trade.random() < 0.42
    costs = () if is_consigned else _costs(trade, market, day, cheap=is_limited, wholesale=supplier.is_wholesaler)
    piece = Piece(
        number=number, model=model, condition=condition, colour=nature.choice(model.colours),
        size=nature.choice(model.sizes), is_limited=is_limited, serial=_serial(nature, model), market=market,
        appeal=around(nature, 0.55), supplier=supplier, is_consigned=is_consigned, floor=None, costs=costs,
        received_at=received_at, listed_at=_listed(trade, span, day), offer=None,
    )  # fmt: skip
    return _priced(trade, span, piece)


def _priced(trade: random.Random, span: Span, piece: Piece) -> Piece:
    """Put the first price on it, the consignor's floor under it, and the offer before it."""
    first = nice(piece.market * (1.05 if piece.is_limited else 1.03) * around(trade, 0.12))
    piece.prices.append(Price(piece.listed_at, first, "Listed"))
    if piece.is_consigned:
        piece.floor = nice(float(first) * trade.uniform(0.72, 0.85))
    if not piece.supplier.is_wholesaler:
        piece.offer = _accepted(trade, piece)
    return piece


def pick_model(rng: random.Random, *, years: float) -> Model:
    """A model by its weight, and by how its brand has grown in `years`."""
    return rng.choices(MODELS, [model.weight * BRAND[model.brand].growth ** years for model in MODELS])[0]


def _serial(rng: random.Random, model: Model) -> str:
    has_one = model.category in (BAGS, WALLETS) and rng.random() < 0.7
    return token(rng, 8).upper() if has_one else ""


def _costs(
    rng: random.Random, market: float, day: date, *, cheap: bool, wholesale: bool
) -> tuple[tuple[str, Decimal, date], ...]:
    """Purchase, and what it took to make the piece ready. `cheap`: spotted below its worth, as limited ones are."""
    share = rng.uniform(0.44, 0.58) if cheap else rng.uniform(0.50, 0.66)
    share += 0.02 if wholesale else 0
    entries = [("purchase", money(market * share), day - timedelta(rng.randint(1, 4)))]
    if market > 300:
        entries.append(("authentication", rng.choice((money(12), money(18), money(25))), day + timedelta(1)))
    if rng.random() < 0.13:
        entries.append(("repair", money(rng.uniform(15, 60) + market * 0.03), day + timedelta(rng.randint(1, 2))))
    if rng.random() < 0.8:
        entries.append(("shipping", money(rng.uniform(4, 14) + market * 0.006), day))
    return tuple(entries)


def _listed(rng: random.Random, span: Span, day: date) -> datetime:
    """Photographed and listed within days, some much later; never on the day of arrival."""
    lag = 2 + min(int(rng.expovariate(1 / 3.2)), 25)
    return span.at(day + timedelta(lag), rng.uniform(9, 18))


def _accepted(rng: random.Random, piece: Piece) -> Offer:
    """The offer that brought this piece in, told backwards from its arrival."""
    decided = piece.received_at - timedelta(days=rng.uniform(2, 8))
    offered = decided - timedelta(days=rng.expovariate(1 / 1.3))
    submitted = offered - timedelta(days=0.05 + rng.expovariate(1 / 1.1))
    paid = float(piece.costs[0][1]) if piece.costs else None
    return Offer(
        supplier=piece.supplier, model=piece.model, condition=piece.condition, source=weighted(rng, SOURCES),
        is_consignment=piece.is_consigned, asking=nice((paid or piece.market) * rng.uniform(1.0, 1.35)),
        offered=money(paid) if paid else None, submitted_at=submitted, offered_at=offered, decided_at=decided,
        received_at=piece.received_at, outcome="accepted", piece=piece.number,
    )  # fmt: skip


def make_declined(seed: int, span: Span, *, count: int, suppliers: Sequence[Supplier]) -> list[Offer]:
    """Offers that came to nothing: refused by us, by them, or still open when they are young."""
    rng = dice(seed, "declined offers")
    private = [supplier for supplier in suppliers if not supplier.is_wholesaler]
    chosen = rng.choices(private, [supplier.weight for supplier in private], k=count)
    return [_declined(rng, span, supplier) for supplier in chosen]


def _declined(rng: random.Random, span: Span, supplier: Supplier) -> Offer:
    day = span.start + timedelta(int(len(span.days) * rng.random() ** 0.75))
    model, condition = pick_model(rng, years=0.5), rng.choices(tuple(CONDITIONS), (1, 2, 3, 4, 4))[0]
    submitted = span.at(day, rng.uniform(8, 22))
    worth = model.price * CONDITIONS[condition][1]
    answered = submitted + timedelta(days=0.1 + rng.expovariate(1 / 1.6))
    by_them = rng.random() < 0.45
    decided = answered + timedelta(days=rng.expovariate(1 / 2.5)) if by_them else answered
    return Offer(
        supplier=supplier, model=model, condition=condition, source=weighted(rng, SOURCES),
        is_consignment=rng.random() < 0.25, asking=nice(worth * rng.uniform(0.7, 1.2)),
        offered=money(worth * rng.uniform(0.38, 0.5)) if by_them else None, submitted_at=submitted,
        offered_at=answered if by_them else None, decided_at=decided, received_at=None,
        outcome="declined by them" if by_them else "declined by us",
    )  # fmt: skip
