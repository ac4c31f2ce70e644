"""check_integrity finds each wrong that can be done to the books behind the services' back."""

from collections.abc import Callable
from decimal import Decimal as D

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import QuerySet
from golden import golden_shop
from pieces import at, channel, piece

from inventory.models import CostEntry, Hold, Product, StockMovement
from sales.integrity import CHECKS, violations
from sales.models import Order, OrderLine, Refund
from sales.services import SaleLine, record_sale, refund

pytestmark = [pytest.mark.django_db, pytest.mark.broken_books]


@pytest.fixture
def order() -> Order:
    """A sold bag; a hold on a scarf; goodwill on another order."""
    bag = piece("BAG", cost="60.00")
    order = record_sale(channel=channel(), lines=[SaleLine(product=bag, unit_price=D("100"))], number="T-1")
    refund(order=order, goodwill=D("10.00"))
    piece("SCARF", quantity=3, one_of_one=False)
    assert violations() == []
    return order


def row(sku: str) -> QuerySet[Product]:
    return Product.objects.filter(sku=sku)


def unheld() -> None:
    Hold.objects.create(product=row("SCARF").get(), quantity=2, held_at=at("2026-03-01"))


def forged_movement() -> None:
    StockMovement.objects.create(
        product=row("SCARF").get(), kind="receive", on_hand_change=5, moved_at=at("2026-03-01")
    )


def second_living_sale() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX sales_one_live_line_per_piece")
    line = OrderLine.objects.get()
    line.pk = None
    line.save()


def cost_without_entry() -> None:
    CostEntry.objects.create(
        product=row("BAG").get(), kind="repair", amount=D("0.01"), incurred_on=at("2026-03-01").date()
    )


def more_given_back() -> None:
    Refund.objects.update(amount=D("100.01"))


@pytest.mark.parametrize(
    ("wrong", "check", "message"),
    [
        (lambda: row("SCARF").update(quantity_on_hand=4), "stock", "4 on hand, but the movements add up to 3"),
        (lambda: row("SCARF").update(quantity_sold=1), "stock", "1 sold, but the movements add up to 0"),
        (forged_movement, "stock", "3 on hand, but the movements add up to 8"),
        (unheld, "holds", "2 held, but only 0 reserved"),
        (cost_without_entry, "cost", "60.00, but its entries add up to 60.01"),
        (second_living_sale, "sold once", "2 living sales"),
        (
            lambda: row("BAG").update(status="active", quantity_sold=0, quantity_on_hand=1),
            "living sale",
            "not sold by it",
        ),
        (
            lambda: Order.objects.update(state="cancelled", cancelled_at=at("2026-03-01")),
            "living sale",
            "not sold by it",
        ),
        (lambda: OrderLine.objects.update(holds_piece=False), "sold piece", "without a living sale"),
        (more_given_back, "refunded line", "100.01 and 0 pieces given back of 100.00 and 1"),
        (lambda: Refund.objects.update(quantity=2), "refunded line", "10.00 and 2 pieces given back"),
        (lambda: Refund.objects.update(line=None, amount=D("100.01")), "refunded order", "100.01 given back of 100.00"),
        (
            lambda: Order.objects.update(state="cancelled", cancelled_at=at("2026-03-01")),
            "refunded order",
            "10.00 given back of a cancelled order",
        ),
    ],
)
@pytest.mark.usefixtures("order")
def test_each_wrong_is_found_and_named(wrong: Callable[[], object], check: str, message: str):
    wrong()
    found = [violation for violation in violations() if violation.check == check]
    assert len(found) == 1
    assert message in found[0].message


def test_every_check_has_its_wrong():
    [parameters] = [mark for mark in test_each_wrong_is_found_and_named.pytestmark if mark.name == "parametrize"]
    assert {case[1] for case in parameters.args[1]} == set(CHECKS)


def test_the_golden_shop_is_right(capsys):
    golden_shop()
    call_command("check_integrity")
    assert "The books are right" in capsys.readouterr().out


@pytest.mark.usefixtures("order")
def test_the_command_names_what_is_wrong_and_ends_non_zero(capsys):
    row("SCARF").update(quantity_on_hand=4)
    with pytest.raises(CommandError, match="wrong in 1 place") as end:
        call_command("check_integrity")
    assert end.value.returncode == 1
    assert "stock: SCARF: 4 on hand, but the movements add up to 3" in capsys.readouterr().err


def test_the_checks_take_as_many_queries_as_there_are_checks_however_large_the_shop(django_assert_num_queries, order):
    with django_assert_num_queries(len(CHECKS)):
        violations()
