"""The stock ledger. These verbs are the only ways in which quantities change.

Each changes the running totals by one conditional UPDATE, which cannot oversell whoever else writes, and notes the
movement in the same transaction. `product` then says what its row says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from inventory.models import Product, StockMovement
from inventory.services.errors import ImpossibleMovement, OutOfStock
from inventory.services.standing import lock_product, mirror, settle, write_history

Kind = StockMovement.Kind


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one movement adds to each running total."""

    on_hand: int = 0
    reserved: int = 0
    sold: int = 0

    @property
    def takes(self) -> int:
        """How many free pieces it needs; what it gives back is negative."""
        return self.reserved - self.on_hand


@dataclass(frozen=True, kw_only=True)
class Note:
    """When, why and by whom pieces moved."""

    at: datetime | None = None
    reference: str = ""
    reason: str = ""
    actor: User | None = None


def receive(
    *,
    product: Product,
    quantity: int = 1,
    at: datetime | None = None,
    reference: str = "",
    reason: str = "",
    actor: User | None = None,
) -> StockMovement:
    """Pieces came in. Raises ImpossibleMovement where a one-of-one piece is there, or was sold, already."""
    change = Change(on_hand=_positive(quantity))
    return _move(product, Kind.RECEIVE, change, Note(at=at, reference=reference, reason=reason, actor=actor))


def reserve(
    *,
    product: Product,
    quantity: int = 1,
    at: datetime | None = None,
    reference: str = "",
    reason: str = "",
    actor: User | None = None,
) -> StockMovement:
    """Free pieces are kept aside. Raises OutOfStock. For keeping them for a person, see `hold`."""
    change = Change(reserved=_positive(quantity))
    return _move(product, Kind.RESERVE, change, Note(at=at, reference=reference, reason=reason, actor=actor))


def release(
    *,
    product: Product,
    quantity: int = 1,
    at: datetime | None = None,
    reference: str = "",
    reason: str = "",
    actor: User | None = None,
) -> StockMovement:
    """Pieces kept aside are free again. Raises ImpossibleMovement where fewer are reserved."""
    change = Change(reserved=-_positive(quantity))
    return _move(product, Kind.RELEASE, change, Note(at=at, reference=reference, reason=reason, actor=actor))


def sell(
    *,
    product: Product,
    quantity: int = 1,
    from_reserved: bool = False,
    at: datetime | None = None,
    reference: str = "",
    reason: str = "",
    actor: User | None = None,
) -> StockMovement:
    """Pieces left because they were sold; `from_reserved` takes those kept aside. Raises OutOfStock.

    This moves stock only: `sales.services.record_sale` books the sale and calls it.
    """
    change = sale_of(_positive(quantity), from_reserved=quantity if from_reserved else 0)
    return _move(product, Kind.SELL, change, Note(at=at, reference=reference, reason=reason, actor=actor))


def return_(
    *,
    product: Product,
    quantity: int = 1,
    at: datetime | None = None,
    reference: str = "",
    reason: str = "",
    actor: User | None = None,
) -> StockMovement:
    """Sold pieces came back into stock. Raises ImpossibleMovement where fewer were sold."""
    change = Change(on_hand=_positive(quantity), sold=-quantity)
    return _move(product, Kind.RETURN, change, Note(at=at, reference=reference, reason=reason, actor=actor))


def adjust(
    *,
    product: Product,
    change: int,
    at: datetime | None = None,
    reference: str = "",
    reason: str = "",
    actor: User | None = None,
) -> StockMovement:
    """A count found `change` pieces more, or fewer, than the books. Raises OutOfStock below what is free."""
    if change == 0:
        raise ValueError("An adjustment changes something.")
    note = Note(at=at, reference=reference, reason=reason, actor=actor)
    return _move(product, Kind.ADJUST, Change(on_hand=change), note)


