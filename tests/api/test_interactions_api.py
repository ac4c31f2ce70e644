"""`/api/v1/interactions/`: noted once, found by what they say, refused by field."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from sales.models import Campaign, Interaction

pytestmark = pytest.mark.django_db
Api = Callable[[str], APIClient]
ADDRESS = "/api/v1/interactions/"
Note = Callable[..., Response]


@pytest.fixture
def note(api: Api, shop: SimpleNamespace) -> Note:
    def post(role: str = "staff", key: str = "", **said: Any) -> Response:
        headers = {"Idempotency-Key": key} if key else {}
        return api(role).post(ADDRESS, said, headers=headers)

    return post


def test_one_is_noted_with_names_in_place_of_ids(note: Note, shop: SimpleNamespace) -> None:
    Campaign.objects.create(name="Spring", starts_on="2026-03-01")
    anna = {"platform": "Instagram", "value": "@anna.bags"}
    answer = note(
        kind="bid", customer=anna, sku="LV-1", channel="whatnot", campaign="Spring", amount="120.50",
        outcome="outbid", occurred_at="2026-03-06T18:00:00-05:00",
    )  # fmt: skip
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert (said["customer"], said["product"], said["sku"]) == (shop.anna.pk, shop.speedy.pk, "LV-1")
    assert (said["channel"], said["campaign"], said["amount"]) == ("whatnot", "Spring", 120.5)
    row = Interaction.objects.get(pk=said["id"])
    assert row.actor is not None
    assert row.occurred_at.isoformat() == "2026-03-06T23:00:00+00:00"


def test_a_key_makes_retries_harmless_and_is_not_required(note: Note) -> None:
    first = note(key="k1", kind="rating", score=5)
    again = note(key="k1", kind="rating", score=5)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert note(key="k1", kind="rating", score=4).status_code == 422
    assert Interaction.objects.count() == 1
    assert note(kind="rating", score=5).status_code == 201
    assert note(kind="rating", score=5).status_code == 201
    assert Interaction.objects.count() == 3


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("kind", {"kind": "shout"}),
        ("score", {"kind": "rating"}),
        ("score", {"kind": "rating", "score": 6}),
        ("amount", {"kind": "bid", "sku": "LV-1"}),
        ("amount", {"kind": "bid", "sku": "LV-1", "amount": "1e3000"}),
        ("sku", {"kind": "like", "sku": "NONE"}),
        ("product", {"kind": "like"}),
        ("product", {"kind": "like", "sku": "LV-1", "product": 1}),
        ("outcome", {"kind": "question", "text": "?", "outcome": "won"}),
        ("customer", {"kind": "rating", "score": 5, "customer": {"platform": "instagram", "value": "nobody"}}),
        ("occurred_at", {"kind": "rating", "score": 5, "occurred_at": "2026-03-06T18:00:00"}),
        ("occurred_at", {"kind": "rating", "score": 5, "occurred_at": "2999-03-06T18:00:00Z"}),
        ("actor", {"kind": "rating", "score": 5, "actor": 1}),
        ("id", {"kind": "rating", "score": 5, "id": 77}),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(note: Note, field: str, said: dict[str, Any]) -> None:
    if said.get("product") == 1:
        said = {**said, "product": Interaction._meta.get_field("product").related_model.objects.first().pk}
    answer = note(**said)
    assert answer.status_code == 400, answer.content
    assert set(answer.json()["error"]["fields"]) == {field}
    assert not Interaction.objects.exists()


@pytest.fixture
def three(note: Note, shop: SimpleNamespace) -> list[int]:
    """A rating of Monday, a question of Tuesday, a like of Wednesday."""
    said: list[dict[str, Any]] = [
        {"kind": "rating", "score": 2, "customer": shop.anna.pk, "occurred_at": "2026-03-02T12:00:00Z"},
        {"kind": "question", "topic": "Shipping", "text": "When?", "occurred_at": "2026-03-03T12:00:00Z"},
        {"kind": "like", "product": shop.speedy.pk, "channel": "whatnot", "occurred_at": "2026-03-04T12:00:00Z"},
    ]
    return [note(**one).json()["id"] for one in said]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, (2, 1, 0)),
        ({"kind": "rating"}, (0,)),
        ({"kind": ["rating", "like"]}, (2, 0)),
        ({"sku": "lv-1"}, (2,)),
        ({"channel": "whatnot"}, (2,)),
        ({"topic": "shipping"}, (1,)),
        ({"outcome": "open"}, (1,)),
        ({"score": 2}, (0,)),
        ({"search": "anna"}, (0,)),
        ({"search": "when"}, (1,)),
        ({"occurred_after": "2026-03-03T12:00:00Z"}, (2, 1)),
        ({"occurred_before": "2026-03-03T12:00:00Z"}, (0,)),
        ({"ordering": "occurred_at"}, (0, 1, 2)),
        ({"page_size": 1, "page": 2}, (1,)),
    ],
)
def test_they_are_filtered_searched_ordered_and_paged(
    api: Api, three: list[int], asked: dict[str, Any], found: tuple[int, ...]
) -> None:
    answer = api("manager").get(ADDRESS, asked)
    assert answer.status_code == 200, answer.content
    assert [row["id"] for row in answer.json()["results"]] == [three[place] for place in found]


def test_one_is_read_by_its_id(api: Api, three: list[int]) -> None:
    assert api("staff").get(f"{ADDRESS}{three[1]}/").json()["text"] == "When?"
    assert api("staff").get(f"{ADDRESS}999999/").status_code == 404


@pytest.mark.parametrize("asked", [{"knid": "like"}, {"kind": "shout"}, {"ordering": "text"}, {"score": "x"}])
def test_a_nonsense_question_is_a_400(api: Api, asked: dict[str, str]) -> None:
    assert api("manager").get(ADDRESS, asked).status_code == 400


def test_a_page_costs_the_same_for_ten_and_for_many(
    api: Api, shop: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    Interaction.objects.bulk_create(
        Interaction(
            kind="like", product=shop.speedy, customer=shop.anna, channel=shop.till, occurred_at="2026-03-01T00:00Z"
        )
        for _ in range(200)
    )
    manager = api("manager")
    with django_assert_max_num_queries(8):
        assert len(manager.get(ADDRESS, {"page_size": 200}).json()["results"]) == 200
