"""The same key has one effect and one answer (bar A3, one caller after the other)."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient

from inventory.services import receive
from lacelux.access.idempotency import forget_old_answers
from lacelux.access.models import IdempotencyRecord
from sales.models import Order, Refund

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("true_books")]
Api = Callable[[str], APIClient]
Sell = Callable[..., Response]


def test_without_a_key_nothing_is_sold(shop: SimpleNamespace, api: Api) -> None:
    body = {"channel": "till", "lines": [{"sku": "LV-1", "unit_price": "450"}]}
    for headers in ({}, {"Idempotency-Key": ""}, {"Idempotency-Key": "x" * 256}, {"Idempotency-Key": "é"}):
        answer = api("pos").post("/api/v1/sales/", body, headers=headers)
        assert answer.status_code == 400
        assert "Idempotency-Key" in answer.json()["error"]["message"]
    assert Order.objects.count() == 0


def test_a_retry_gets_the_first_answer_and_sells_nothing_more(shop: SimpleNamespace, sell: Sell) -> None:
    first = sell("SC-1", key="k1")
    again = sell("SC-1", key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Order.objects.count() == 1
    shop.scarf.refresh_from_db()
    assert shop.scarf.quantity_available == 9


def test_the_same_key_with_another_body_is_a_422(shop: SimpleNamespace, sell: Sell) -> None:
    sell("SC-1", key="k1")
    answer = sell("LV-1", key="k1")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert Order.objects.count() == 1


def test_a_body_written_in_another_order_is_the_same_body(shop: SimpleNamespace, api: Api) -> None:
    for raw in (
        b'{"channel": "till", "lines": [{"sku": "SC-1", "unit_price": 5}]}',
        b'{"lines":[{"unit_price":5,"sku":"SC-1"}],"channel":"till"}',
    ):
        answer = api("pos").generic(
            "POST", "/api/v1/sales/", raw, content_type="application/json", headers={"Idempotency-Key": "k"}
        )
        assert answer.status_code == 201
    assert Order.objects.count() == 1


def test_keys_of_two_callers_and_of_two_paths_are_strangers(shop: SimpleNamespace, sell: Sell, api: Api) -> None:
    order = sell("SC-1", key="k1", role="pos").json()["id"]
    assert sell("SC-1", key="k1", role="manager").headers.get("Idempotent-Replayed") is None
    body = {"order": order, "goodwill": "1.00"}
    assert api("manager").post("/api/v1/refunds/", body, headers={"Idempotency-Key": "k1"}).status_code == 201
    assert (Order.objects.count(), Refund.objects.count()) == (2, 1)


def test_a_refusal_for_want_of_stock_is_kept_too(shop: SimpleNamespace, sell: Sell) -> None:
    sell("LV-1", key="k1")
    assert sell("LV-1", key="k2").status_code == 409
    order = Order.objects.get()
    receive(product=shop.scarf)  # the shop goes on; the piece itself comes back, too:
    from sales.services import cancel_order

    cancel_order(order=order)
    again = sell("LV-1", key="k2")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (409, "true")
    assert sell("LV-1", key="k3").status_code == 201


def test_a_mistake_may_be_put_right_under_the_same_key(shop: SimpleNamespace, sell: Sell) -> None:
    assert sell("NOPE", key="k1").status_code == 400
    assert sell("LV-1", key="k1").status_code == 201


def test_a_fault_in_the_middle_leaves_neither_sale_nor_record(
    shop: SimpleNamespace, sell: Sell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr("sales.api.OrderSerializer.to_representation", broken)
        with pytest.raises(RuntimeError, match="power cut"):
            sell("LV-1", key="k1")
    assert (Order.objects.count(), IdempotencyRecord.objects.count()) == (0, 0)
    assert sell("LV-1", key="k1").status_code == 201


def test_answers_are_forgotten_after_a_month(shop: SimpleNamespace, sell: Sell) -> None:
    sell("LV-1", key="k1")
    assert forget_old_answers() == 0
    IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert forget_old_answers() == 1


def test_a_kept_answer_names_no_person(shop: SimpleNamespace, sell: Sell) -> None:
    """Erasing a customer must not leave the name behind in the records of a till."""
    sell("LV-1", customer=shop.anna.pk)
    kept = str(IdempotencyRecord.objects.get().response)
    assert "Anna" not in kept
    assert "anna" not in kept
