"""The whole demo shop as plain facts, from a seed and a day, without a database.

The plan runs to the end of the last day, whatever the time; whoever writes it down leaves out what is still to come.
So two shops of the same seed and day differ only by what happened between them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from demo.browsing import View
from demo.calendar import Occasion, Span, make_span, occasions
from demo.crowd import Crowd
from demo.dice import dice
from demo.holding import Gift, HoldPlan, make_gifts, make_holds
from demo.marketing import CampaignPlan, SpendPlan, make_campaigns, make_clicks, make_spend
from demo.people import Person, Supplier, make_suppliers
from demo.pieces import Offer, Piece, make_declined, make_pieces
from demo.shelf import Shelf
from demo.shows import ShowPlan, make_shows
from demo.talk import Talk, make_talk
from demo.trade import OrderPlan, Trade

FULL_MONTHS = 18
FULL_PIECES, FULL_PEOPLE, FULL_SUPPLIERS = 3_000, 2_000, 260
ORDERS_PER_PIECE = 0.70  # in the long run
SESSIONS_A_DAY = 22


@dataclass(frozen=True)
class Plan:
    span: Span
    dates: list[Occasion]
    suppliers: list[Supplier]
    people: list[tuple[Person, datetime]]
    pieces: list[Piece]
    offers: list[Offer]
    shows: list[ShowPlan]
    campaigns: list[CampaignPlan]
    spend: list[SpendPlan]
    orders: list[OrderPlan]
    written_off: list[tuple[datetime, Piece]]
    holds: list[HoldPlan]
    gifts: list[Gift]
    views: list[View]
    talk: list[Talk]


def make_plan(
    *,
    seed: int,
    today: date,
    months: int,
    zone: ZoneInfo,
    scale: float = 1.0,
    say: Callable[[str], None] = lambda line: None,
) -> Plan:
    """A shop of `months` up to `today`; `scale` 1 is the full one, 0.1 a tenth of its pieces and people."""
    span = make_span(today=today, months=months, zone=zone)
    dates = occasions(span.start - timedelta(1), today + timedelta(365))
    size = scale * months / FULL_MONTHS
    say("Buying pieces …")
    suppliers = make_suppliers(dice(seed, "suppliers"), people=max(round(FULL_SUPPLIERS * size), 8))
    count = max(round(FULL_PIECES * size), 30)
    pieces = make_pieces(seed, span, count=count, suppliers=suppliers, dates=dates)
    shows = make_shows(seed, span, dates)
    campaigns = make_campaigns(seed, span, dates, size=scale)
    shelf = Shelf(span, sorted(pieces, key=lambda p: (p.listed_at, p.number), reverse=True), dates)
    crowd = Crowd(seed, span, max(round(FULL_PEOPLE * size), 20))
    trade = Trade(
        seed, span, shelf, crowd, shows, campaigns, dates, target=orders_wanted(count, months),
        sessions=SESSIONS_A_DAY * scale,
    )  # fmt: skip
    say("Selling them, day by day …")
    orders = trade.run()
    people = [*crowd.known, *crowd.watchers()]
    joined = [(person.number, since) for person, since in people]
    clicks = make_clicks(seed, span, campaigns=campaigns, orders=orders, joined=joined)
    return Plan(
        span=span, dates=dates, suppliers=suppliers, people=people, pieces=pieces,
        offers=_offers(seed, span, pieces, suppliers), shows=shows, campaigns=campaigns,
        spend=make_spend(seed, span, campaigns), orders=orders, written_off=shelf.written_off,
        holds=make_holds(seed, span, unsold=_never_sold(pieces, orders, shelf), people=joined),
        gifts=make_gifts(seed, shows=shows, people=joined), views=trade.views,
        talk=make_talk(seed, span, orders=orders, pieces=pieces, people=joined, clicks=clicks),
    )  # fmt: skip


def orders_wanted(pieces: int, months: int) -> int:
    """A young shop has sold less of what it bought."""
    return round(pieces * ORDERS_PER_PIECE * (1 - math.exp(-months / 2.2)))


def _offers(seed: int, span: Span, pieces: list[Piece], suppliers: list[Supplier]) -> list[Offer]:
    """Those that brought a piece in, and about as many that did not."""
    accepted = [piece.offer for piece in pieces if piece.offer is not None]
    declined = make_declined(seed, span, count=round(len(accepted) * 0.85), suppliers=suppliers)
    return sorted(accepted + declined, key=lambda offer: (offer.submitted_at, offer.supplier.number))


def _never_sold(pieces: list[Piece], orders: list[OrderPlan], shelf: Shelf) -> list[Piece]:
    gone = {line.piece.number for order in orders for line in order.lines}
    gone |= {piece.number for _, piece in shelf.written_off}
    return [piece for piece in pieces if piece.number not in gone]
