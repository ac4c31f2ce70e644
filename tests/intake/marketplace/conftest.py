"""Files in the manner of each marketplace, and pieces that they may have sold."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum

from inventory.models import Product
from inventory.services import add_cost, list_product, receive
from sales.models import Order, OrderLine, Refund

Row = dict[str, Any]


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    """`sheet(header, row, …)` writes rows by their columns, those without a value empty."""

    def write(
        header: str, *rows: Row, before: str = "", after: str = "", name: str = "export.csv", bom: bool = False
    ) -> Path:
        path = tmp_path / name
        names = next(csv.reader([header]))
        with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
            file.write(before)
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(rows)
            file.write(after)
        return path

    return write


@pytest.fixture
def piece(db: None) -> Callable[..., Product]:
    """`piece("LV-1", "Louis Vuitton Speedy")`: one on the shelf since 1 May 2025, bought for 100."""

    def make(sku: str, title: str = "", *, listed: bool = True) -> Product:
        product = Product.objects.create(sku=sku, title=title)
        receive(product=product, at=datetime(2024, 5, 1, 12, tzinfo=UTC))
        add_cost(product=product, kind="purchase", amount=Decimal(100), incurred_on=datetime(2024, 5, 1).date())
        if listed:
            list_product(product=product, at=datetime(2024, 6, 1, 12, tzinfo=UTC))
        return product

    return make


def ledger() -> dict[str, dict[str, Decimal]]:
    """What each order came to: gross, discount, fees, refunded, and what was charged beside."""
    found = {}
    for order in Order.objects.order_by("number"):
        sums = OrderLine.objects.filter(order=order).aggregate(
            gross=Sum("gross"), discount=Sum("discount"), fees=Sum("fees"), cost=Sum("cost")
        )
        back = Refund.objects.filter(order=order).aggregate(sum=Sum("amount"))["sum"]
        found[order.number] = {name: Decimal(value) for name, value in sums.items()}
        found[order.number] |= {"refunded": back or Decimal(0), "shipping": order.shipping_charged, "tax": order.tax}
    return found


def reckoned(**amounts: str) -> dict[str, Decimal]:
    """A line of the expected ledger; what is not named is 0.00."""
    names = ("gross", "discount", "fees", "cost", "refunded", "shipping", "tax")
    return {name: Decimal(amounts.get(name, "0")) for name in names}
