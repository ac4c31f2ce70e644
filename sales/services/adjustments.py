"""Money or pieces without a sale behind them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from customers.models import Customer
from inventory.models import Product, StockMovement
from inventory.services.standing import lock_product, mirror
from inventory.services.stock import Change, Note, move_locked
from lacelux.lib.money import ZERO, cents
from sales.models import Adjustment, Channel, Order
from sales.services.errors import InvalidSale, check_fields
from sales.services.lines import check_amount

Kind = Adjustment.Kind


def record_adjustment(
    *,
    kind: str = Kind.ADJUSTMENT,
    amount: Decimal = ZERO,
    quantity: int = 0,
    cost: Decimal = ZERO,
    fees: Decimal = ZERO,
    channel: Channel | None = None,
    order: Order | None = None,
    product: Product | None = None,
    customer: Customer | None = None,
    adjusted_at: datetime | None = None,
    description: str = "",
    source: str = "",
    number: str = "",
    actor: User | None = None,
) -> Adjustment:
    """Book an entry without a sale, in the shop's currency: a chargeback, a bad debt, a fee without an order, a loss.

    `amount` (signed) counts as revenue, `fees` (signed) as fees. A write-off has neither; its `cost` is a loss. An
    order's channel, customer and country are taken over. Stock does not move: see `write_off_piece`. Raises
    InvalidSale.
    """
    if order is not None:
        channel, customer = channel or order.channel, customer or order.customer
    row = Adjustment(
        kind=kind,
        source=source or (channel.code if channel else "shop"),
        number=number,
        order=order,
        channel=channel,
        customer=customer,
        product=product,
        country=order.country if order else "",
        description=description,
        quantity=quantity,
        amount=_amount(amount, "amount"),
        fees=_amount(fees, "fees"),
        cost=_amount(cost, "cost"),
        adjusted_at=adjusted_at or timezone.now(),
        actor=actor,
    )
    _check(row)
    row.save(force_insert=True)
    return row


def write_off_piece(
    *,
    product: Product,
    quantity: int = 1,
    at: datetime | None = None,
    reason: str,
    actor: User | None = None,
) -> Adjustment:
    """Pieces are lost or broken: they leave the stock, and their landed cost is a loss. Raises OutOfStock."""
    if quantity < 1:
        raise InvalidSale("quantity", "A write-off takes at least one piece.")
    at = at or timezone.now()
    with transaction.atomic():
        locked = lock_product(product)
        entry = record_adjustment(
            kind=Kind.WRITE_OFF,
            quantity=quantity,
            cost=locked.landed_cost * quantity,
            product=locked,
            adjusted_at=at,
            description=reason,
            actor=actor,
        )
        note = Note(at=at, reference=f"write-off {entry.pk}", reason=reason, actor=actor)
        move_locked(locked, StockMovement.Kind.WRITE_OFF, Change(on_hand=-quantity), note)
    mirror(locked, product)
    return entry


def _amount(amount: Decimal, field: str) -> Decimal:
    check_amount(Decimal(amount), field, signed=True)
    return cents(Decimal(amount))


def _check(row: Adjustment) -> None:
    if timezone.is_naive(row.adjusted_at):
        raise InvalidSale("adjusted_at", "The time needs its zone.")
    if row.kind == Kind.WRITE_OFF and (row.amount or row.fees):
        raise InvalidSale("amount", "A write-off has no revenue and no fees: its cost is the loss.")
    if row.cost < 0:
        raise InvalidSale("cost", "A cost is not negative.")
    check_fields(row)
