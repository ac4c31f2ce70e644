"""Calendar events on the API: written, narrowed down, changed, removed; and as the older system had them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from sales.models import CalendarEvent, CalendarSource

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Api = Callable[[str], APIClient]
ADDRESS = "/api/v1/calendar-events/"
FAIR = {"event_type": "event", "name": "Fair", "starts_on": "2026-04-01"}


@pytest.fixture
def post(api: Api) -> Callable[..., Response]:
    return lambda **said: api("manager").post(ADDRESS, {**FAIR, **said})


@pytest.fixture
def followed() -> CalendarEvent:
    holidays = CalendarSource.objects.create(name="Holidays", contents=b"")
    return CalendarEvent.objects.create(
        name="Easter", event_type="festival", starts_on=date(2026, 4, 5), source=holidays, uid="1"
    )


def test_an_event_is_written_and_read(api: Api, post: Callable[..., Response]) -> None:
    answer = post(ends_on="2026-04-03", impact_level="high", expected_demand_multiplier="1.25", notes="Hall 4")
    assert answer.status_code == 201, answer.content
    assert answer.json() == api("viewer").get(f"{ADDRESS}{answer.json()['id']}/").json()
    assert answer.json() | {"id": 0} == {
        "id": 0, "event_type": "event", "name": "Fair", "starts_on": "2026-04-01", "ends_on": "2026-04-03",
        "impact_level": "high", "expected_demand_multiplier": 1.25, "notes": "Hall 4", "calendar": "",
    }  # fmt: skip
    assert CalendarEvent.history.get().history_user is not None


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("event_type", {"event_type": "party"}),
        ("name", {"name": ""}),
        ("name", {"name": "x" * 161}),
        ("starts_on", {"starts_on": "2026-02-30"}),
        ("starts_on", {"starts_on": "0001-01-01"}),
        ("ends_on", {"ends_on": "2026-03-31"}),
        ("impact_level", {"impact_level": "huge"}),
        ("expected_demand_multiplier", {"expected_demand_multiplier": "-1"}),
        ("expected_demand_multiplier", {"expected_demand_multiplier": "1000"}),
        ("id", {"id": 77}),
        ("calendar", {"calendar": "Holidays"}),
        ("source", {"source": 1}),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    post: Callable[..., Response], field: str, said: dict[str, str]
) -> None:
    answer = post(**said)
    assert answer.status_code == 400, answer.content
    assert set(answer.json()["error"]["fields"]) == {field}
    assert not CalendarEvent.objects.exists()


def test_an_event_is_changed_in_part_and_as_a_whole_and_removed(api: Api, post: Callable[..., Response]) -> None:
    here = f"{ADDRESS}{post(notes='Hall 4').json()['id']}/"
    manager = api("manager")
    assert manager.patch(here, {"impact_level": "high"}).json()["notes"] == "Hall 4"
    assert manager.patch(here, {"ends_on": "2026-03-01"}).status_code == 400
    assert manager.patch(here, {"id": 5, "name": "Hacked"}).status_code == 400
    assert manager.put(here, {**FAIR, "name": "Fair 2026"}).json()["name"] == "Fair 2026"
    assert manager.put(here, {"name": "Fair 2026"}).status_code == 400
    assert api("staff").delete(here).status_code == 403
    assert manager.delete(here).status_code == 204
    assert manager.get(here).status_code == 404


def test_an_event_of_a_calendar_takes_another_impact_but_no_other_date(api: Api, followed: CalendarEvent) -> None:
    here, manager = f"{ADDRESS}{followed.pk}/", api("manager")
    assert manager.patch(here, {"impact_level": "high", "expected_demand_multiplier": 2}).status_code == 200
    answer = manager.patch(here, {"starts_on": "2026-09-09"})
    assert "follows its calendar" in answer.json()["error"]["fields"]["starts_on"][0]
    assert manager.delete(here).json()["error"]["code"] == "follows_a_calendar"
    followed.refresh_from_db()
    assert (followed.impact_level, followed.starts_on) == ("high", date(2026, 4, 5))
    assert manager.get(here).json()["calendar"] == "Holidays"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Before", "Fair", "Easter", "Later"]),
        ({"from": "2026-04-02"}, ["Fair", "Easter", "Later"]),
        ({"to": "2026-04-04"}, ["Before", "Fair"]),
        ({"from": "2026-04-02", "to": "2026-04-05"}, ["Fair", "Easter"]),
        ({"type": "festival"}, ["Easter"]),
        ({"type": ["festival", "show"]}, ["Easter", "Later"]),
        ({"impact": "high"}, ["Fair"]),
        ({"calendar": "holidays"}, ["Easter"]),
        ({"search": "EAST"}, ["Easter"]),
        ({"ordering": "-starts_on"}, ["Later", "Easter", "Fair", "Before"]),
        ({"page_size": 2, "page": 2}, ["Easter", "Later"]),
    ],
)
def test_events_are_narrowed_down(
    api: Api, post: Callable[..., Response], followed: CalendarEvent, asked: dict[str, Any], found: list[str]
) -> None:
    post(ends_on="2026-04-03", impact_level="high")
    post(name="Before", starts_on="2026-03-01")
    post(name="Later", starts_on="2027-01-01", event_type="show")
    answer = api("viewer").get(ADDRESS, asked)
    assert answer.status_code == 200, answer.content
    assert [event["name"] for event in answer.json()["results"]] == found


@pytest.mark.parametrize(
    "asked", [{"form": "2026-04-02"}, {"from": "yesterday"}, {"from": "0001-01-01"}, {"type": "party"}]
)
def test_a_nonsense_question_is_a_400(api: Api, asked: dict[str, str]) -> None:
    assert api("viewer").get(ADDRESS, asked).status_code == 400


# --- As the older system had them ----------------------------------------------------------------------------------

OLD = {
    "event_type": "festival", "name": "Diwali", "date": "2026-04-10", "impact_level": "high",
    "expected_demand_multiplier": 1.5, "notes": "Gifts",
}  # fmt: skip


@pytest.mark.parametrize("address", ["/api/calendar/events", "/api/calendar/events/"])
def test_the_old_address_answers_in_the_old_shape(api: Api, address: str, followed: CalendarEvent) -> None:
    answer = api("manager").post(address, OLD)
    assert (answer.status_code, answer.json()) == (201, OLD)
    CalendarEvent.objects.create(name="Far off", event_type="event", starts_on=date(2026, 4, 11))
    CalendarEvent.objects.create(name="Over", event_type="event", starts_on=date(2026, 3, 10))
    CalendarEvent.objects.create(
        name="Going on", event_type="event", starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 11)
    )
    found = api("viewer").get(address).json()  # from 11 March, 30 days
    assert [event["name"] for event in found] == ["Going on", "Easter", "Diwali"]
    assert found[2] == OLD
    assert [event["name"] for event in api("viewer").get(address, {"days": 25}).json()] == ["Going on", "Easter"]


@pytest.mark.parametrize("days", ["-1", "x", "9999999", "1.5", ""])
def test_nonsense_days_are_a_400(api: Api, days: str) -> None:
    assert api("viewer").get("/api/calendar/events", {"days": days}).status_code == 400
    assert api("viewer").get("/api/calendar/events", {"dys": "3"}).status_code == 400


@pytest.mark.parametrize(
    "said",
    [
        {"event_type": "party"},
        {"date": "tomorrow"},
        {"date": "0001-01-01"},
        {"expected_demand_multiplier": "NaN"},
        {"expected_demand_multiplier": 1e9},
        {"expected_demand_multiplier": -1},
        {"id": 1},
    ],
)
def test_what_cannot_be_is_refused_there_too(api: Api, said: dict[str, Any]) -> None:
    assert api("manager").post("/api/calendar/events", {**OLD, **said}).status_code == 400
    assert not CalendarEvent.objects.exists()


def test_what_was_left_out_there_is_an_ordinary_day(api: Api) -> None:
    said = {name: OLD[name] for name in ("event_type", "name", "date")}
    answer = api("staff").post("/api/calendar/events", said)
    assert answer.json() == {**said, "impact_level": "low", "expected_demand_multiplier": 1.0, "notes": ""}
