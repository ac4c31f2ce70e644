"""What orders do to the stock: pieces leave, and come back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Sum

from inventory.models import Product, StockMovement
from inventory.services.holds import release_expired, use_holds
from inventory.services.stock import Change, Note, move_locked, sale_of
from sales.models import Order

Kind = StockMovement.Kind


def reference_of(order: Order) -> str:
    """How the stock ledger names an order; a number may be longer than the ledger's column."""
    return f"order {order.pk}"


def take(product: Product, *, quantity: int, order: Order, at: datetime, actor: User | None) -> None:
    """Sell pieces of a locked product, the buyer's held ones first. Raises OutOfStock."""
    release_expired(product, at=at)
    held = use_holds(product, customer=order.customer, quantity=quantity, at=at)
    note = Note(at=at, reference=reference_of(order), reason=f"{order.source} {order.number}", actor=actor)
    move_locked(product, Kind.SELL, sale_of(quantity, from_reserved=held), note)


def still_out(order: Order, products: Iterable[int]) -> dict[int, int]:
    """How many pieces of each product the order took and did not give back, as the stock ledger has it."""
    rows = StockMovement.objects.filter(product__in=set(products), reference=reference_of(order))
    sums = rows.order_by().values_list("product").annotate(Sum("sold_change"))
    return {product: out for product, out in sums if out}


def put_back(product: Product, *, quantity: int, order: Order, at: datetime, reason: str, actor: User | None) -> None:
    """Take pieces of an order back into a locked product's stock.

    Those that never left it, because the sale was booked as history, come in as received.
    """
    out = still_out(order, [product.pk]).get(product.pk, 0)
    returned = min(quantity, out)
    note = Note(at=at, reference=reference_of(order), reason=reason, actor=actor)
    if returned:
        move_locked(product, Kind.RETURN, Change(on_hand=returned, sold=-returned), note)
    if quantity > returned:
        move_locked(product, Kind.RECEIVE, Change(on_hand=quantity - returned), note)
