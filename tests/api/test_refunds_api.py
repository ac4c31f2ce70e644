"""POST /api/v1/refunds/: money back, pieces back, and who may say so."""

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from sales.models import Order, Refund

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("true_books")]
Api = Callable[[str], APIClient]
Sell = Callable[..., Response]


@pytest.fixture
def order(shop: SimpleNamespace, sell: Sell) -> Order:
    """The Speedy at 450 and the Neverfull at 450 in one order on Whatnot, 8 % fees: 36 each."""
    return Order.objects.get(pk=sell("LV-1", "LV-2", channel="whatnot", number="W-1").json()["id"])


@pytest.fixture
def give_back(api: Api) -> Callable[..., Response]:
    def post(order: Any, role: str = "manager", **more: Any) -> Response:
        said = {"order": getattr(order, "pk", order), **more}
        return api(role).post("/api/v1/refunds/", said, headers={"Idempotency-Key": str(uuid4())})

    return post


def line_of(order: Order, sku: str) -> int:
    return order.lines.get(product__sku=sku).pk


def test_a_piece_that_comes_back_can_be_sold_again(
    shop: SimpleNamespace, order: Order, give_back: Callable[..., Response], sell: Sell
) -> None:
    answer = give_back(order, lines=[{"line": line_of(order, "LV-1"), "quantity": 1}], reason="too small")
    assert answer.status_code == 201
    [row] = answer.json()
    assert (row["sku"], row["amount"], row["cost_returned"], row["state"]) == ("LV-1", 450.0, 200.0, "approved")
    shop.speedy.refresh_from_db()
    assert (shop.speedy.status, shop.speedy.quantity_available) == ("active", 1)
    assert sell("LV-1").status_code == 201


def test_goodwill_is_spread_over_the_lines(order: Order, give_back: Callable[..., Response]) -> None:
    rows = give_back(order, goodwill="33.33", fees_returned="2.00").json()
    assert sorted(row["amount"] for row in rows) == [16.66, 16.67]
    assert sum(row["fees_returned"] for row in rows) == 2
    assert len({row["number"] for row in rows}) == 1


def test_an_order_is_named_by_source_and_number_too(order: Order, give_back: Callable[..., Response]) -> None:
    answer = give_back({"source": "whatnot", "number": "W-1"}, goodwill="1")
    assert answer.json()[0]["order"] == order.pk


def test_staff_ask_and_get_a_202_that_moves_neither_money_nor_stock(
    shop: SimpleNamespace, order: Order, give_back: Callable[..., Response]
) -> None:
    answer = give_back(order, role="staff", lines=[{"line": line_of(order, "LV-1"), "quantity": 1}])
    assert answer.status_code == 202
    assert answer.json()[0]["state"] == "asked"
    assert not {"cost_returned", "fees_returned"} & set(answer.json()[0])
    assert Refund.objects.get().asked_by.username == "api.key-staff"
    shop.speedy.refresh_from_db()
    assert shop.speedy.quantity_available == 0


def test_a_till_may_not_refund(order: Order, give_back: Callable[..., Response]) -> None:
    assert give_back(order, role="pos", goodwill="1").status_code == 403
    assert Refund.objects.count() == 0


def test_nobody_gets_back_more_than_was_paid(order: Order, give_back: Callable[..., Response]) -> None:
    assert give_back(order, goodwill="900.01").status_code == 409
    assert give_back(order, goodwill="800").status_code == 201
    error = give_back(order, goodwill="100.01").json()["error"]
    assert (error["code"], error["wanted"], error["left"]) == ("refund_too_large", 100.01, 100.0)
    assert sum(Refund.objects.values_list("amount", flat=True)) == Decimal(800)


def test_a_piece_comes_back_once(order: Order, give_back: Callable[..., Response]) -> None:
    back = [{"line": line_of(order, "LV-1"), "quantity": 1}]
    assert give_back(order, lines=back).status_code == 201
    assert give_back(order, lines=back).json()["error"]["code"] == "refund_too_large"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "lines"),
        ({"order": 99, "goodwill": "1"}, "order"),
        ({"order": {"source": "whatnot"}, "goodwill": "1"}, "order"),
        ({"order": None, "goodwill": "1"}, "order"),
        ({"goodwill": "-1"}, "goodwill"),
        ({"goodwill": "1", "amount": "5"}, "amount"),
        ({"lines": [{"line": 99, "quantity": 1}]}, "lines.0.line"),
        ({"lines": [{"quantity": 1}]}, "lines.0.line"),
        ({"goodwill": "1", "refunded_at": "0001-01-01T00:00+14:00"}, "refunded_at"),
        ({"goodwill": "1", "reason": "x" * 201}, "reason"),
    ],
)
def test_nonsense_is_a_400_that_names_the_field(order: Order, api: Api, body: dict[str, Any], field: str) -> None:
    answer = api("manager").post("/api/v1/refunds/", {"order": order.pk} | body, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]


def test_refunds_are_listed_for_those_who_keep_the_books(
    order: Order, give_back: Callable[..., Response], api: Api
) -> None:
    give_back(order, goodwill="5", role="staff")
    assert api("staff").get("/api/v1/refunds/?state=asked").json()["count"] == 2
    assert api("staff").get("/api/v1/refunds/?state=approved").json()["count"] == 0
    assert api("pos").get("/api/v1/refunds/").status_code == 403
