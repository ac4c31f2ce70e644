"""What is asked for a piece, and when it is offered."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from inventory.models import PriceChange, Product
from inventory.services.standing import lock_product, mirror, write_history
from lacelux.lib.money import cents

Status = Product.Status


def change_price(
    *,
    product: Product,
    price: Decimal | None,
    at: datetime | None = None,
    reason: str = "",
    actor: User | None = None,
) -> PriceChange | None:
    """Ask `price` from `at` on (None: no price). None where that is asked already; ValueError for a negative price."""
    price = None if price is None else cents(Decimal(price))
    if price is not None and price < 0:
        raise ValueError("A price is not negative.")
    with transaction.atomic():
        locked = lock_product(product)
        change = None if locked.list_price == price else _change(locked, price, at, reason, actor)
    mirror(locked, product)
    return change


def _change(
    product: Product, price: Decimal | None, at: datetime | None, reason: str, actor: User | None
) -> PriceChange:
    previous, product.list_price = product.list_price, price
    Product.staged.filter(pk=product.pk).update(list_price=price)
    write_history(product, actor=actor, reason=reason)
    return PriceChange.objects.create(
        product=product,
        price=price,
        previous=previous,
        reason=reason,
        actor=actor,
        changed_at=at or timezone.now(),
    )


def list_product(*, product: Product, at: datetime | None = None, actor: User | None = None) -> Product:
    """Offer a draft or hidden piece for sale; the listing date is kept from the first time on."""
    with transaction.atomic():
        locked = lock_product(product)
        if locked.status in (Status.DRAFT, Status.HIDDEN):
            _activate(locked, at or timezone.now(), actor)
    mirror(locked, product)
    return product


def note_listing(*, product: Product, at: datetime, actor: User | None = None) -> Product:
    """A marketplace says since when it had the piece listed; a date that is known already stands."""
    with transaction.atomic():
        locked = lock_product(product)
        if locked.listed_at is None:
            locked.listed_at = at
            Product.staged.filter(pk=locked.pk).update(listed_at=at)
            write_history(locked, actor=actor, reason="listed on a marketplace")
    mirror(locked, product)
    return product


def hide_product(*, product: Product, actor: User | None = None) -> Product:
    """Offer a piece no longer, without selling it; drafts and sold pieces stay as they are."""
    with transaction.atomic():
        locked = lock_product(product)
        if locked.status in (Status.ACTIVE, Status.RESERVED):
            locked.status = Status.HIDDEN
            Product.staged.filter(pk=locked.pk).update(status=locked.status)
            write_history(locked, actor=actor, reason="hidden")
    mirror(locked, product)
    return product


def _activate(product: Product, at: datetime, actor: User | None) -> None:
    is_free = product.quantity_on_hand > product.quantity_reserved or not product.quantity_reserved
    product.status = Status.ACTIVE if is_free else Status.RESERVED
    product.listed_at = product.listed_at or at
    Product.staged.filter(pk=product.pk).update(status=product.status, listed_at=product.listed_at)
    write_history(product, actor=actor, reason="listed")
