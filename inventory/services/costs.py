"""What pieces cost: the parts of the landed cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction

from inventory.models import CostEntry, Product
from inventory.services.standing import lock_product, mirror, write_history
from inventory.signals import cost_added
from lacelux.lib.money import cents


def add_cost(
    *,
    product: Product,
    kind: str,
    amount: Decimal,
    incurred_on: date,
    note: str = "",
    actor: User | None = None,
) -> CostEntry:
    """One more part of a piece's landed cost, in the shop's currency, per piece.

    A repair billed after the sale reaches the sold piece's order line too. Raises ValueError for a negative amount.
    """
    amount = cents(Decimal(amount))
    if amount < 0:
        raise ValueError("A cost is not negative.")
    with transaction.atomic():
        locked = lock_product(product)
        entry = CostEntry.objects.create(
            product=locked, kind=kind, amount=amount, incurred_on=incurred_on, note=note, actor=actor
        )
        locked.landed_cost += amount  # exact: SQLite would add floats
        Product.staged.filter(pk=locked.pk).update(landed_cost=locked.landed_cost)
        write_history(locked, actor=actor, reason=f"{entry.get_kind_display()} {amount}")
        cost_added.send(sender=CostEntry, product=locked, amount=amount)
    mirror(locked, product)
    return entry
