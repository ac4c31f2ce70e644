"""What the ledger does when the stock tells it something."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.dispatch import receiver

from inventory.models import Product
from inventory.signals import cost_added
from sales.models import OrderLine


@receiver(cost_added, dispatch_uid="sales: late cost")
def cost_reaches_sold_piece(product: Product, amount: Decimal, **_: Any) -> None:
    """A bill that comes after the sale belongs to the piece's living sale; a consigned one costs its share only."""
    if product.is_one_of_one and not product.is_consigned:
        line = OrderLine.staged.living().filter(product=product).first()
        if line is not None:
            line.cost += amount  # exact: SQLite would add floats
            OrderLine.staged.filter(pk=line.pk).update(cost=line.cost)
