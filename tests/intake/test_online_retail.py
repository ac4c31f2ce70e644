"""A real wholesaler's year, 541,909 rows: every figure of it to the cent."""

import json
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from customers.models import Customer, Handle
from inventory.models import Product
from sales.models import Adjustment, Order, OrderLine, Refund
from tests.intake.conftest import Run

# Committed in short transactions, as in the shop: SQLite is slow with half a million rows in one.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]
Entry = tuple[Decimal, datetime, int | None]


@pytest.fixture
def days(real_data: Path, tmp_path: Path) -> list[Path]:
    with tarfile.open(real_data / "online-retail" / "by-day.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    return sorted(tmp_path.rglob("*.csv"))


def entries() -> Iterator[Entry]:
    """Every entry of the ledger: amount, moment, customer. Summed here, for SQLite sums decimals as floats."""
    yield from OrderLine.objects.order_by().values_list("gross", "sold_at", "order__customer").iterator()
    for amount, at, customer in Refund.objects.order_by().values_list("amount", "refunded_at", "customer").iterator():
        yield -amount, at, customer
    yield from Adjustment.objects.order_by().values_list("amount", "adjusted_at", "customer").iterator()


def test_the_whole_year(days: list[Path], real_data: Path, intake: Callable[..., Run]) -> None:
    expected = json.loads((real_data / "online-retail" / "expected.json").read_text())
    rounded, totals, oddities = expected["line_rounded"], expected["totals"], expected["oddities"]
    assert len(days) == 305

    run = intake(*days)
    assert (run.counts, run.error) == ({"rows": totals["rows"], "new": totals["rows"]}, "")

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

    assert Refund.objects.count() == totals["cancel_rows"]
    assert Adjustment.objects.filter(kind="adjustment").count() == len(totals["adjust_rows_A"])
    assert Adjustment.objects.filter(kind="write_off").count() == oddities["negative_qty_not_cancel"]
    assert Customer.objects.count() == totals["customers"]
    assert Product.objects.count() == totals["stock_codes"]
    assert len({order.country for order in Order.objects.only("country")}) <= totals["countries"]

    overlap = intake(*days[100:103])
    assert overlap.counts == {"rows": overlap.batch.rows, "known": overlap.batch.rows}
