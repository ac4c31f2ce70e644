"""The demo shop's sales, told day by day: who buys what, when, where, at which price, and what becomes of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from demo.browsing import View, browse
from demo.calendar import HOURS, WEEKDAYS, Occasion, Span, demand
from demo.catalogue import EXTRAS, SHOES, Extra
from demo.crowd import Crowd
from demo.dice import dice, index_by_weight, poisson, weighted
from demo.marketing import CampaignPlan, choose_campaign
from demo.people import Person
from demo.pieces import Piece, money
from demo.shelf import Shelf
from demo.shows import ShowPlan, moment_in

SHOW_SHARE = 0.46  # of all orders
# Orders outside shows: share on the first day, and growth a year.
CHANNELS = {
    "whatnot": (10, 1.0), "instagram": (30, 1.15), "poshmark": (27, 0.75), "ebay": (22, 0.9), "shopify": (13, 1.7),
    "email": (7, 1.1),
}  # fmt: skip
STATE_TAX = Decimal("0.08875")  # New York, on what the shop itself invoices
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class LinePlan:
    piece: Piece
    price: Decimal
    discount: Decimal


@dataclass(frozen=True)
class Fate:
    """What becomes of an order: kept, cancelled, returned, part (money only) or chargeback; and when."""

    kind: str = "kept"
    at: datetime | None = None
    line: int = 0
    share: float = 1.0
    reason: str = ""


@dataclass(frozen=True)
class OrderPlan:
    number: int
    channel: str
    person: Person
    at: datetime
    lines: tuple[LinePlan, ...]
    extra: tuple[Extra, Decimal] | None
    show: ShowPlan | None
    campaign: CampaignPlan | None
    shipping: Decimal
    tax: Decimal
    held_since: datetime | None
    fate: Fate

    @property
    def total(self) -> Decimal:
        return sum((line.price - line.discount for line in self.lines), ZERO)


@dataclass
class Trade:
    """The running simulation; one generator per concern."""

    seed: int
    span: Span
    shelf: Shelf
    crowd: Crowd
    shows: Sequence[ShowPlan]
    campaigns: Sequence[CampaignPlan]
    dates: list[Occasion]
    target: int  # orders
    sessions: float  # on an ordinary day at the start
    orders: list[OrderPlan] = field(default_factory=list)
    views: list[View] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.amounts, self.buyers, self.baskets, self.fates, self.shelving, self.visits = (
            dice(self.seed, concern) for concern in ("demand", "buyers", "baskets", "fates", "shelving", "visits")
        )

    def run(self) -> list[OrderPlan]:
        """All orders from the first day to the last, in the order of their time."""
        level, show_level = self._levels()
        by_day = {show.day: show for show in self.shows}
        for day in self.span.days:
            self.shelf.open_day(self.shelving, day)
            sessions = self.sessions * self._wanted(day)
            self.views += browse(self.visits, self.span, day, self.shelf, sessions=sessions)
            self._sell_on(day, level * self._wanted(day), by_day.get(day), show_level)
        return self.orders

    def _wanted(self, day: date) -> float:
        return demand(self.span, day, self.dates) * WEEKDAYS[day.weekday()]

    def _levels(self) -> tuple[float, float]:
        """Orders per unit of demand, outside shows and on them, that add up to the target."""
        days = sum(self._wanted(day) for day in self.span.days)
        pulls = sum(show.pull for show in self.shows)
        share = SHOW_SHARE if pulls else 0.0
        return self.target * (1 - share) / days, self.target * share / (pulls or 1)

    def _sell_on(self, day: date, mean: float, show: ShowPlan | None, show_level: float) -> None:
        moments: list[tuple[datetime, ShowPlan | None]] = [(at, None) for at in self._moments(day, mean)]
        if show is not None:
            number = poisson(self.amounts, show.pull * show_level)
            moments += [(moment_in(self.amounts, self.span, show), show) for _ in range(number)]
        for moment, live in sorted(moments, key=lambda pair: pair[0]):
            self._order(day, moment, live)

    def _moments(self, day: date, mean: float) -> list[datetime]:
        """When orders come in outside shows. History ends today: the last day has one soon after midnight, too."""
        hours = [
            self.amounts.choices(range(24), HOURS)[0] + self.amounts.random()
            for _ in range(poisson(self.amounts, mean))
        ]
        if day == self.span.end:
            hours += [self.amounts.uniform(0.05, 0.4), self.amounts.uniform(8, 11)]
        return [self.span.at(day, hour) for hour in hours]

    def _order(self, day: date, moment: datetime, show: ShowPlan | None) -> None:
        channel = "whatnot" if show else self._channel(day)
        person = self.crowd.buyer(self.buyers, channel=channel, moment=moment)
        pieces = self._basket(person, channel, show)
        if not pieces:
            return
        campaign = choose_campaign(
            self.baskets, [c for c in self.campaigns if c.runs_on(day)], day=day, channel=channel, person=person
        )
        lines = tuple(price_line(self.baskets, piece, channel, show, campaign) for piece in pieces)
        total = sum((line.price - line.discount for line in lines), ZERO)
        fate = make_fate(self.fates, self.span, lines, channel, moment)
        order = OrderPlan(
            number=len(self.orders) + 1, channel=channel, person=person, at=moment, lines=lines,
            extra=make_extra(self.baskets, channel, show), show=show, campaign=campaign,
            shipping=make_shipping(channel, person, total), tax=make_tax(channel, person, total),
            held_since=self._hold(pieces[0], channel, moment), fate=fate,
        )  # fmt: skip
        self.orders.append(order)
        self._send_back(order)

    def _channel(self, day: date) -> str:
        years = (day - self.span.start).days / 365.25
        return weighted(self.amounts, {name: share * growth**years for name, (share, growth) in CHANNELS.items()})

    def _basket(self, person: Person, channel: str, show: ShowPlan | None) -> list[Piece]:
        """One piece, at times more; winners on a show often take a second one."""
        wanted = 1 + (poisson(self.baskets, 0.34) if show else int(self.baskets.random() < 0.09))
        pieces = []
        for _ in range(min(wanted, 4)):
            weights = self.shelf.weights(person, channel, loved=show.host.loves if show else "")
            position = index_by_weight(self.baskets, weights)
            if position is not None:
                pieces.append(self.shelf.take(position))
        return pieces

    def _hold(self, piece: Piece, channel: str, moment: datetime) -> datetime | None:
        """Some ask to have the piece kept until they pay."""
        if channel not in ("instagram", "email", "shopify") or self.baskets.random() > 0.16:
            return None
        since = moment - timedelta(hours=self.baskets.uniform(2, 46))
        return since if since > piece.free_since else None

    def _send_back(self, order: OrderPlan) -> None:
        """Cancelled and returned pieces lie on the shelf again from the day after."""
        if order.fate.at is None or order.fate.kind not in ("cancelled", "returned"):
            return
        back = order.lines if order.fate.kind == "cancelled" else order.lines[order.fate.line : order.fate.line + 1]
        for line in back:
            line.piece.free_since = order.fate.at
            self.shelf.return_piece(line.piece, self.span.day_of(order.fate.at) + timedelta(1))


def price_line(
    rng: random.Random, piece: Piece, channel: str, show: ShowPlan | None, campaign: CampaignPlan | None
) -> LinePlan:
    """The hammer falls around the price asked; offers take a little off; campaigns discount; floors hold."""
    asked = float(piece.price)
    if show is not None:
        asked *= min(max(rng.gauss(0.93 + 0.03 * (show.host.skill - 1), 0.08), 0.7), 1.2)
    elif channel in ("poshmark", "ebay", "whatnot") and rng.random() < 0.5:
        asked *= rng.uniform(0.88, 0.97)
    elif channel in ("instagram", "email") and rng.random() < 0.3:
        asked *= rng.uniform(0.92, 0.98)
    floor = piece.floor or Decimal(5)
    price = max(money(round(asked)), floor)
    wanted = money(round(float(price) * campaign.discount)) if campaign and show is None else ZERO
    return LinePlan(piece, price, max(min(wanted, price - floor), ZERO))


def make_fate(rng: random.Random, span: Span, lines: Sequence[LinePlan], channel: str, moment: datetime) -> Fate:
    """Most keep what they bought; shoes come back more often, pieces won on a show less."""
    line = rng.randrange(len(lines))
    chance = rng.random()
    returns = 0.042 * (2.0 if lines[line].piece.model.category == SHOES else 1) * (0.5 if channel == "whatnot" else 1)
    returns *= 1.5 if lines[line].piece.condition in "BC" else 1
    later = span.at(span.day_of(moment) + timedelta(rng.randint(5, 16)), rng.uniform(9, 17))
    if chance < 0.021:
        reason = rng.choice(("Payment failed", "Buyer changed their mind", "Ordered by mistake"))
        return Fate("cancelled", moment + timedelta(hours=rng.uniform(1, 40)), reason=reason)
    if chance < 0.021 + returns:
        reason = rng.choice(("Does not fit", "Condition not as expected", "Colour differs", "Changed their mind"))
        return Fate("returned", later, line, reason=reason)
    if chance < 0.046 + returns:
        reason = rng.choice(("Scratch not described", "Late delivery", "Missing dust bag", "Scent"))
        return Fate("part", later, line, rng.uniform(0.05, 0.22), reason)
    if chance < 0.050 + returns:
        return Fate("chargeback", later + timedelta(10), line, reason="Chargeback by the card issuer")
    return Fate()


def make_extra(rng: random.Random, channel: str, show: ShowPlan | None) -> tuple[Extra, Decimal] | None:
    if show is not None or channel not in ("shopify", "instagram", "email") or rng.random() > 0.12:
        return None
    extra = rng.choice(EXTRAS)
    return extra, Decimal(extra.price)


def make_shipping(channel: str, person: Person, total: Decimal) -> Decimal:
    """What the buyer pays us for shipping; Poshmark's label never passes through our books."""
    abroad = person.place.country != "United States"
    if channel == "poshmark":
        return ZERO
    if channel == "whatnot":
        return Decimal("24.50") if abroad else Decimal("9.25")
    return Decimal("45.00") if abroad else ZERO if total >= 500 else Decimal("15.00")


def make_tax(channel: str, person: Person, total: Decimal) -> Decimal:
    if channel not in ("shopify", "instagram", "email") or person.place.region != "NY":
        return ZERO
    return money(float(total * STATE_TAX))
