"""A real wholesaler's year: every figure to the cent as an independent count of the same files has it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from boutique import OWNER, ask
from django.conf import settings
from retail import ROWS

from analytics.base import Result
from analytics.mart import replica
from analytics.mart.reader import SharedReader
from customers.models import Customer, Handle
from inventory.models import Product
from lacelux.intake.models import Batch
from sales.models import Adjustment, Order, OrderLine, Refund

pytestmark = [pytest.mark.django_db, pytest.mark.real_data, pytest.mark.timeout(1800)]
TODAY = date(2011, 12, 10)
ASKED: dict[str, dict[str, Any]] = {
    "overview/kpis": {},
    "sales/daily": {},
    "sales/weekdays": {},
    "sales/trends": {"grain": "month"},
    "sales/hourly": {},
    "customers/top": {},
    "customers/repeat-purchase": {},
    "customers/order-gaps": {},
    "products/top-selling": {"limit": 20},
    "brands/performance": {},
}


@pytest.fixture(scope="module")
def answers(online_retail: dict[str, Any], django_db_blocker: Any) -> Iterator[dict[str, Result]]:
    """Every question once, over all time: the mart holds half a million entries and is filled once."""
    with django_db_blocker.unblock():
        own = replica.Replica(SharedReader.own, in_background=False)
        replica.use(own)
        yield {slug: ask(slug, OWNER, TODAY, period="all", **params) for slug, params in ASKED.items()}
        own.disconnect()


@pytest.fixture
def rounded(online_retail: dict[str, Any]) -> dict[str, Any]:
    return dict(online_retail["line_rounded"])


def test_revenue(answers: dict[str, Result], rounded: dict[str, Any]):
    revenue = Decimal(rounded["net_revenue"])
    assert next(answers["overview/kpis"].dicts())["value"] == revenue == Decimal("9747747.93")
    for slug in ("sales/daily", "sales/weekdays", "sales/trends", "sales/hourly", "brands/performance"):
        assert sum(answers[slug].column("revenue")) == revenue, slug


def test_every_month(answers: dict[str, Result], rounded: dict[str, Any]):
    found = {f"{row['start']:%Y-%m}": str(row["revenue"]) for row in answers["sales/trends"].dicts()}
    assert found == rounded["by_month"]


@pytest.mark.parametrize("slug", ["sales/daily", "sales/weekdays", "sales/hourly"])
def test_every_weekday(slug: str, answers: dict[str, Result], rounded: dict[str, Any]):
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in answers[slug].dicts():
        found[str(row["weekday"])] += row["revenue"]
    expected = {day: Decimal(amount) for day, amount in rounded["by_iso_weekday"].items()}
    assert found == expected | {"6": Decimal(0)}  # they never traded on a Saturday


def test_top_ten_customers(answers: dict[str, Result], rounded: dict[str, Any]):
    rows = list(answers["customers/top"].dicts())[:10]
    assert [[row["customer"].removeprefix("Customer "), str(row["revenue"])] for row in rows] == rounded[
        "top_customers"
    ]


def test_what_the_top_ten_ordered(answers: dict[str, Result], online_retail: dict[str, Any]):
    rows = list(answers["customers/top"].dicts())[:10]
    expected = online_retail["top_customers_by_net"]
    orders = [customer["orders"] for customer in expected]
    assert [row["orders"] for row in rows] == [orders[0] - 1, *orders[1:]]  # one of 14646's invoices is a giveaway
    assert [row["units"] for row in rows] == [customer["net_units"] for customer in expected]
    assert [str(row["last_order"]) for row in rows] == [customer["last"][:10] for customer in expected]


def test_top_products(answers: dict[str, Result], online_retail: dict[str, Any]):
    rows = list(answers["products/top-selling"].dicts())
    found = [(row["sku"], row["revenue"]) for row in rows if row["product_id"]][:10]
    for (sku, revenue), expected in zip(found, online_retail["top_products_by_net"], strict=True):
        assert sku == expected["sku"]
        assert revenue == Decimal(str(expected["net"])).quantize(Decimal("0.01"))


def test_sales_without_a_customer_are_said(answers: dict[str, Result]):
    assert "Entries without a customer, $1,447,682 of revenue, are not among these figures." in (
        answers["customers/top"].notes
    )


def test_what_the_best_fifth_brings(answers: dict[str, Result]):
    """Counted from the files: 4,338 customers ordered; their best 868 brought 6,115,311.89 of 8,300,065.81."""
    facts = answers["customers/top"].facts
    assert (facts["people"], facts["top_fifth"], facts["whole"]) == (
        4338,
        Decimal("6115311.89"),
        Decimal("8300065.81"),
    )
    assert answers["customers/top"].insights[0] == (
        "The top 20% (868 customers of 4,338) bring 74% of revenue: $6,115,312 of $8,300,066."
    )


def test_how_many_came_back_and_when(answers: dict[str, Result]):
    """Counted from the files: orders by customer, and the days between one and the next."""
    repeat, gaps = answers["customers/repeat-purchase"], answers["customers/order-gaps"]
    assert repeat.column("customers") == [1493, 835, 508, 388, 1114]
    assert repeat.insights[0].startswith("66% of customers (2,845 of 4,338) ordered more than once")
    assert (gaps.facts["gaps"], gaps.facts["typical_gap"]) == (14_194, 22)
    assert sum(gaps.column("orders")) == 14_194
    assert next(row["value"] for row in answers["overview/kpis"].dicts() if row["kpi"] == "repeat_rate") == 2845 / 4338


def test_every_day_of_the_year_is_there(answers: dict[str, Result]):
    assert len(answers["sales/daily"].rows) == 374
    assert sum(bool(orders) for orders in answers["sales/daily"].column("orders")) <= 305


def entries() -> Iterator[tuple[Decimal, datetime, int | None]]:
    """Every entry of the ledger: amount, moment, customer. Summed here, for SQLite sums decimals as floats."""
    yield from OrderLine.objects.order_by().values_list("gross", "sold_at", "order__customer").iterator()
    for amount, at, customer in Refund.objects.order_by().values_list("amount", "refunded_at", "customer").iterator():
        yield -amount, at, customer
    yield from Adjustment.objects.order_by().values_list("amount", "adjusted_at", "customer").iterator()


def test_the_books_themselves(online_retail: dict[str, Any]):
    """What was imported, added up without the mart."""
    rounded, totals = online_retail["line_rounded"], online_retail["totals"]
    batch = Batch.objects.get()
    assert batch.rows == batch.new == ROWS == totals["rows"]
    zone = ZoneInfo(settings.SHOP_TIME_ZONE)
    months, weekdays, people = Counter[str](), Counter[str](), Counter[int | None]()
    for amount, at, customer in entries():
        local = at.astimezone(zone)
        months[f"{local:%Y-%m}"] += amount
        weekdays[str(local.isoweekday())] += amount
        people[customer] += amount
    assert str(sum(months.values())) == rounded["net_revenue"] == "9747747.93"
    assert {month: str(sum_) for month, sum_ in months.items()} == rounded["by_month"]
    assert {day: str(sum_) for day, sum_ in weekdays.items()} == rounded["by_iso_weekday"]
    numbers = dict(Handle.objects.values_list("customer", "value"))
    best = [(numbers[who], str(sum_)) for who, sum_ in people.most_common() if who is not None][:10]
    assert best == [tuple(pair) for pair in rounded["top_customers"]]


def test_each_kind_of_row_became_what_it_is(online_retail: dict[str, Any]):
    totals = online_retail["totals"]
    assert Refund.objects.count() == totals["cancel_rows"]
    assert Adjustment.objects.filter(kind="adjustment").count() == len(totals["adjust_rows_A"])
    oddities = online_retail["oddities"]
    assert Adjustment.objects.filter(kind="write_off").count() == oddities["negative_qty_not_cancel"]
    assert Customer.objects.count() == totals["customers"]
    assert Product.objects.count() == totals["stock_codes"]
    assert Order.objects.values("country").distinct().count() <= totals["countries"]
