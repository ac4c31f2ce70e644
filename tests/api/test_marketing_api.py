"""Campaigns and shows on the API: written, narrowed down, changed, removed; money by role, nothing by the way."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from sales.models import Campaign, Show

pytestmark = pytest.mark.django_db
Api = Callable[[str], APIClient]
CAMPAIGNS, SHOWS = "/api/v1/campaigns/", "/api/v1/shows/"
SPRING = {"name": "Spring", "medium": "Instagram", "starts_on": "2026-03-01", "ends_on": "2026-03-31", "budget": "900"}
FRIDAY = {
    "title": "Friday bags", "channel": "whatnot", "host": "Bella", "starts_at": "2026-03-13T19:00:00-04:00",
    "ends_at": "2026-03-13T22:00:00-04:00",
}  # fmt: skip


def test_a_campaign_is_written_read_changed_and_removed(api: Api) -> None:
    manager = api("manager")
    answer = manager.post(CAMPAIGNS, SPRING)
    assert answer.status_code == 201, answer.content
    here = f"{CAMPAIGNS}{answer.json()['id']}/"
    assert answer.json() == manager.get(here).json()
    assert answer.json() == {**SPRING, "id": answer.json()["id"], "budget": 900.0}
    assert manager.patch(here, {"ends_on": None}).json()["ends_on"] is None
    assert manager.put(here, {"name": "Spring 2026", "starts_on": "2026-03-02"}).json()["name"] == "Spring 2026"
    assert [row.history_type for row in Campaign.history.all()] == ["~", "~", "+"]
    assert Campaign.history.filter(history_user=None).count() == 0
    assert manager.delete(here).status_code == 204


def test_what_it_may_cost_is_for_those_who_see_cost(api: Api) -> None:
    pk = api("owner").post(CAMPAIGNS, SPRING).json()["id"]
    assert api("manager").get(f"{CAMPAIGNS}{pk}/").json()["budget"] == 900
    for role in ("staff", "viewer"):
        assert "budget" not in api(role).get(f"{CAMPAIGNS}{pk}/").json()
        assert api(role).get(CAMPAIGNS, {"ordering": "budget"}).status_code == 400


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "Taken"}),
        ("starts_on", {"starts_on": "0001-01-01"}),
        ("ends_on", {"ends_on": "2026-02-28"}),
        ("budget", {"budget": "-1"}),
        ("budget", {"budget": "1e20"}),
        ("id", {"id": 5}),
        ("spend", {"spend": []}),
    ],
)
def test_a_campaign_that_cannot_be_is_refused_by_its_field(api: Api, field: str, said: dict[str, Any]) -> None:
    Campaign.objects.create(name="Taken", starts_on="2026-01-01")
    answer = api("manager").post(CAMPAIGNS, {**SPRING, **said})
    assert answer.status_code == 400, answer.content
    assert set(answer.json()["error"]["fields"]) == {field}
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Open", "Spring", "Winter"]),
        ({"medium": "instagram"}, ["Spring"]),
        ({"running_on": "2026-03-15"}, ["Open", "Spring"]),
        ({"running_on": "2026-01-15"}, ["Winter"]),
        ({"name": "winter"}, ["Winter"]),
        ({"search": "insta"}, ["Spring"]),
        ({"ordering": "starts_on"}, ["Winter", "Spring", "Open"]),
        ({"page_size": 2, "page": 2}, ["Winter"]),
    ],
)
def test_campaigns_are_narrowed_down(api: Api, asked: dict[str, Any], found: list[str]) -> None:
    Campaign.objects.create(name="Winter", starts_on="2026-01-01", ends_on="2026-01-31")
    Campaign.objects.create(name="Open", starts_on="2026-03-10")
    Campaign.objects.create(name="Spring", medium="Instagram", starts_on="2026-03-01", ends_on="2026-03-31")
    assert [row["name"] for row in api("viewer").get(CAMPAIGNS, asked).json()["results"]] == found


def test_a_campaign_with_orders_stays(api: Api, shop: SimpleNamespace, sell: Callable[..., Response]) -> None:
    pk = api("manager").post(CAMPAIGNS, SPRING).json()["id"]
    sell("LV-1", role="manager", campaign=pk)
    assert api("manager").delete(f"{CAMPAIGNS}{pk}/").json()["error"]["code"] == "in_use"
    assert Campaign.objects.filter(pk=pk).exists()


def test_a_show_is_written_changed_and_removed(api: Api, shop: SimpleNamespace) -> None:
    manager = api("manager")
    answer = manager.post(SHOWS, {**FRIDAY, "labour_cost": "80.50"})
    assert answer.status_code == 201, answer.content
    here = f"{SHOWS}{answer.json()['id']}/"
    said = answer.json()
    assert (said["channel"], said["host"], said["labour_cost"]) == ("whatnot", "Bella", 80.5)
    assert manager.patch(here, {"viewers_peak": 240}).json()["viewers_peak"] == 240
    assert manager.put(here, {**FRIDAY, "host": None}).json()["host"] is None
    assert manager.delete(here).status_code == 204


def test_staff_plan_shows_but_neither_see_nor_set_what_they_cost(api: Api, shop: SimpleNamespace) -> None:
    staff = api("staff")
    answer = staff.post(SHOWS, FRIDAY)
    assert "labour_cost" not in answer.json()
    refused = staff.patch(f"{SHOWS}{shop.show.pk}/", {"labour_cost": "0.00"})
    assert refused.json()["error"]["fields"] == {"labour_cost": ["There is no such field."]}
    assert staff.patch(f"{SHOWS}{shop.show.pk}/", {"title": "Late bags"}).status_code == 200
    shop.show.refresh_from_db()
    assert (shop.show.title, shop.show.labour_cost) == ("Late bags", 80)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("channel", {"channel": "nowhere"}),
        ("host", {"host": "Nobody"}),
        ("starts_at", {"starts_at": "2026-03-13T19:00:00"}),
        ("starts_at", {"starts_at": "0001-01-01T00:00:00+14:00"}),
        ("ends_at", {"ends_at": "2026-03-13T19:00:00-04:00"}),
        ("viewers_peak", {"viewers_peak": -1}),
        ("viewers_peak", {"viewers_peak": 10**12}),
        ("labour_cost", {"labour_cost": "-1"}),
        ("id", {"id": 5}),
        ("orders", {"orders": []}),
    ],
)
def test_a_show_that_cannot_be_is_refused_by_its_field(
    api: Api, shop: SimpleNamespace, field: str, said: dict[str, Any]
) -> None:
    answer = api("manager").post(SHOWS, {**FRIDAY, **said})
    assert answer.status_code == 400, answer.content
    assert set(answer.json()["error"]["fields"]) == {field}
    assert Show.objects.count() == 1
