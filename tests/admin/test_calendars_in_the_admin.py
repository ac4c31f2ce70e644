"""Calendars in the admin: an address or a file, refused in words, refreshed by hand, gone with their events."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sales.models import CalendarEvent, CalendarSource

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]
ADD = "/admin/sales/calendarsource/add/"
FAIR = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Fair\r\nDTSTART;VALUE=DATE:20260401\r\n"
    b"END:VEVENT\r\nEND:VCALENDAR\r\n"
)


def form(contents: bytes | None = None, **more: Any) -> dict[str, Any]:
    said = {
        "name": "Holidays", "address": "", "event_type": "festival", "impact_level": "high",
        "expected_demand_multiplier": "1.4", "is_active": "on", **more,
    }  # fmt: skip
    return said if contents is None else {**said, "upload": SimpleUploadedFile("fair.ics", contents)}


@pytest.fixture
def asked() -> Iterator[list[int]]:
    """Calendars that a worker was asked to read."""
    found: list[int] = []
    with patch("sales.admin.calendar.nudge", lambda task, pk: found.append(pk)):
        yield found


def test_a_file_is_uploaded_and_its_events_are_there(client_as: ClientAs, manager: User) -> None:
    answer = client_as(manager).post(ADD, form(FAIR), follow=True)
    assert "1 events are taken from it." in answer.content.decode()
    event = CalendarEvent.objects.get()
    assert (event.name, event.impact_level, str(event.expected_demand_multiplier)) == ("Fair", "high", "1.40")
    assert event.source is not None
    assert event.source.filename == "fair.ics"


@pytest.mark.parametrize(
    ("contents", "more", "reason"),
    [
        (b"no calendar", {}, "This is no calendar file"),
        (FAIR.replace(b"Fair", b"F\xe4r"), {}, "not UTF-8"),
        (b"x" * 5_000_001, {}, "larger than 5 MB"),
        (FAIR.replace(b"END:VEVENT", b"RRULE:FREQ=SECONDLY\r\nEND:VEVENT"), {}, "several times a day"),
        (FAIR, {"address": "https://example.com/a.ics"}, "Either an address or a file"),
        (None, {}, "Give an address or a file."),
        (None, {"address": "ftp://example.com/a.ics"}, "valid URL"),
        (None, {"address": "file:///etc/passwd"}, "valid URL"),
    ],
)
def test_what_is_no_calendar_is_refused_on_the_form(
    client_as: ClientAs, manager: User, contents: bytes | None, more: dict[str, str], reason: str
) -> None:
    answer = client_as(manager).post(ADD, form(contents, **more))
    assert answer.status_code == 200
    assert reason in answer.content.decode()
    assert not CalendarSource.objects.exists()


def test_an_address_is_read_by_the_worker(client_as: ClientAs, manager: User, asked: list[int]) -> None:
    client = client_as(manager)
    assert client.post(ADD, form(address="webcal://example.com/a.ics")).status_code == 302
    source = CalendarSource.objects.get()
    assert (source.address, asked) == ("https://example.com/a.ics", [source.pk])
    page = client.post(reverse("admin:sales_calendarsource_refresh", args=[source.pk]), follow=True).content.decode()
    assert "The calendar is being read" in page
    assert asked == [source.pk, source.pk]


def test_the_page_says_in_words_what_went_wrong(client_as: ClientAs, owner: User) -> None:
    source = CalendarSource.objects.create(name="Far", address="https://example.com/", last_error="Answered 404.")
    client = client_as(owner)
    assert "Answered 404." in client.get(f"/admin/sales/calendarsource/{source.pk}/change/").content.decode()
    assert "Trouble" in client.get("/admin/sales/calendarsource/").content.decode()


def test_a_file_can_be_refreshed_and_replaced(client_as: ClientAs, manager: User) -> None:
    client = client_as(manager)
    client.post(ADD, form(FAIR))
    source = CalendarSource.objects.get()
    CalendarEvent.objects.all().delete()
    page = client.post(reverse("admin:sales_calendarsource_refresh", args=[source.pk]), follow=True).content.decode()
    assert "1 events are taken from it." in page
    change = f"/admin/sales/calendarsource/{source.pk}/change/"
    assert client.post(change, form(impact_level="low")).status_code == 302  # the file stays
    assert CalendarEvent.objects.get().impact_level == "low"
    assert client.post(change, form(FAIR.replace(b"Fair", b"Show"))).status_code == 302
    assert CalendarEvent.objects.get().name == "Show"


def test_an_event_of_a_calendar_keeps_its_dates_and_takes_another_impact(client_as: ClientAs, manager: User) -> None:
    client = client_as(manager)
    client.post(ADD, form(FAIR))
    event = CalendarEvent.objects.get()
    said = {
        "name": "Hacked", "starts_on": "2026-09-09", "event_type": "event", "impact_level": "low",
        "expected_demand_multiplier": "3",
    }  # fmt: skip
    assert client.post(f"/admin/sales/calendarevent/{event.pk}/change/", said).status_code == 302
    event.refresh_from_db()
    assert (event.name, event.starts_on.isoformat(), event.impact_level) == ("Fair", "2026-04-01", "low")
    assert client.post(f"/admin/sales/calendarevent/{event.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_calendar_goes_with_its_events(client_as: ClientAs, manager: User) -> None:
    client = client_as(manager)
    client.post(ADD, form(FAIR))
    source = CalendarSource.objects.get()
    assert client.post(f"/admin/sales/calendarsource/{source.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not CalendarEvent.objects.exists()


def test_calendars_are_for_owner_and_manager(client_as: ClientAs, staff: User, viewer: User, owner: User) -> None:
    assert client_as(owner).get("/admin/sales/calendarsource/").status_code == 200
    for someone in (staff, viewer):
        assert client_as(someone).get("/admin/sales/calendarsource/").status_code == 403
        assert client_as(someone).get("/admin/sales/calendarevent/").status_code == 200


def test_lists_cost_the_same_for_many(client_as: ClientAs, owner: User, django_assert_max_num_queries: Any) -> None:
    sources = CalendarSource.objects.bulk_create(CalendarSource(name=f"C{n}", contents=FAIR) for n in range(60))
    CalendarEvent.objects.bulk_create(
        CalendarEvent(name=f"E{n}", event_type="event", starts_on="2026-04-01", source=source, uid=str(n))
        for n, source in enumerate(sources)
    )
    client = client_as(owner)
    client.get("/admin/sales/calendarevent/")
    for model in ("calendarsource", "calendarevent"):
        with django_assert_max_num_queries(14):
            assert client.get(f"/admin/sales/{model}/").status_code == 200


def test_the_real_calendars_are_uploaded(client_as: ClientAs, manager: User, real_data: Path) -> None:
    client = client_as(manager)
    for path in sorted((real_data / "calendars").glob("*.ics")):
        assert client.post(ADD, form(path.read_bytes(), name=path.stem)).status_code == 302
    counted = {source.name: source.events.count() for source in CalendarSource.objects.all()}
    assert len(counted) == 5
    assert min(counted.values()) > 10
