"""`manage.py demo`: repeatable, once only, never beside real orders unasked; and its logins."""

from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import RequestFactory
from django.utils import timezone

from demo.ledger import SOURCE
from demo.logins import demo_password
from demo.shop import open_shop
from inventory.models import Product, Submission
from sales.models import Channel, Interaction, Order, OrderLine, Refund
from sales.services import SaleLine, record_sale

pytestmark = pytest.mark.django_db

SMALL = {"months": 2, "seed": 7, "scale": 0.25}  # some 80 pieces
APPS = ("customers", "inventory", "sales")


def demo(**options: Any) -> str:
    out = StringIO()
    call_command("demo", **SMALL | options, stdout=out)
    return out.getvalue()


def counts() -> dict[str, int]:
    return {
        model.__name__: model._base_manager.count() for app in APPS for model in apps.get_app_config(app).get_models()
    }


def facts() -> dict[str, list[tuple[Any, ...]]]:
    """What the shop holds, told without ids: those differ from one database to the next."""
    lines = OrderLine.objects.order_by("order__number", "product__sku")
    return {
        "lines": list(
            lines.values_list("order__number", "product__sku", "order__customer__email", "order__ordered_at",
                              "gross", "discount", "fees", "cost", "order__state")
        ),
        "products": list(
            Product.objects.order_by("sku").values_list("sku", "title", "status", "list_price", "landed_cost",
                                                        "listed_at", "sold_at", "views_count")
        ),
        "refunds": list(Refund.objects.order_by("number").values_list("number", "amount", "refunded_at", "state")),
        "talk": list(
            Interaction.objects.order_by("occurred_at", "kind", "customer__email", "product__sku").values_list(
                "occurred_at", "kind", "customer__email", "product__sku", "campaign__name", "outcome", "score"
            )
        ),
        "offers": list(
            Submission.objects.order_by("submitted_at", "title").values_list("submitted_at", "title", "state")
        ),
    }  # fmt: skip


def facts_of_a_shop(now: datetime, **options: Any) -> dict[str, list[tuple[Any, ...]]]:
    """The facts of a shop that is gone again afterwards."""
    with transaction.atomic():
        open_shop(**SMALL | options, now=now)
        found = facts()
        transaction.set_rollback(True)
    return found


def test_the_same_seed_on_the_same_day_gives_the_same_shop(clock: time_machine.Traveller) -> None:
    first = facts_of_a_shop(timezone.now())
    assert len(first["lines"]) > 20
    assert facts_of_a_shop(timezone.now()) == first
    assert facts_of_a_shop(timezone.now(), seed=8) != first


def test_the_shop_of_the_evening_continues_that_of_the_morning(clock: time_machine.Traveller) -> None:
    noon = timezone.now() + timedelta(days=1)  # a Thursday: there is a show in the evening
    morning = facts_of_a_shop(noon, scale=0.4)["lines"]
    evening = facts_of_a_shop(noon + timedelta(hours=11), scale=0.4)["lines"]
    assert len(evening) > len(morning)
    keys = {(line[0], line[1], line[4]) for line in evening}
    assert {(line[0], line[1], line[4]) for line in morning} <= keys


def test_run_again_it_adds_nothing_and_says_so() -> None:
    demo()
    before = counts()
    assert before["Order"] > 20
    assert "nothing added" in demo(seed=9, months=3)
    assert counts() == before


@pytest.fixture
def real_order() -> Order:
    till = Channel.objects.create(code="till", name="Till")
    return record_sale(channel=till, lines=[SaleLine(unit_price=Decimal(120), description="Scarf", fees=Decimal(0))])


def test_a_shop_with_orders_of_its_own_is_left_alone(real_order: Order) -> None:
    before = counts()
    with pytest.raises(CommandError, match="--force"):
        demo()
    assert counts() == before


def test_force_adds_the_demo_beside_real_orders(real_order: Order) -> None:
    demo(force=True)
    assert Order.objects.filter(source=SOURCE).exists()
    assert Order.objects.filter(source="till").get() == real_order
    call_command("check_integrity", stdout=StringIO())


def test_no_demo_in_production(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="PRODUCTION"):
        demo()
    assert not User.objects.exists()


@pytest.mark.parametrize("options", [{"months": 0}, {"months": 61}, {"scale": 0}, {"scale": 9}])
def test_sizes_beyond_measure_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(CommandError):
        demo(**options)


def test_it_prints_a_login_for_each_role_that_works() -> None:
    printed = demo()
    for role in ("owner", "manager", "staff", "viewer"):
        assert f"{role:<8} {demo_password()}" in printed
        user = authenticate(RequestFactory().post("/"), username=role, password=demo_password())
        assert user is not None
        assert [group.name for group in user.groups.all()] == [role]
        assert not user.is_superuser


def test_a_password_once_changed_is_neither_reset_nor_printed() -> None:
    demo()
    owner = User.objects.get(username="owner")
    owner.set_password("a password of my own")
    owner.save()
    assert f"owner    {demo_password()}" not in demo()
    owner.refresh_from_db()
    assert owner.check_password("a password of my own")


def test_a_failure_on_the_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("demo.shop.write_traces", fail)
    before = counts()
    with pytest.raises(RuntimeError, match="full"):
        open_shop(**SMALL, now=timezone.now())
    assert counts() == before
