"""Replays the plan through the shop's own services, in the order of time, so that stock and money come out exact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal
from functools import partial

from django.conf import settings
from django.db.models import F

from demo.catalogue import EXTRAS
from demo.holding import KEPT_HOURS, Gift, HoldPlan
from demo.pieces import Piece
from demo.plan import Plan
from demo.records import Records
from demo.trade import ZERO, OrderPlan
from inventory import services as stock
from inventory.models import Hold, Product
from lacelux.lib.money import CENT, cents
from sales import services as sales
from sales.models import Order, OrderLine, Refund

SOURCE = "demo"
Act = Callable[[], object]
EXTRAS_AT_FIRST, EXTRAS_LATER, EXTRAS_EVERY = 45, 11, 90
FEES_RETURNED = Decimal("0.85")
ASKED_BEFORE = timedelta(days=3)  # a refund is asked for before it is approved
BONUS = Decimal("75.00")
DISPUTE_FEE = Decimal("15.00")
# What a piece costs abroad is paid in the buyer's money (rates assumed), where the shop keeps its books in dollars.
MONEY_ABROAD = {
    "United Kingdom": ("GBP", Decimal("1.27")), "France": ("EUR", Decimal("1.09")),
    "Germany": ("EUR", Decimal("1.09")), "Italy": ("EUR", Decimal("1.09")),
}  # fmt: skip


@dataclass(frozen=True, order=True)
class Step:
    """Something that happens at a moment; `rank` settles ties."""

    at: datetime
    rank: int
    act: Act = field(compare=False)


@dataclass
class Ledger:
    plan: Plan
    records: Records
    now: datetime
    orders: dict[int, Order] = field(default_factory=dict)
    holds: dict[int, Hold] = field(default_factory=dict)

    def write(self, say: Callable[[str], None]) -> None:
        """Every step until now."""
        moments = sorted(step for step in self.steps() if step.at <= self.now)
        month = ""
        for step in moments:
            if month != (month := f"{self.plan.span.day_of(step.at):%B %Y}"):
                say(f"{month} …")
            step.act()
        self._backdate()

    def steps(self) -> Iterator[Step]:
        for rank, (at, act) in enumerate(self._happenings()):
            yield Step(at, rank, act)

    def _happenings(self) -> Iterator[tuple[datetime, Act]]:
        yield from self._arrivals()
        yield from self._extras()
        for order in self.plan.orders:
            yield from self._order(order)
        for gift in self.plan.gifts:
            yield gift.at, partial(self._give, gift)
        for hold in self.plan.holds:
            yield hold.since, partial(self._hold, hold.piece, hold.person, hold.since)
            yield hold.until, partial(self._let_go, hold)
        for at, piece in self.plan.written_off:
            yield at, partial(self._write_off, piece, at)
        yield from self._bonuses()

    def _arrivals(self) -> Iterator[tuple[datetime, Act]]:
        for piece in self.plan.pieces:
            if product := self.records.products.get(piece.number):
                reference = "submission" if piece.offer else "purchase"
                yield piece.received_at, _receive(product, 1, piece.received_at, reference)

    def _extras(self) -> Iterator[tuple[datetime, Act]]:
        for extra in EXTRAS:
            for n, day in enumerate(self.plan.span.days[::EXTRAS_EVERY]):
                at = self.plan.span.at(day, 8.2)
                quantity = EXTRAS_LATER if n else EXTRAS_AT_FIRST
                yield at, _receive(self.records.extras[extra.sku], quantity, at, "purchase")

    def _order(self, order: OrderPlan) -> Iterator[tuple[datetime, Act]]:
        if order.held_since is not None:
            since, piece = order.held_since, order.lines[0].piece
            yield since, partial(self._hold, piece, order.person.number, since)
        yield order.at, partial(self._sell, order)
        if order.fate.at is not None:
            yield from self._end(order, order.fate.at)

    def _end(self, order: OrderPlan, at: datetime) -> Iterator[tuple[datetime, Act]]:
        """What became of an order that was not simply kept."""
        kind, asked_at = order.fate.kind, max(at - ASKED_BEFORE, order.at)
        if kind in ("returned", "part") and asked_at <= self.now < at:
            yield asked_at, partial(self._refund, order, asked_at, approved=False)
        elif kind in ("returned", "part"):
            yield at, partial(self._refund, order, at, approved=True)
        else:
            yield at, partial(self._cancel if kind == "cancelled" else self._charge_back, order)

    def _bonuses(self) -> Iterator[tuple[datetime, Act]]:
        """The live marketplace thanks the shop once a month."""
        for day in self.plan.span.days:
            if day.day == 28:
                yield self.plan.span.at(day, 12), partial(self._pay_bonus, day)

    def _pay_bonus(self, day: date) -> None:
        sales.record_adjustment(
            amount=BONUS, channel=self.records.channels["whatnot"], adjusted_at=self.plan.span.at(day, 12),
            description="Seller bonus", source=SOURCE, number=f"bonus {day:%Y-%m}",
        )  # fmt: skip

    def _sell(self, order: OrderPlan) -> None:
        currency, rate = self._money_of(order)
        records, person = self.records, order.person
        self.orders[order.number] = sales.record_sale(
            channel=records.channels[order.channel], lines=self._lines(order, rate), source=SOURCE,
            number=f"LD-{order.number:05d}", customer=records.customers[person.number],
            show=records.shows[order.show.number] if order.show else None,
            campaign=records.campaigns[order.campaign.name] if order.campaign else None, ordered_at=order.at,
            currency=currency, rate=rate, shipping_charged=cents(order.shipping / (rate or 1)), tax=order.tax,
            country=person.place.country, state=self._state(order.at),
        )  # fmt: skip

    def _money_of(self, order: OrderPlan) -> tuple[str, Decimal | None]:
        if settings.SHOP_CURRENCY != "USD" or order.channel != "shopify":
            return "", None
        return MONEY_ABROAD.get(order.person.place.country, ("", None))

    def _lines(self, order: OrderPlan, rate: Decimal | None) -> list[sales.SaleLine]:
        lines = [
            sales.SaleLine(
                product=self.records.products[line.piece.number],
                unit_price=(line.price / (rate or 1)).quantize(CENT, ROUND_CEILING),
                discount=(line.discount / (rate or 1)).quantize(CENT, ROUND_DOWN),
            )
            for line in order.lines
        ]
        if order.extra:
            extra, price = order.extra
            lines.append(sales.SaleLine(product=self.records.extras[extra.sku], unit_price=cents(price / (rate or 1))))
        return lines

    def _state(self, ordered_at: datetime) -> str:
        days = (self.now - ordered_at).days
        return Order.State.PAID if days < 2 else Order.State.SHIPPED if days < 9 else Order.State.COMPLETED

    def _give(self, gift: Gift) -> None:
        sales.record_sale(
            channel=self.records.channels["whatnot"], source=SOURCE, number=f"LD-G{gift.number:04d}",
            lines=[
                sales.SaleLine(
                    product=self.records.extras[gift.extra.sku], unit_price=ZERO,
                    description=f"Giveaway: {gift.extra.title}",
                )
            ],
            customer=self.records.customers[gift.person], show=self.records.shows[gift.show.number],
            ordered_at=gift.at, state=self._state(gift.at), note="Giveaway",
        )  # fmt: skip

    def _refund(self, order: OrderPlan, at: datetime, *, approved: bool) -> None:
        fate, written = order.fate, self.orders[order.number]
        line = OrderLine.objects.filter(order=written).order_by("id")[fate.line]
        is_part = fate.kind == "part"
        revenue = line.gross - line.discount
        amount = cents(revenue * Decimal(f"{fate.share:.4f}")) if is_part else revenue
        fees = cents(line.fees * FEES_RETURNED * (amount / revenue)) if revenue else ZERO
        sales.refund(
            order=written,
            lines=[sales.RefundLine(line=line, quantity=0 if is_part else 1, amount=amount, restock=not is_part)],
            number=f"LD-R{order.number:05d}", source=SOURCE, reason=fate.reason, approved=approved,
            refunded_at=at,
            fees_returned=max(fees, ZERO),
        )  # fmt: skip

    def _cancel(self, order: OrderPlan) -> None:
        sales.cancel_order(order=self.orders[order.number], at=order.fate.at, reason=order.fate.reason)

    def _charge_back(self, order: OrderPlan) -> None:
        line = order.lines[order.fate.line]
        sales.record_adjustment(
            amount=line.discount - line.price, fees=DISPUTE_FEE, order=self.orders[order.number],
            product=self.records.products[line.piece.number], adjusted_at=order.fate.at,
            description=order.fate.reason, source=SOURCE, number=f"LD-X{order.number:05d}",
        )  # fmt: skip

    def _hold(self, piece: Piece, person: int, since: datetime) -> None:
        self.holds[piece.number] = stock.hold(
            product=self.records.products[piece.number], customer=self.records.customers[person], at=since,
            expires_at=since + timedelta(hours=KEPT_HOURS), note="Asked to keep it until paid",
        )  # fmt: skip

    def _let_go(self, hold: HoldPlan) -> None:
        stock.end_hold(hold=self.holds[hold.piece.number], at=hold.until)

    def _write_off(self, piece: Piece, at: datetime) -> None:
        reason = "Damaged in storage" if piece.number % 3 else "Lost on a show"
        sales.write_off_piece(product=self.records.products[piece.number], at=at, reason=reason)

    def _backdate(self) -> None:
        """An order was written when it was placed, as far as the demo goes."""
        Order.objects.filter(source=SOURCE).update(created_at=F("ordered_at"))
        Refund.objects.filter(source=SOURCE).update(created_at=F("refunded_at"))


def _receive(product: Product, quantity: int, at: datetime, reference: str) -> Act:
    return partial(stock.receive, product=product, quantity=quantity, at=at, reference=reference)
