"""Pieces kept for someone for a while: a hold reserves stock until it is ended, expires or is bought."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from customers.models import Customer
from inventory.models import Hold, Product, StockMovement
from inventory.services.standing import lock_product, lock_products, mirror
from inventory.services.stock import Change, Note, move_locked

Kind = StockMovement.Kind


def hold(
    *,
    product: Product,
    customer: Customer | None = None,
    quantity: int = 1,
    expires_at: datetime | None = None,
    at: datetime | None = None,
    note: str = "",
    actor: User | None = None,
) -> Hold:
    """Keep free pieces for a customer. Raises OutOfStock where they are not free."""
    if quantity < 1:
        raise ValueError("A hold holds at least one piece.")
    at = at or timezone.now()
    with transaction.atomic():
        locked = lock_product(product)
        release_expired(locked, at=at)
        held = Hold.objects.create(
            product=locked,
            customer=customer,
            quantity=quantity,
            held_at=at,
            expires_at=expires_at,
            note=note,
            actor=actor,
        )
        reserved = Note(at=at, reference=reference_of(held), reason=note, actor=actor)
        move_locked(locked, Kind.RESERVE, Change(reserved=quantity), reserved)
    mirror(locked, product)
    return held


def end_hold(*, hold: Hold, at: datetime | None = None, actor: User | None = None) -> Hold:
    """Let the pieces go; a hold that has ended already stays as it is."""
    at = at or timezone.now()
    with transaction.atomic():
        locked = lock_product(hold.product)
        if _end(hold, at):
            _release(locked, hold, Note(at=at, reference=reference_of(hold), actor=actor))
    hold.refresh_from_db()
    return hold


def end_expired_holds(*, at: datetime | None = None) -> int:
    """Free what is held past its time, piece by piece; how many pieces had such holds."""
    at = at or timezone.now()
    expired = Hold.objects.filter(ended_at=None, expires_at__lte=at)
    products = list(expired.order_by("product").values_list("product", flat=True).distinct())
    for product in products:
        with transaction.atomic():
            release_expired(lock_products([product])[product], at=at)
    return len(products)


def release_expired(product: Product, *, at: datetime) -> None:
    """Free what is held on a locked product past its time."""
    if product.quantity_reserved:
        for hold in Hold.objects.filter(product=product, ended_at=None, expires_at__lte=at):
            _end(hold, at)
            _release(product, hold, Note(at=at, reference=reference_of(hold), reason="expired"))


def use_holds(product: Product, *, customer: Customer | None, quantity: int, at: datetime) -> int:
    """End the customer's holds on a locked product that they now buy; how many of `quantity` were kept for them.

    What a hold kept beyond the pieces bought is free again.
    """
    if customer is None or not product.quantity_reserved:
        return 0
    used = 0
    running = Q(expires_at=None) | Q(expires_at__gt=at)
    for hold in Hold.objects.filter(running, product=product, customer=customer, ended_at=None).order_by("id"):
        if used == quantity:
            break
        taken = min(hold.quantity, quantity - used)
        _end(hold, at)
        used += taken
        if surplus := hold.quantity - taken:
            note = Note(at=at, reference=reference_of(hold), reason="bought fewer")
            move_locked(product, Kind.RELEASE, Change(reserved=-surplus), note)
    return used


def reference_of(hold: Hold) -> str:
    return f"hold {hold.pk}"


def _end(hold: Hold, at: datetime) -> bool:
    return Hold.objects.filter(pk=hold.pk, ended_at=None).update(ended_at=at) == 1


def _release(product: Product, hold: Hold, note: Note) -> None:
    move_locked(product, Kind.RELEASE, Change(reserved=-hold.quantity), note)
