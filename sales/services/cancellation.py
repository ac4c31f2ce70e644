"""A cancelled order is no sale: its pieces go back, its figures go away."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from inventory.services.standing import lock_products
from sales.models import Order, OrderLine, Refund
from sales.services.errors import InvalidSale
from sales.services.pieces import put_back, still_out
from sales.services.standing import lock_order

State = Order.State


def cancel_order(*, order: Order, at: datetime | None = None, actor: User | None = None, reason: str = "") -> Order:
    """Cancel a sale and put its pieces back; a cancelled one stays as it is.

    Raises InvalidSale where money was given back already, or is asked for: refund the rest instead.
    """
    at = at or timezone.now()
    with transaction.atomic():
        locked = lock_order(order)
        if locked.state != State.CANCELLED:
            _cancel(locked, at, actor, reason)
    order.state, order.cancelled_at = locked.state, locked.cancelled_at
    return order


def _cancel(order: Order, at: datetime, actor: User | None, reason: str) -> None:
    if Refund.staged.standing().filter(order=order).exists():
        raise InvalidSale("order", "Money was given back on this order: refund the rest of it instead.")
    lines = OrderLine.staged.filter(order=order)
    products = lock_products(lines.filter(product__isnull=False).values_list("product", flat=True))
    lines.living().update(holds_piece=False)
    for product, quantity in still_out(order, products).items():
        put_back(
            products[product],
            quantity=quantity,
            order=order,
            at=at,
            reason=reason or "order cancelled",
            actor=actor,
        )
    order.state, order.cancelled_at = State.CANCELLED, at
    order._history_user, order._change_reason = actor, reason  # type: ignore[attr-defined]
    order.save(update_fields=["state", "cancelled_at"])
