"""Booking what a marketplace tells, through the services. Each runs within the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import User

from inventory.models import Product
from inventory.services import note_listing
from lacelux.intake.models import Batch
from lacelux.lib.money import ZERO, spread
from sales.formats.marketplace.buyers import Buyers
from sales.formats.marketplace.orders import MarketplaceOrder, Standing
from sales.formats.marketplace.standing import (
    Change,
    Known,
    costs_since,
    fees_by_line,
    fees_in_shop_currency,
    sale_lines,
)
from sales.models import Channel, Order, OrderLine, UnmatchedLine
from sales.services import cancel_order, record_sale, refund
from sales.services.lines import convert
from sales.services.shares import weights_of

STATES = {Standing.PAID: Order.State.PAID, Standing.PLACED: Order.State.PLACED}


@dataclass(frozen=True, kw_only=True)
class Booking:
    """On whose behalf, and as part of which import, orders are booked now."""

    batch: Batch
    actor: User | None
    now: datetime
    buyers: Buyers
    rates: Mapping[str, Decimal]


def channel_named(code: str, name: str) -> Channel:
    """The channel of that code, made where it is missing."""
    name = code if Channel.objects.exclude(code=code).filter(name=name).exists() else name
    return Channel.objects.get_or_create(code=code, defaults={"name": name})[0]


def book(told: MarketplaceOrder, *, channel: Channel, pieces: Sequence[Product | None], booking: Booking) -> Order:
    """Record a new order, its lines without a piece beside it, and what was given back of it already."""
    facts = told.facts
    for line, product in zip(told.lines, pieces, strict=True):
        if line.listed_at and product:
            note_listing(product=product, at=line.listed_at, actor=booking.actor)
    order = record_sale(
        channel=channel,
        lines=sale_lines(told, pieces),
        number=told.number,
        source=told.source,
        reference=facts.reference,
        customer=booking.buyers.customer(facts.buyer, booking.batch),
        ordered_at=facts.placed_at,
        currency=facts.currency,
        rate=booking.rates.get(facts.currency),
        order_discount=facts.discount,
        shipping_charged=told.shipping,
        tax=told.tax,
        fees=None if fees_by_line(told) else told.fees,
        country=facts.buyer.country,
        state=STATES[facts.standing],
        note=facts.note,
        batch=booking.batch,
        actor=booking.actor,
    )
    _list_unmatched(told, order)
    if told.refunded:
        _refund(told, order, ZERO, at=facts.refunded_at or facts.placed_at, actor=booking.actor)
    return order


def apply(told: MarketplaceOrder, known: Known, found: frozenset[Change], booking: Booking) -> None:
    """Let a known order become what it is told to be. A refund without a date is dated now."""
    order, actor = known.order, booking.actor
    if Change.CANCELLED in found:
        _cancel(told, known, booking)
    if Change.PAID in found:
        order.state = Order.State.PAID
        order._history_user = actor  # type: ignore[attr-defined]
        order.save(update_fields=["state"])
    if Change.FEES in found:
        _set_fees(known, fees_in_shop_currency(told, order.rate) or ZERO)
    if Change.COSTS in found:
        for line, cost in costs_since(told, known).items():
            OrderLine.staged.filter(pk=line).update(cost=cost)
    if Change.REFUNDED in found:
        _refund(told, order, known.refunded, at=told.facts.refunded_at or booking.now, actor=actor)


def _cancel(told: MarketplaceOrder, known: Known, booking: Booking) -> None:
    """A cancelled order is no sale; where money was given back on it already, the rest of it is given back too."""
    at, reason = told.facts.cancelled_at or booking.now, f"import {booking.batch.pk}"
    if not known.refunded:
        cancel_order(order=known.order, at=at, actor=booking.actor, reason=reason)
        return
    rest = known.revenue - known.refunded
    number = f"{told.number} cancelled"[:80]
    refund(order=known.order, goodwill=rest, number=number, refunded_at=at, reason=reason, actor=booking.actor)


def _refund(told: MarketplaceOrder, order: Order, before: Decimal, *, at: datetime, actor: User | None) -> None:
    """Give back what is told beyond `before`: money only, for no file says whether the piece came back."""
    amount = convert(told.refunded, order.rate)
    lines = OrderLine.staged.filter(order=order).values_list("gross", "discount")
    amount = min(amount, sum((gross - discount for gross, discount in lines), ZERO)) - before
    if amount <= 0:
        return
    refund(
        order=order,
        goodwill=amount,
        number=f"{told.number} {before + amount}"[:80],
        refunded_at=max(at, order.ordered_at),
        reason="told by the marketplace",
        actor=actor,
        fees_returned=ZERO if before else convert(told.fees_returned, order.rate),
    )


def _set_fees(known: Known, fees: Decimal) -> None:
    for line, share in zip(known.lines, spread(fees, weights_of(known.lines)), strict=True):
        if line.fees != share:
            line.fees = share
            line.save(update_fields=["fees"])


def _list_unmatched(told: MarketplaceOrder, order: Order) -> None:
    """Keep what the file calls the pieces that we could not tell, so that a person can say later."""
    ours = OrderLine.staged.filter(order=order).order_by("id")
    UnmatchedLine.objects.bulk_create(
        UnmatchedLine(line=line, source=told.source, sku=theirs.sku, title=theirs.title, listed_at=theirs.listed_at)
        for line, theirs in zip(ours, told.lines, strict=True)
        if line.product_id is None
    )
