"""POST /api/v1/sales/: what it takes, what it answers, what it refuses."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient

from inventory.models import Product
from inventory.services import hold
from lacelux.access.models import IdempotencyRecord
from sales.models import Order, OrderLine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("true_books")]
Sell = Callable[..., Response]


def test_a_sale_books_the_order_and_takes_the_piece(shop: SimpleNamespace, sell: Sell) -> None:
    answer = sell("LV-1", number="T-1", customer=shop.anna.pk, tax="40.00")
    assert answer.status_code == 201
    shop.speedy.refresh_from_db()
    assert (shop.speedy.status, shop.speedy.quantity_available) == ("sold", 0)
    order = Order.objects.get()
    assert (order.source, order.number, order.customer, order.tax) == ("till", "T-1", shop.anna, Decimal("40.00"))
    assert order.actor is not None
    assert order.actor.username == "api.key-pos"
    assert answer.json()["lines"][0] | {"id": 0, "sold_at": ""} == {
        "id": 0,
        "product": shop.speedy.pk,
        "sku": "LV-1",
        "description": "Piece LV-1",
        "quantity": 1,
        "unit_price": 450.0,
        "gross": 450.0,
        "discount": 0.0,
        "revenue": 450.0,
        "sold_at": "",
    }


def test_the_audit_names_the_key_that_sold(shop: SimpleNamespace, sell: Sell) -> None:
    sell("LV-1")
    assert Order.objects.get().history.get().history_user.username == "api.key-pos"


def test_cost_fees_and_profit_are_answered_to_those_who_may_see_them(shop: SimpleNamespace, sell: Sell) -> None:
    line = sell("LV-1", role="manager", channel="whatnot").json()["lines"][0]
    assert (line["cost"], line["fees"], line["profit"]) == (200.0, 36.0, 214.0)  # 8 % of 450; 450 − 200 − 36
    line = sell("LV-2", role="staff", channel="whatnot").json()["lines"][0]
    assert not {"cost", "fees", "profit"} & set(line)


def test_the_second_buyer_gets_a_409_that_names_the_piece(shop: SimpleNamespace, sell: Sell) -> None:
    assert sell("LV-1").status_code == 201
    answer = sell("LV-1")
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert (error["code"], error["sku"], error["wanted"], error["available"]) == ("out_of_stock", "LV-1", 1, 0)
    assert OrderLine.objects.count() == 1


def test_a_sale_of_several_pieces_happens_whole_or_not_at_all(shop: SimpleNamespace, sell: Sell) -> None:
    sell("LV-1")
    assert sell("LV-2", "LV-1").status_code == 409
    shop.neverfull.refresh_from_db()
    assert shop.neverfull.status == "active"
    assert Order.objects.count() == 1


def test_a_piece_held_for_someone_else_is_a_409(shop: SimpleNamespace, sell: Sell) -> None:
    hold(product=shop.speedy, customer=shop.anna)
    assert sell("LV-1").json()["error"]["code"] == "out_of_stock"
    assert sell("LV-1", customer=shop.anna.pk).status_code == 201


def test_a_number_is_recorded_once(shop: SimpleNamespace, sell: Sell) -> None:
    sell("LV-1", number="T-1")
    answer = sell("LV-2", number="T-1")
    assert answer.status_code == 409
    assert answer.json()["error"] | {"message": ""} == {
        "code": "already_recorded", "message": "", "source": "till", "number": "T-1",
    }  # fmt: skip


def test_a_customer_is_named_by_handle_in_any_case(shop: SimpleNamespace, sell: Sell) -> None:
    handle = {"platform": "Instagram", "value": "@ANNA.bags"}
    assert sell("LV-1", customer=handle).json()["customer"] == shop.anna.pk


def test_a_show_brings_its_host(shop: SimpleNamespace, sell: Sell) -> None:
    answer = sell("LV-1", channel="whatnot", show=shop.show.pk).json()
    assert (answer["show"], answer["host"]) == (shop.show.pk, "Bella")


def test_another_currency_is_converted_and_needs_its_rate(shop: SimpleNamespace, sell: Sell) -> None:
    assert sell("LV-1", currency="EUR").json()["error"]["fields"].keys() == {"rate"}
    line = sell("LV-1", currency="EUR", rate="1.10").json()["lines"][0]
    assert (line["unit_price"], line["gross"]) == (450.0, 495.0)


def test_money_stays_exact_from_json_numbers_to_the_books(shop: SimpleNamespace, sell: Sell) -> None:
    # As a float 1.115 is a little less than a half cent more, and 3 × 1.115 would round down to 3.34.
    body = {"channel": "till", "lines": [{"sku": "SC-1", "quantity": 3, "unit_price": 1.115, "discount": 0.1}]}
    assert sell(body=body).status_code == 201
    line = OrderLine.objects.get()
    assert (line.unit_price, line.gross, line.discount) == (Decimal("1.1150"), Decimal("3.35"), Decimal("0.10"))


def test_the_answer_asks_the_database_the_same_for_one_line_and_for_many(
    shop: SimpleNamespace, sell: Sell, make_piece: Callable[..., Product], django_assert_max_num_queries: Any
) -> None:
    skus = [make_piece(f"X-{n}").sku for n in range(5)]
    sell("LV-1")
    with django_assert_max_num_queries(45):
        assert sell(*skus).status_code == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"channel": "nowhere"}, "channel"),
        ({"channel": None}, "channel"),
        ({"channel": ["till"]}, "channel"),
        ({"lines": []}, "lines"),
        ({"lines": {}}, "lines"),
        ({"lines": [7]}, "lines.0"),
        ({"lines": [{"sku": "LV-1"}]}, "lines.0.unit_price"),
        ({"lines": [{"sku": "LV-1", "unit_price": "1"}, {"sku": "NO", "unit_price": "1"}]}, "lines.1.sku"),
        ({"lines": [{"product": 10**30, "unit_price": "1"}]}, "lines.0.product"),
        ({"lines": [{"product": 99, "unit_price": "1"}]}, "lines.0.product"),
        ({"lines": [{"product": 1, "sku": "LV-1", "unit_price": "1"}]}, "lines.0.product"),
        ({"lines": [{"unit_price": "1"}]}, "lines.0.sku"),
        ({"lines": [{"sku": "LV-1", "unit_price": "-1"}]}, "lines.0.unit_price"),
        ({"lines": [{"sku": "LV-1", "unit_price": "NaN"}]}, "lines.0.unit_price"),
        ({"lines": [{"sku": "LV-1", "unit_price": "Infinity"}]}, "lines.0.unit_price"),
        ({"lines": [{"sku": "LV-1", "unit_price": 10**40}]}, "lines.0.unit_price"),
        ({"lines": [{"sku": "SC-1", "unit_price": 999999999, "quantity": 9}]}, "lines.0.unit_price"),
        ({"lines": [{"sku": "LV-1", "unit_price": "1", "quantity": 0}]}, "lines.0.quantity"),
        ({"lines": [{"sku": "LV-1", "unit_price": "1", "quantity": 10**30}]}, "lines.0.quantity"),
        ({"lines": [{"sku": "LV-1", "unit_price": "1", "discuont": "1"}]}, "lines.0.discuont"),
        ({"lines": [{"sku": "LV-1", "unit_price": "1", "discount": "2"}]}, "lines.0.discount"),
        ({"lines": [{"sku": "LV-1", "unit_price": "1", "cost": "0"}]}, "lines.0.cost"),
        ({"order_discount": "451"}, "order_discount"),
        ({"order_discount": "0.001"}, "order_discount"),
        ({"actor": 1}, "actor"),
        ({"state": "completed"}, "state"),
        ({"source": "ebay"}, "source"),
        ({"customer": 99}, "customer"),
        ({"customer": "anna"}, "customer"),
        ({"customer": True}, "customer"),
        ({"customer": {"platform": "instagram"}}, "customer"),
        ({"customer": {"platform": "instagram", "value": {}}}, "customer"),
        ({"customer": {"platform": "instagram", "value": "@nobody"}}, "customer"),
        ({"show": 10**30}, "show"),
        ({"show": 1.5}, "show"),
        ({"show": {}}, "show"),
        ({"ordered_at": "0001-01-01T00:00+14:00"}, "ordered_at"),
        ({"ordered_at": "9999-12-31T23:59-14:00"}, "ordered_at"),
        ({"ordered_at": "1900-01-01T00:00Z"}, "ordered_at"),
        ({"ordered_at": "2026-03-07T14:30:00"}, "ordered_at"),
        ({"ordered_at": "soon"}, "ordered_at"),
        ({"currency": "usd"}, "currency"),
        ({"currency": "EUR"}, "rate"),
        ({"currency": "EUR", "rate": 0}, "rate"),
        ({"currency": "EUR", "rate": "1e400"}, "rate"),
        ({"number": "x" * 81}, "number"),
        ({"country": ["US"]}, "country"),
    ],
)  # fmt: skip
def test_nonsense_is_a_400_that_names_the_field(
    shop: SimpleNamespace, sell: Sell, change: dict[str, Any], field: str
) -> None:
    base = {"channel": "till", "lines": [{"sku": "LV-1", "unit_price": "450.00"}]}
    answer = sell(body=base | change)
    assert answer.status_code == 400, answer.content
    assert answer.json()["error"]["code"] == "invalid"
    assert list(answer.json()["error"]["fields"]) == [field]
    assert (Order.objects.count(), IdempotencyRecord.objects.count()) == (0, 0)


def test_the_future_is_refused_but_a_fast_clock_forgiven(shop: SimpleNamespace, sell: Sell) -> None:
    now = timezone.now()
    late = sell("LV-1", ordered_at=(now + timedelta(hours=1)).isoformat())
    assert late.json()["error"]["fields"].keys() == {"ordered_at"}
    assert sell("LV-1", ordered_at=(now + timedelta(minutes=2)).isoformat()).status_code == 201


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b'"text"',
        b"null",
        b'{"channel": NaN}',
        b'{"channel": "\\u0000"}',
        b'{"\\u0000": 1}',
        b'{"lines": [{"sku": "a\\u0000b", "unit_price": 1}]}',
        b'{"channel": "\\ud800"}',
        b'{"channel": "\xff"}',
        b'{"rate": 1e99999999999999999999}',
        b'{"rate": ' + b"9" * 5_000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 30 + b"1" + b"}" * 30,
        b"[" * 30 + b"]" * 30,
    ],
    ids=lambda raw: repr(raw[:20]),
)
def test_a_body_that_is_no_sale_is_a_400(shop: SimpleNamespace, api: Callable[[str], APIClient], raw: bytes) -> None:
    answer = api("pos").generic(
        "POST", "/api/v1/sales/", raw, content_type="application/json", headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_a_body_beyond_the_limit_is_a_413(shop: SimpleNamespace, api: Callable[[str], APIClient]) -> None:
    raw = b'{"note": "' + b"x" * 3_000_000 + b'"}'
    answer = api("pos").generic(
        "POST", "/api/v1/sales/", raw, content_type="application/json", headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 413


def test_a_form_is_a_415(shop: SimpleNamespace, api: Callable[[str], APIClient]) -> None:
    answer = api("pos").post(
        "/api/v1/sales/", "channel=till", content_type="application/x-www-form-urlencoded",
        headers={"Idempotency-Key": "k"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "unsupported_media_type")
