"""POST /api/sync/customers and /api/sync/sales: what a till sends twice is there once, and a bad row spoils itself."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from rest_framework.response import Response
from rest_framework.test import APIClient

from customers.models import Customer, Handle
from lacelux.access.keys import issue
from sales.models import Channel, FeeRule, Order, OrderLine, SyncState
from sales.services import refund

Api = Callable[[str], APIClient]
pytestmark = pytest.mark.django_db
ANNA = {"id": "C-1", "name": "Anna Alvarez", "phone": "+1 212 555 0143", "email": "anna@example.com"}
BELLA = {"id": "C-2", "name": "Bella Brown", "phone": "", "email": ""}
FIRST = {"id": "S-1", "customer_id": "C-1", "total_amount": "450.00", "created_at": "2026-03-01T14:30:00-05:00"}
SECOND = {"id": "S-2", "customer_id": None, "total_amount": 19.99, "created_at": "2026-03-02T10:00:00Z"}


@pytest.fixture
def send(api: Api) -> Callable[..., Response]:
    """`send("sales", FIRST, SECOND)`: the answer to one call of the till."""

    def post(kind: str, *rows: Any, role: str = "pos") -> Response:
        return api(role).post(f"/api/sync/{kind}", {kind: list(rows)})

    return post


def outcomes(answer: Response) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["result"] for row in answer.json()["results"]]


def errors(answer: Response, row: int = 0) -> dict[str, list[str]]:
    found: dict[str, list[str]] = answer.json()["results"][row]["errors"]
    return found


def test_customers_come_in_with_the_till_s_own_ids(send: Callable[..., Response]) -> None:
    answer = send("customers", ANNA, BELLA)
    assert outcomes(answer) == ["created", "created"]
    assert answer.json()["counts"] == {"created": 2, "updated": 0, "unchanged": 0, "rejected": 0}
    assert answer.json()["source"] == "key-pos"
    handle = Handle.objects.get(platform="key-pos", value="C-1")
    assert answer.json()["results"][0] == {
        "row": 0, "id": "C-1", "result": "created", "record": handle.customer_id, "errors": {},
    }  # fmt: skip
    person = handle.customer
    assert (person.name, person.phone, person.email) == (ANNA["name"], ANNA["phone"], ANNA["email"])
    assert person.history.get().history_user.username == "api.key-pos"


def test_the_same_customers_again_change_nothing(send: Callable[..., Response]) -> None:
    send("customers", ANNA, BELLA)
    assert outcomes(send("customers", ANNA, BELLA)) == ["unchanged", "unchanged"]
    assert (Customer.objects.count(), Customer.history.count()) == (2, 2)


def test_a_changed_customer_is_updated_and_what_is_not_said_stays(send: Callable[..., Response]) -> None:
    send("customers", ANNA)
    answer = send("customers", {"id": "c-1", "name": "Anna Bell", "phone": ""}, BELLA)
    assert outcomes(answer) == ["updated", "created"]
    person = Handle.objects.get(value="C-1").customer
    assert (person.name, person.phone, person.email) == ("Anna Bell", "", ANNA["email"])
    assert person.history.count() == 2


def test_ids_beyond_ascii_are_known_again(send: Callable[..., Response]) -> None:
    row = {"id": "É-Straße", "name": "Élodie"}
    assert outcomes(send("customers", row)) == ["created"]
    assert outcomes(send("customers", row)) == ["unchanged"]


def test_two_sources_may_use_the_same_ids(send: Callable[..., Response]) -> None:
    send("customers", ANNA)
    assert outcomes(send("customers", ANNA, role="manager")) == ["created"]
    assert Customer.objects.count() == 2


def test_a_bad_row_spoils_only_itself(send: Callable[..., Response]) -> None:
    bad = {"id": "C-3", "name": "", "email": "nowhere", "colour": "red"}
    answer = send("customers", ANNA, bad, 7, BELLA, {"name": "No Number"})
    assert outcomes(answer) == ["created", "rejected", "rejected", "created", "rejected"]
    assert set(errors(answer, 1)) == {"colour"}
    assert set(errors(send("customers", {**bad, "colour": "red"} | {"id": 9}), 0)) == {"colour"}
    assert set(errors(answer, 2)) == {"row"}
    assert set(errors(answer, 4)) == {"id"}
    assert Customer.objects.count() == 2


def test_every_fault_of_a_row_is_named(send: Callable[..., Response]) -> None:
    assert set(errors(send("customers", {"id": "C-3", "name": "", "email": "nowhere"}))) == {"name", "email"}
    sale = {"id": "S-9", "total_amount": "-1", "created_at": "2026-03-01T14:30:00"}
    assert set(errors(send("sales", sale))) == {"total_amount", "created_at"}


def test_an_id_twice_in_one_call_is_one_record_or_a_contradiction(send: Callable[..., Response]) -> None:
    answer = send("customers", ANNA, ANNA, {**ANNA, "id": "c-1", "name": "Someone Else"})
    assert outcomes(answer) == ["created", "unchanged", "rejected"]
    assert "Row 0" in errors(answer, 2)["id"][0]
    assert Customer.objects.get().name == ANNA["name"]


def test_sales_come_in_without_lines(send: Callable[..., Response]) -> None:
    send("customers", ANNA)
    answer = send("sales", FIRST, SECOND)
    assert outcomes(answer) == ["created", "created"]
    order = Order.objects.get(source="key-pos", number="S-1")
    assert (order.customer.name, order.channel.code, order.state) == (ANNA["name"], "key-pos", "paid")
    assert order.ordered_at.isoformat() == "2026-03-01T19:30:00+00:00"
    assert (order.actor.username, order.history.get().history_user) == ("api.key-pos", order.actor)
    line = order.lines.get()
    assert (line.product, line.quantity, line.gross, line.cost) == (None, 1, Decimal("450.00"), Decimal("0.00"))
    assert OrderLine.objects.get(order__number="S-2").gross == Decimal("19.99")


def test_the_same_sales_again_change_nothing(send: Callable[..., Response]) -> None:
    send("customers", ANNA)
    send("sales", FIRST, SECOND)
    assert outcomes(send("sales", FIRST, SECOND)) == ["unchanged", "unchanged"]
    assert (Order.objects.count(), OrderLine.objects.count(), Order.history.count()) == (2, 2, 2)


def test_a_booked_amount_is_never_changed_by_a_sync(send: Callable[..., Response]) -> None:
    send("customers", ANNA)
    send("sales", FIRST)
    answer = send("sales", {**FIRST, "total_amount": "400.00", "created_at": "2026-03-02T00:00:00Z"}, SECOND)
    assert outcomes(answer) == ["rejected", "created"]
    assert errors(answer)["total_amount"] == [
        "Recorded with 450.00: a refund or an adjustment changes that, a sync never."
    ]
    assert errors(answer)["created_at"] == ["Recorded at 2026-03-01T14:30:00-05:00."]
    assert OrderLine.objects.get(order__number="S-1").gross == Decimal("450.00")


def test_a_sale_of_somebody_unknown_is_refused_until_they_are_sent(send: Callable[..., Response]) -> None:
    answer = send("sales", FIRST, SECOND)
    assert outcomes(answer) == ["rejected", "created"]
    assert set(errors(answer)) == {"customer_id"}
    send("customers", ANNA)
    assert outcomes(send("sales", FIRST, {**SECOND, "customer_id": "c-1"})) == ["created", "updated"]
    assert not Order.objects.filter(customer=None).exists()
    send("customers", BELLA)
    assert set(errors(send("sales", {**FIRST, "customer_id": "C-2"}))) == {"customer_id"}


def test_what_was_given_back_on_a_nameless_sale_follows_it_to_its_customer(send: Callable[..., Response]) -> None:
    send("sales", SECOND)
    order = Order.objects.get()
    refund(order=order, lines=[], goodwill=Decimal("5.00"))
    send("customers", ANNA)
    assert outcomes(send("sales", {**SECOND, "customer_id": "C-1"})) == ["updated"]
    assert order.refunds.get().customer == Handle.objects.get(value="C-1").customer


def test_fees_are_those_of_the_channel_on_the_day(send: Callable[..., Response]) -> None:
    till = Channel.objects.create(code="key-pos", name="Counter")
    FeeRule.objects.create(channel=till, kind="commission", rate="0.02", fixed="0.10", valid_from="2026-03-01", valid_to="2026-03-01")  # fmt: skip # noqa: E501
    send("sales", {**FIRST, "customer_id": None}, SECOND)
    assert OrderLine.objects.get(order__number="S-1").fees == Decimal("9.10")  # 2 % of 450.00 and 0.10
    assert OrderLine.objects.get(order__number="S-2").fees == Decimal("0.00")


def test_a_sale_recorded_with_its_lines_is_known_to_the_nightly_sync(api: Api, shop: SimpleNamespace) -> None:
    key = issue(name="till", role="pos")[1]
    till = APIClient()
    till.credentials(HTTP_AUTHORIZATION=f"Api-Key {key}")
    sale = {"channel": "till", "number": "S-1", "tax": "40.00", "lines": [{"sku": "LV-1", "unit_price": "450.00"}]}
    at = till.post("/api/v1/sales/", sale, headers={"Idempotency-Key": "1"}).json()["ordered_at"]
    for total in ("450.00", "490.00"):
        row = {"id": "S-1", "total_amount": total, "created_at": at}
        assert outcomes(till.post("/api/sync/sales/", {"sales": [row]})) == ["unchanged"]
    assert Order.objects.count() == 1


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_last_slash_may_be_left_out(api: Api, slash: str) -> None:
    assert api("pos").post(f"/api/sync/customers{slash}", {"customers": []}).status_code == 200
    assert api("pos").post(f"/api/sync/sales{slash}", {"sales": []}).status_code == 200
    assert api("pos").get(f"/api/sync{slash}").status_code == 200


@pytest.mark.parametrize("body", [{}, [], {"customers": {}}, {"customers": [], "sales": []}, {"customers": None}])
def test_a_call_of_another_shape_is_a_400(api: Api, body: Any) -> None:
    answer = api("pos").post("/api/sync/customers", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")


def test_more_than_five_thousand_rows_are_refused_and_nothing_is_done(send: Callable[..., Response]) -> None:
    answer = send("customers", *({"id": n, "name": "x"} for n in range(5_001)))
    assert answer.status_code == 413
    assert "5,000 rows, and these are 5,001" in answer.json()["error"]["message"]
    assert not Customer.objects.exists()


def test_four_hundred_rows_take_some_dozen_queries(
    send: Callable[..., Response], django_assert_max_num_queries: Any
) -> None:
    """SQLite takes 999 values a statement, so that four hundred orders are nine; a row alone never costs one."""
    people = [{"id": n, "name": f"Person {n}"} for n in range(400)]
    sold = [{**FIRST, "id": n, "customer_id": n} for n in range(400)]
    for kind, rows in (("customers", people), ("sales", sold)):
        with django_assert_max_num_queries(60):
            assert send(kind, *rows).json()["counts"]["created"] == 400


def test_five_thousand_rows_are_taken_at_once(send: Callable[..., Response]) -> None:
    people = [{"id": n, "name": f"Person {n}"} for n in range(5_000)]
    assert send("customers", *people).json()["counts"]["created"] == 5_000
    assert send("customers", *people).json()["counts"]["unchanged"] == 5_000


def test_the_last_sync_is_shown_to_managers_and_to_the_till_its_own(send: Callable[..., Response], api: Api) -> None:
    send("customers", ANNA, 7)
    send("sales", SECOND, role="staff")
    states = api("manager").get("/api/sync/").json()
    assert [(one["source"], one["kind"], one["created"], one["rejected"]) for one in states] == [
        ("key-pos", "customers", 1, 1),
        ("key-staff", "sales", 1, 0),
    ]
    assert all(one["synced_at"] for one in states)
    assert [one["source"] for one in api("pos").get("/api/sync/").json()] == ["key-pos"]


def test_the_last_sync_is_shown_in_the_admin(
    send: Callable[..., Response], manager: User, client_as: Callable[[User], Client]
) -> None:
    send("customers", ANNA)
    assert "key-pos" in client_as(manager).get("/admin/sales/syncstate/").content.decode()


def test_a_person_without_a_key_has_no_ids_to_sync(manager: User, client_as: Callable[[User], Client]) -> None:
    answer = client_as(manager).post("/api/sync/sales", {"sales": []}, content_type="application/json")
    assert answer.status_code == 403
    assert "API key" in answer.json()["error"]["message"]


@pytest.mark.django_db(transaction=True)
def test_two_calls_of_one_till_at_once_take_turns(api: Api) -> None:
    callers = [api("pos") for _ in range(4)]
    rows = [{"id": n, "name": f"Person {n}"} for n in range(300)]

    def call(client: APIClient) -> int:
        try:
            return client.post("/api/sync/customers", {"customers": rows}).json()["counts"]["created"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(call, callers)) == [0, 0, 0, 300]
    assert Customer.objects.count() == Handle.objects.filter(platform="key-pos").count() == 300
    assert SyncState.objects.count() == 1
