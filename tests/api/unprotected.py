"""The shop with a protection taken away, for the controls: a race test that still passes here proves nothing.

UNPROTECTED=stock: read the quantity, look at it, write it back, as naive code does.
UNPROTECTED=idempotency: a key is not remembered.
"""

import os
import time
from typing import Any

from lacelux.asgi import application as application

from inventory.models import Product, StockMovement  # isort: skip  needs the shop to be set up
from inventory.services import OutOfStock
from sales import api
from sales.services import sale


def naive_take(product: Product, *, quantity: int, order: Any, at: Any, actor: Any) -> None:
    seen = Product.objects.get(pk=product.pk)
    if seen.quantity_available < quantity:
        raise OutOfStock(seen, wanted=quantity, available=seen.quantity_available)
    time.sleep(0.02)  # the time that a real shop takes to think
    Product.objects.filter(pk=product.pk).update(
        quantity_on_hand=seen.quantity_on_hand - quantity,
        quantity_sold=seen.quantity_sold + quantity,
        status=Product.Status.SOLD,
    )
    StockMovement.objects.create(
        product=product, kind="sell", on_hand_change=-quantity, sold_change=quantity, actor=actor, moved_at=at
    )


if os.environ["UNPROTECTED"] == "stock":
    sale.take = naive_take
    sale.lock_products = lambda known: Product.objects.in_bulk(list(known))
else:
    api.answer_once = lambda request, effect: effect()
