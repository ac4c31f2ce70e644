"""What a till should know of the customer before it, straight from the shop's own tables.

The mart is not asked: a till answers while analytics are overloaded or stopped. All is bounded by one customer's own
orders, found by index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from customers.models import Customer
from inventory.models import Product
from lacelux.lib.money import ZERO, cents
from sales.models import Adjustment, Order, OrderLine, Refund

NEW, REGULAR, VIP = SEGMENTS = ("new", "regular", "vip")
VIP_ORDERS = 3
FEWEST_FOR_REGULAR = 2
MOST_PREFERRED = 3  # of each kind
MOST_RECOMMENDED = 6
MOST_ITEMS = 20
FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Preference:
    """`count` of the pieces bought bear this name; `share` is of all the pieces bought."""

    id: int | None
    name: str
    count: int
    share: Decimal


@dataclass(frozen=True)
class Preferred:
    brands: list[Preference]
    categories: list[Preference]
    models: list[Preference]


@dataclass(frozen=True)
class Item:
    sku: str | None
    title: str
    brand: str | None
    quantity: int
    amount: Decimal


@dataclass(frozen=True)
class Purchase:
    order: int
    at: datetime
    channel: str
    amount: Decimal
    items: list[Item]


@dataclass(frozen=True)
class Value:
    """revenue = gross − discounts − refunds + adjustments; profit = revenue − cost − fees."""

    orders: int
    revenue: Decimal
    profit: Decimal
    average_order: Decimal | None


@dataclass(frozen=True)
class Insights:
    customer: int
    segment: str
    value: Value
    preferred: Preferred
    last_purchase: Purchase | None
    days_since: int | None
    recommended: list[Product]


def insights_of(customer: Customer) -> Insights:
    """Some ten queries by index, whatever the size of the shop."""
    lines = OrderLine.objects.filter(order__customer=customer).exclude(order__state=Order.State.CANCELLED)
    value, last_at = _value(customer, lines)
    preferred = _preferred(lines)
    return Insights(
        customer=customer.pk,
        segment=_segment(customer, value),
        value=value,
        preferred=preferred,
        last_purchase=_last_purchase(customer) if last_at else None,
        days_since=(timezone.localdate() - timezone.localdate(last_at)).days if last_at else None,
        recommended=recommended(
            brands=[one.id for one in preferred.brands if one.id],
            categories=[one.id for one in preferred.categories if one.id],
        ),
    )


def _value(customer: Customer, lines: Any) -> tuple[Value, datetime | None]:
    """The customer's entries summed, and when they last bought something above 0.00."""
    paid = Q(gross__gt=0)
    sold = lines.aggregate(
        orders=Count("order", filter=paid, distinct=True),  # before the sums: `gross` is one of them from there on
        last=Max("sold_at", filter=paid),
        **{name: Sum(name) for name in ("gross", "discount", "cost", "fees")},
    )
    back = Refund.objects.approved().filter(customer=customer)
    given = _sums(back, "amount", "cost_returned", "fees_returned")
    adjusted = _sums(Adjustment.objects.filter(customer=customer, kind="adjustment"), "amount", "cost", "fees")
    earned = _cents(sold["gross"]) - _cents(sold["discount"])
    revenue = earned - given["amount"] + adjusted["amount"]
    cost = _cents(sold["cost"]) - given["cost_returned"] + adjusted["cost"]
    fees = _cents(sold["fees"]) - given["fees_returned"] + adjusted["fees"]
    average = cents(earned / sold["orders"]) if sold["orders"] else None
    return Value(sold["orders"], revenue, revenue - cost - fees, average), sold["last"]


def _sums(rows: Any, *names: str) -> dict[str, Decimal]:
    return {name: _cents(total) for name, total in rows.aggregate(**{name: Sum(name) for name in names}).items()}


def _cents(total: Decimal | None) -> Decimal:
    """SQLite adds decimals as floats; one customer's sums are exact to the cent once rounded."""
    return ZERO if total is None else cents(total)


def _segment(customer: Customer, value: Value) -> str:
    """vip: tagged VIP by hand, or 3 orders and VIP_REVENUE; regular: 2 orders; new: everyone else."""
    is_vip = value.orders >= VIP_ORDERS and value.revenue >= settings.VIP_REVENUE
    if is_vip or customer.tags.filter(name__iexact="VIP").exists():
        return VIP
    return REGULAR if value.orders >= FEWEST_FOR_REGULAR else NEW


def _preferred(lines: Any) -> Preferred:
    """What was bought most. Sales without a piece count in no share."""
    found = (
        lines.filter(product__isnull=False)
        .order_by()
        .values_list(
            "product__brand",
            "product__brand__name",
            "product__category",
            "product__category__name",
            "product__model",
        )
        .annotate(pieces=Sum("quantity"))
    )
    rows = list(found)
    total = sum(row[-1] for row in rows)
    return Preferred(
        _most(((row[0], row[1], row[-1]) for row in rows), total),
        _most(((row[2], row[3], row[-1]) for row in rows), total),
        _most(((None, row[4], row[-1]) for row in rows), total),
    )


def _most(bought: Iterable[tuple[int | None, str | None, int]], total: int) -> list[Preference]:
    counts: Counter[tuple[int | None, str]] = Counter()
    for id_, name, pieces in bought:
        if name:
            counts[id_, name] += pieces
    best = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0][1]))[:MOST_PREFERRED]
    return [Preference(id_, name, count, share_of(count, total)) for (id_, name), count in best]


def share_of(count: int, total: int) -> Decimal:
    return (Decimal(count) / total).quantize(FOUR_PLACES)


def _last_purchase(customer: Customer) -> Purchase | None:
    orders = Order.objects.counting().filter(customer=customer, lines__gross__gt=0).select_related("channel")
    order = orders.order_by("-ordered_at", "-id").first()
    if order is None:
        return None
    lines = list(OrderLine.objects.filter(order=order).select_related("product__brand").order_by("id"))
    amount = sum((line.gross - line.discount for line in lines), ZERO)
    return Purchase(order.pk, order.ordered_at, order.channel.code, amount, [_item(one) for one in lines[:MOST_ITEMS]])


def _item(line: OrderLine) -> Item:
    piece = line.product
    return Item(
        sku=piece.sku if piece else None,
        title=line.description or (piece.title if piece else ""),
        brand=piece.brand.name if piece and piece.brand else None,
        quantity=line.quantity,
        amount=line.gross - line.discount,
    )


def recommended(*, brands: Sequence[int], categories: Sequence[int]) -> list[Product]:
    """What to show next, newest first: pieces that can be sold now.

    First those of a preferred brand and category, then of a preferred brand, then of a preferred category; for
    somebody of whom nothing is known, the newest pieces.
    """
    tiers: list[Mapping[str, Any]] = [
        {"brand__in": brands, "category__in": categories},
        {"brand__in": brands},
        {"category__in": categories},
    ]
    if not brands and not categories:
        tiers = [{}]
    found: dict[int, Product] = {}
    for wanted in tiers:
        if len(found) < MOST_RECOMMENDED and all(wanted.values()):
            found |= {piece.pk: piece for piece in _newest(wanted) if piece.pk not in found}
    return list(found.values())[:MOST_RECOMMENDED]


def _newest(wanted: Mapping[str, Any]) -> list[Product]:
    on_sale = Product.objects.filter(status=Product.Status.ACTIVE, quantity_available__gt=0, **wanted)
    return list(on_sale.select_related("brand", "category").order_by("-listed_at", "-id")[:MOST_RECOMMENDED])