def write_off(
    *,
    product: Product,
    quantity: int = 1,
    at: datetime | None = None,
    reference: str = "",
    reason: str = "",
    actor: User | None = None,
) -> StockMovement:
    """Pieces are lost or broken. Raises OutOfStock. For the loss in money too: `sales.services.write_off_piece`."""
    change = Change(on_hand=-_positive(quantity))
    return _move(product, Kind.WRITE_OFF, change, Note(at=at, reference=reference, reason=reason, actor=actor))


def sale_of(quantity: int, *, from_reserved: int = 0) -> Change:
    """The change of a sale, `from_reserved` of whose pieces were kept aside for this buyer."""
    return Change(on_hand=-quantity, reserved=-from_reserved, sold=quantity)


def move_locked(product: Product, kind: Kind, change: Change, note: Note) -> StockMovement:
    """Carry out one movement on a product locked in this transaction; `product` then says what its row says."""
    at = note.at or timezone.now()
    before = (product.status, product.listed_at, product.sold_at, product.days_to_sell)
    read = (product.quantity_on_hand, product.quantity_reserved, product.quantity_sold)
    product.quantity_on_hand += change.on_hand
    product.quantity_reserved += change.reserved
    product.quantity_sold += change.sold
    settle(product, kind=kind, at=at)
    if not _update_totals(product, change):
        product.quantity_on_hand, product.quantity_reserved, product.quantity_sold = read
        raise _refusal(product, kind, change)
    product.quantity_available = product.quantity_on_hand - product.quantity_reserved
    product.quantity_total = product.quantity_on_hand + product.quantity_sold
    if before != (product.status, product.listed_at, product.sold_at, product.days_to_sell):
        write_history(product, actor=note.actor, reason=note.reason or note.reference)
    return StockMovement.objects.create(
        product=product,
        kind=kind,
        on_hand_change=change.on_hand,
        reserved_change=change.reserved,
        sold_change=change.sold,
        reference=note.reference,
        reason=note.reason,
        actor=note.actor,
        moved_at=at,
    )


def _update_totals(product: Product, change: Change) -> bool:
    """The only statement that changes quantities; false where it would leave fewer than none."""
    possible = Product.staged.filter(
        Q(is_one_of_one=False) | Q(quantity_on_hand__lte=1 - change.on_hand - change.sold - F("quantity_sold")),
        pk=product.pk,
        quantity_on_hand__gte=F("quantity_reserved") + change.takes,
        quantity_reserved__gte=-change.reserved,
        quantity_sold__gte=-change.sold,
    )
    updated = possible.update(
        quantity_on_hand=F("quantity_on_hand") + change.on_hand,
        quantity_reserved=F("quantity_reserved") + change.reserved,
        quantity_sold=F("quantity_sold") + change.sold,
        status=product.status,
        listed_at=product.listed_at,
        sold_at=product.sold_at,
        days_to_sell=product.days_to_sell,
    )
    return updated == 1


def _refusal(product: Product, kind: Kind, change: Change) -> ImpossibleMovement:
    """Why it could not be; `product` has its quantities as read."""
    free = product.quantity_on_hand - product.quantity_reserved
    if change.reserved < 0 and product.quantity_reserved < -change.reserved:
        return ImpossibleMovement(product, f"only {product.quantity_reserved} are reserved.")
    if kind == Kind.RETURN and product.quantity_sold < -change.sold:
        return ImpossibleMovement(product, f"only {product.quantity_sold} were sold.")
    if change.takes > 0:
        kept = -change.reserved if kind == Kind.SELL else 0
        return OutOfStock(product, wanted=change.takes + kept, available=free + kept)
    return ImpossibleMovement(product, "a one-of-one piece is there once; one that was sold comes back as a return.")


def _move(product: Product, kind: Kind, change: Change, note: Note) -> StockMovement:
    with transaction.atomic():
        locked = lock_product(product)
        movement = move_locked(locked, kind, change, note)
    mirror(locked, product)
    movement.product = product
    return movement


def _positive(quantity: int) -> int:
    if quantity < 1:
        raise ValueError(f"A movement moves at least one piece, not {quantity}.")
    return quantity
