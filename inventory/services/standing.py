"""A product's row under lock, and what its status and dates follow to after a movement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.utils import timezone

from inventory.models import Product, StockMovement

Status = Product.Status
MIRRORED = (
    "quantity_on_hand",
    "quantity_reserved",
    "quantity_sold",
    "quantity_available",
    "quantity_total",
    "landed_cost",
    "list_price",
    "status",
    "listed_at",
    "sold_at",
    "days_to_sell",
)


def lock_products(ids: Iterable[int]) -> dict[int, Product]:
    """The products as they stand now, locked until the transaction ends; always by id, so that writers never cross.

    SQLite has no row locks: there the transaction itself holds the only write lock.
    """
    rows = Product.staged.select_for_update(of=("self",), no_key=True).select_related("seller")
    return {product.pk: product for product in rows.filter(pk__in=set(ids)).order_by("pk")}


def lock_product(product: Product) -> Product:
    return lock_products([product.pk])[product.pk]


def mirror(locked: Product, product: Product) -> None:
    """Let the caller's copy say what the row now says."""
    for name in MIRRORED:
        setattr(product, name, getattr(locked, name))


def write_history(product: Product, *, actor: User | None, reason: str = "") -> None:
    """One audit row: `update()` passes simple-history by."""
    Product.history.bulk_history_create(
        [product], update=True, default_user=actor, default_change_reason=reason or None
    )


def settle(product: Product, *, kind: str, at: datetime) -> None:
    """Status, sold time and days to sell, from the quantities that `product` now has.

    A piece is sold when a sale took the last one, and for sale again when one comes back. Drafts and hidden
    pieces stay so while they are held.
    """
    was = product.status
    product.status = _status_after(product, kind)
    if product.status == Status.SOLD:
        if was != Status.SOLD:
            product.sold_at = at
            product.days_to_sell = _days_between(product.listed_at, at)
        return
    product.sold_at = product.days_to_sell = None
    if was == Status.SOLD and product.status == Status.ACTIVE and product.listed_at is None:
        product.listed_at = at


def _status_after(product: Product, kind: str) -> str:
    if product.quantity_on_hand == 0:
        if kind == StockMovement.Kind.SELL:
            return Status.SOLD
        gone = kind in (StockMovement.Kind.WRITE_OFF, StockMovement.Kind.ADJUST)
        return Status.HIDDEN if gone and product.status in (Status.ACTIVE, Status.RESERVED) else product.status
    if product.status == Status.SOLD:
        return Status.ACTIVE
    if product.status in (Status.ACTIVE, Status.RESERVED):
        return Status.ACTIVE if product.quantity_on_hand > product.quantity_reserved else Status.RESERVED
    return product.status


def _days_between(listed_at: datetime | None, sold_at: datetime) -> int | None:
    """Days of the shop's calendar; None for a piece that was sold before it was ever listed."""
    if listed_at is None:
        return None
    days = (timezone.localdate(sold_at) - timezone.localdate(listed_at)).days
    return days if days >= 0 else None
