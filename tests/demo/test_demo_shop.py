"""The demo shop in its database: exact books, every side of the business, nothing in the future."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import models, transaction
from django.db.models import F, Sum
from django.utils import timezone

from demo.ledger import SOURCE
from demo.shop import open_shop
from inventory.models import CostEntry, Hold, Product, StockMovement, Submission
from sales.models import Adjustment, CampaignSpend, FeeRule, Interaction, Order, OrderLine, Refund, Show

NOW = datetime(2026, 3, 12, 20, 30, tzinfo=ZoneInfo("America/New_York"))  # a Thursday, a show is on
TODAY = date(2026, 3, 12)
APPS = ("customers", "inventory", "sales")
AHEAD = {("hold", "expires_at"), ("campaign", "ends_on"), ("calendarevent", "starts_on"), ("calendarevent", "ends_on")}


@pytest.fixture(scope="module")
def one_shop(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """One shop for all tests here, which only read it; gone afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        with time_machine.travel(NOW, tick=False):
            open_shop(seed=7, months=4, scale=0.7, now=NOW)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _shop(one_shop: None, db: None) -> None:
    """The shared shop, and each test in a transaction of its own."""


def test_its_books_are_right() -> None:
    call_command("check_integrity", stdout=StringIO())
    totals = StockMovement.objects.values_list("product").annotate(Sum("on_hand_change"), Sum("sold_change"))
    assert {row[0]: row[1:] for row in totals.order_by()} == {
        product.pk: (product.quantity_on_hand, product.quantity_sold) for product in Product.objects.all()
    }


def test_landed_costs_are_the_sum_of_their_parts() -> None:
    parts: dict[int, Decimal] = {}
    for product, amount in CostEntry.objects.values_list("product", "amount"):
        parts[product] = parts.get(product, Decimal(0)) + amount
    assert parts
    for product in Product.objects.all():
        assert product.landed_cost == parts.get(product.pk, 0)


def test_nothing_lies_in_the_future() -> None:
    seen = 0
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.get_fields():
                name = (model._meta.model_name.removeprefix("historical"), field.name)
                if isinstance(field, models.DateField) and name not in AHEAD:
                    limit = NOW if isinstance(field, models.DateTimeField) else TODAY
                    late = model._base_manager.filter(**{f"{field.name}__gt": limit})
                    assert not late.exists(), f"{model.__name__}.{field.name}"
                    seen += 1
    assert seen > 40


def test_history_ends_today_in_the_middle_of_a_show() -> None:
    days = [timezone.localdate(at) for at in Order.objects.values_list("ordered_at", flat=True)]
    assert max(days) == TODAY
    assert min(days) < date(2025, 11, 30)
    assert CampaignSpend.objects.filter(spent_on=TODAY).exists()
    assert Show.objects.get(ends_at=None).orders.exists()


def test_every_side_of_the_business_is_there() -> None:
    orders = Order.objects.filter(source=SOURCE)
    assert set(orders.values_list("channel__code", flat=True)) == {
        "whatnot", "instagram", "poshmark", "ebay", "shopify", "email",
    }  # fmt: skip
    assert {"paid", "shipped", "completed", "cancelled"} == set(orders.values_list("state", flat=True))
    assert set(Interaction.objects.values_list("kind", flat=True)) == set(Interaction.Kind.values)
    assert {"listed", "sold", "declined", "accepted"} <= set(Submission.objects.values_list("state", flat=True))
    assert Refund.objects.filter(is_restocked=True).exists()
    assert Refund.objects.filter(is_restocked=False).exists()
    assert Adjustment.objects.filter(description="Seller bonus").count() == 4
    assert Hold.objects.filter(ended_at=None).exists()
    assert Interaction.objects.filter(outcome="not in stock", product=None, brand__isnull=False).exists()
    assert OrderLine.objects.filter(gross=0, order__show__isnull=False).exists()  # giveaways


def test_no_floor_is_undercut() -> None:
    lines = OrderLine.objects.filter(product__floor_price__isnull=False)
    assert lines.count() > 10
    assert not lines.filter(product__floor_price__gt=F("gross") - F("discount")).exists()


def test_it_earns_what_such_a_shop_earns() -> None:
    lines = OrderLine.objects.exclude(order__state="cancelled")
    sums = lines.aggregate(Sum("gross"), Sum("discount"), Sum("cost"), Sum("fees"))
    revenue = float(sums["gross__sum"] - sums["discount__sum"])
    fees = float(sums["fees__sum"])
    assert 0.12 <= (revenue - float(sums["cost__sum"]) - fees) / revenue <= 0.32
    assert 0.06 <= fees / revenue <= 0.15


def test_poshmark_takes_its_published_fee() -> None:
    rules = FeeRule.objects.filter(channel__code="poshmark").order_by("min_price")
    assert [(rule.rate, rule.fixed, rule.min_price, rule.max_price) for rule in rules] == [
        (Decimal(0), Decimal("2.95"), Decimal(0), Decimal(15)),
        (Decimal("0.2"), Decimal(0), Decimal(15), None),
    ]
    single = Order.objects.filter(channel__code="poshmark").annotate(pieces=models.Count("lines")).filter(pieces=1)
    lines = OrderLine.objects.filter(order__in=single, gross__gte=15)
    assert lines.count() > 5
    for line in lines:
        assert line.fees == ((line.gross - line.discount) / 5).quantize(Decimal("0.01"))


def test_offers_tell_their_story_in_order() -> None:
    offers = Submission.objects.all()
    assert offers.count() > 50
    assert not offers.filter(offered_at__lt=F("submitted_at")).exists()
    assert not offers.filter(decided_at__lt=F("submitted_at")).exists()
    assert not offers.filter(received_at__lt=F("decided_at")).exists()
    assert not offers.filter(state="sold").exclude(product__status="sold").exists()
    assert not offers.filter(state="declined", product__isnull=False).exists()
