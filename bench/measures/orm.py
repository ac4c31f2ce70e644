"""The questions again, through the Django ORM on the shop's own database: what the mart is measured against.

Each gives the figures of the analysis of the same slug; groups of the three ledger tables are merged in Python.
`python -m bench.measures.orm PERIOD` prints milliseconds by slug, the median of three, and each one's total revenue.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import django

django.setup()

from django.db.models import Count, F, Q, QuerySet, Sum, Window  # noqa: E402
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, Lag, TruncDate, TruncMonth  # noqa: E402
from django.utils import timezone  # noqa: E402

from inventory.models import Product  # noqa: E402
from sales.models import Adjustment, OrderLine, Refund  # noqa: E402

Rows = QuerySet[Any]
ZERO = Decimal(0)
DAYS = {"30d": 30, "1y": 365, "all": 100_000}


class Ledger:
    """The three tables of entries within a period."""

    def __init__(self, days: int) -> None:
        since = timezone.now() - timedelta(days=days)
        self.lines = OrderLine.objects.filter(order__cancelled_at=None, sold_at__gte=since)
        self.refunds = Refund.objects.filter(state="approved", refunded_at__gte=since)
        self.adjustments = Adjustment.objects.filter(kind="adjustment", adjusted_at__gte=since)

    def by(self, of_line: dict[str, Any], of_refund: dict[str, Any]) -> dict[tuple[Any, ...], Counter[str]]:
        """Sums by group: the same key expressions over lines and refunds."""
        groups: dict[tuple[Any, ...], Counter[str]] = {}
        sold = self.lines.values(**of_line).annotate(
            units=Sum("quantity"), sold=Sum("gross"), discounts=Sum("discount"), costs=Sum("cost"), charges=Sum("fees"),
            orders=Count("order_id", distinct=True, filter=Q(gross__gt=0)),
        )  # fmt: skip
        back = self.refunds.values(**of_refund).annotate(
            returned=Sum("quantity"),
            refunds=Sum("amount"),
            fees_back=Sum("fees_returned"),
            cost_back=Sum("cost_returned"),
        )
        for rows, keys in ((sold, of_line), (back, of_refund)):
            for row in rows:
                key = tuple(row[name] for name in keys)
                groups.setdefault(key, Counter()).update({n: v for n, v in row.items() if n not in keys and v})
        return groups


def revenue(groups: Iterable[Counter[str]]) -> Decimal:
    return sum((Decimal(g["sold"] - g["discounts"] - g["refunds"]) for g in groups), ZERO)


def kpis(ledger: Ledger) -> Decimal:
    now = ledger.lines.aggregate(
        sold=Sum("gross"), discounts=Sum("discount"), costs=Sum("cost"), charges=Sum("fees"), units=Sum("quantity"),
        orders=Count("order_id", distinct=True, filter=Q(gross__gt=0)),
        customers=Count("order__customer_id", distinct=True),
    )  # fmt: skip
    back = ledger.refunds.aggregate(money=Sum("amount"), costs=Sum("cost_returned"), charges=Sum("fees_returned"))
    ledger.adjustments.aggregate(money=Sum("amount"))
    return Decimal((now["sold"] or 0) - (now["discounts"] or 0) - (back["money"] or 0))


def daily(ledger: Ledger) -> Decimal:
    return revenue(ledger.by({"day": TruncDate("sold_at")}, {"day": TruncDate("refunded_at")}).values())


def weekdays(ledger: Ledger) -> Decimal:
    of = {"day": ExtractIsoWeekDay("sold_at")}, {"day": ExtractIsoWeekDay("refunded_at")}
    return revenue(ledger.by(*of).values())


def trends(ledger: Ledger) -> Decimal:
    return revenue(ledger.by({"month": TruncMonth("sold_at")}, {"month": TruncMonth("refunded_at")}).values())


def hourly(ledger: Ledger) -> Decimal:
    of_line = {"day": ExtractIsoWeekDay("sold_at"), "hour": ExtractHour("sold_at")}
    of_refund = {"day": ExtractIsoWeekDay("refunded_at"), "hour": ExtractHour("refunded_at")}
    return revenue(ledger.by(of_line, of_refund).values())


def top_customers(ledger: Ledger) -> Decimal:
    groups = ledger.by({"who": F("order__customer_id")}, {"who": F("customer_id")})
    ranked = sorted(groups.values(), key=lambda g: -(g["sold"] - g["discounts"] - g["refunds"]))
    revenue(ranked[: len(ranked) // 5])
    return revenue(groups.values())


def repeat_purchase(ledger: Ledger) -> Decimal:
    orders = ledger.lines.filter(gross__gt=0, order__customer_id__isnull=False)
    bought = orders.values("order_id", who=F("order__customer_id"), day=TruncDate("order__ordered_at")).distinct()
    gaps = bought.annotate(
        before=Window(Lag("order__ordered_at"), partition_by=["order__customer_id"], order_by="order__ordered_at")
    )
    counts = Counter(row["who"] for row in gaps)
    Counter(counts.values())
    return revenue(ledger.by({"who": F("order__customer_id")}, {"who": F("customer_id")}).values())


def top_products(ledger: Ledger) -> Decimal:
    groups = ledger.by({"piece": F("product_id")}, {"piece": F("product_id")})
    best = sorted(groups, key=lambda k: -(groups[k]["sold"] - groups[k]["discounts"] - groups[k]["refunds"]))[:50]
    list(Product.objects.filter(id__in=[key[0] for key in best]).values("id", "sku", "title"))
    return revenue(groups.values())


def brands(ledger: Ledger) -> Decimal:
    of = {"brand": F("product__brand_id"), "name": F("product__brand__name")}
    return revenue(ledger.by(of, of).values())


def aging(_: Ledger) -> Decimal:
    today, total = timezone.now(), ZERO
    for low, high in ((0, 31), (31, 61), (61, 91), (91, 100_000)):
        listed = Product.objects.filter(
            quantity_on_hand__gt=0,
            listed_at__lte=today - timedelta(days=low),
            listed_at__gt=today - timedelta(days=high),
        )
        sums = listed.aggregate(pieces=Sum("quantity_on_hand"), tied=Sum(F("landed_cost") * F("quantity_on_hand")))
        total += sums["tied"] or ZERO
    return total


def entries(ledger: Ledger) -> Decimal:
    ledger.lines.count(), ledger.refunds.count()
    page = ledger.lines.select_related("order__customer", "order__channel", "product__brand").order_by("-sold_at")
    return sum((line.gross for line in page[:50]), ZERO)


def pieces(_: Ledger) -> Decimal:
    found = Product.objects.filter(quantity_on_hand__gt=0)
    found.count()
    page = found.select_related("brand", "category").order_by("listed_at")
    return sum((piece.landed_cost for piece in page[:50]), ZERO)


QUESTIONS: dict[str, Callable[[Ledger], Decimal]] = {
    "overview/kpis": kpis,
    "sales/daily": daily,
    "sales/weekdays": weekdays,
    "sales/trends": trends,
    "sales/hourly": hourly,
    "customers/top": top_customers,
    "customers/repeat-purchase": repeat_purchase,
    "products/top-selling": top_products,
    "brands/performance": brands,
    "inventory/aging": aging,
    "sales/entries": entries,
    "inventory/pieces": pieces,
}


def timed(question: Callable[[Ledger], Decimal], ledger: Ledger) -> tuple[float, str]:
    times = []
    for _ in range(3):
        started = time.perf_counter()
        total = question(ledger)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), str(total)


if __name__ == "__main__":
    asked = Ledger(DAYS[sys.argv[1]])
    print(json.dumps({slug: timed(question, asked) for slug, question in QUESTIONS.items()}))
