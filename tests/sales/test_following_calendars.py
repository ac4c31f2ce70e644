"""A calendar that is followed: what is new comes, what changed follows, what is gone goes, what is ours stays."""

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.conf import settings

from lacelux.lib.fetching import Unreachable
from sales import tasks
from sales.calendars import adopt_defaults, keeping, refresh_calendar
from sales.models import CalendarEvent, CalendarSource

pytestmark = pytest.mark.django_db


def ics(*events: str) -> bytes:
    blocks = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{blocks}END:VCALENDAR\r\n".encode()


def day(uid: str, date: str, name: str = "") -> str:
    return f"UID:{uid}\r\nSUMMARY:{name or uid}\r\nDTSTART;VALUE=DATE:{date}"


@pytest.fixture
def holidays() -> CalendarSource:
    return CalendarSource.objects.create(
        name="Holidays", contents=ics(day("a", "20260401", "Fair"), day("b", "20260501")), impact_level="medium",
        expected_demand_multiplier=Decimal("1.30"),
    )  # fmt: skip


def now_says(source: CalendarSource, *events: str) -> bool:
    source.contents = ics(*events)
    source.save()
    return refresh_calendar(source=source)


def named() -> dict[str, str]:
    return {event.name: event.starts_on.isoformat() for event in CalendarEvent.objects.all()}


@pytest.mark.usefixtures("clock")
def test_its_events_come_with_what_the_calendar_declares(holidays: CalendarSource) -> None:
    assert refresh_calendar(source=holidays)
    assert named() == {"Fair": "2026-04-01", "b": "2026-05-01"}
    fair = CalendarEvent.objects.get(name="Fair")
    declared = (fair.event_type, fair.impact_level, fair.expected_demand_multiplier)
    assert declared == ("festival", "medium", Decimal("1.30"))
    holidays.refresh_from_db()
    assert holidays.refreshed_at == holidays.asked_at
    assert holidays.last_error == ""


def test_a_refresh_follows_what_changed_and_lets_go_what_is_gone(holidays: CalendarSource) -> None:
    own = CalendarEvent.objects.create(name="Our sale", event_type="promotion", starts_on="2026-04-02")
    refresh_calendar(source=holidays)
    before = CalendarEvent.objects.get(name="Fair")
    assert now_says(holidays, day("a", "20260408", "Fair, moved"), day("c", "20260601"))
    assert named() == {"Fair, moved": "2026-04-08", "c": "2026-06-01", "Our sale": "2026-04-02"}
    assert CalendarEvent.objects.get(name="Fair, moved").pk == before.pk
    assert CalendarEvent.objects.get(pk=own.pk).source is None


def test_what_a_person_declared_for_one_event_outlasts_a_refresh(holidays: CalendarSource) -> None:
    refresh_calendar(source=holidays)
    CalendarEvent.objects.filter(name="Fair").update(impact_level="high", expected_demand_multiplier=2)
    now_says(holidays, day("a", "20260409", "Fair"), day("b", "20260501"))
    fair = CalendarEvent.objects.get(name="Fair")
    assert (fair.impact_level, fair.expected_demand_multiplier) == ("high", Decimal(2))
    assert fair.starts_on.isoformat() == "2026-04-09"


def test_new_defaults_reach_the_events_that_had_the_old_ones(holidays: CalendarSource) -> None:
    refresh_calendar(source=holidays)
    CalendarEvent.objects.filter(name="Fair").update(expected_demand_multiplier=2)
    before = {name: getattr(holidays, name) for name in keeping.DECLARED}
    holidays.expected_demand_multiplier = Decimal("1.50")
    adopt_defaults(source=holidays, before=before)
    found = dict(CalendarEvent.objects.values_list("name", "expected_demand_multiplier"))
    assert found == {"Fair": Decimal(2), "b": Decimal("1.50")}


def test_nothing_is_written_where_nothing_changed(holidays: CalendarSource, django_assert_max_num_queries: Any) -> None:
    now_says(holidays, *(day(f"d{n}", "20260401") for n in range(300)))
    with django_assert_max_num_queries(8):
        refresh_calendar(source=holidays)


def test_instances_keep_their_identity_while_the_window_moves_on(holidays: CalendarSource) -> None:
    with time_machine.travel("2026-03-11T17:00:00Z", tick=False):
        now_says(holidays, f"{day('new year', '20000101')}\r\nRRULE:FREQ=YEARLY")
        first = dict(CalendarEvent.objects.values_list("starts_on__year", "pk"))
    with time_machine.travel("2027-03-11T17:00:00Z", tick=False):
        refresh_calendar(source=holidays)
        later = dict(CalendarEvent.objects.values_list("starts_on__year", "pk"))
    assert sorted(first) == [2025, 2026, 2027, 2028]
    assert sorted(later) == [2026, 2027, 2028, 2029]
    assert all(later[year] == first[year] for year in (2026, 2027, 2028))


def test_a_calendar_that_cannot_be_read_keeps_its_events_and_says_why(
    holidays: CalendarSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh_calendar(source=holidays)
    holidays.contents = b"<html>Sign in</html>"
    assert not refresh_calendar(source=holidays)
    holidays.address = "http://127.0.0.1:9/holidays.ics"
    holidays.save()
    assert not refresh_calendar(source=holidays)
    holidays.refresh_from_db()
    assert holidays.last_error == "The host 127.0.0.1 is not on the public internet; only public calendars are read."
    assert holidays.asked_at is not None
    assert len(named()) == 2
    monkeypatch.setattr(keeping, "fetch", lambda address, **how: ics(day("a", "20260401")))
    assert refresh_calendar(source=holidays)
    holidays.refresh_from_db()
    assert (holidays.last_error, named()) == ("", {"a": "2026-04-01"})


def test_events_that_cannot_be_read_are_counted_in_words(holidays: CalendarSource) -> None:
    assert now_says(holidays, day("a", "20260401"), "UID:x\r\nSUMMARY:No date")
    assert holidays.last_error == "1 of its events could not be read and were left out."


def test_the_beat_asks_for_all_that_are_kept_up_to_date_and_one_failure_stops_no_other(
    holidays: CalendarSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    CalendarSource.objects.create(name="Broken", address="https://calendar.invalid/")
    CalendarSource.objects.create(name="Asleep", contents=ics(day("z", "20260401")), is_active=False)

    def unreachable(address: str, **how: Any) -> bytes:
        raise Unreachable("There is no host calendar.invalid.")

    monkeypatch.setattr(keeping, "fetch", unreachable)
    tasks.refresh_calendars()
    errors = dict(CalendarSource.objects.values_list("name", "last_error"))
    assert errors == {"Broken": "There is no host calendar.invalid.", "Holidays": "", "Asleep": ""}
    assert sorted(named()) == ["Fair", "b"]
    entry = settings.CELERY_BEAT_SCHEDULE["refresh-calendars"]
    assert entry == {"task": tasks.refresh_calendars.name, "schedule": 21_600}


def test_a_calendar_deleted_meanwhile_is_no_trouble(holidays: CalendarSource) -> None:
    pk = holidays.pk
    CalendarSource.objects.filter(pk=pk).delete()
    tasks.refresh_calendar(pk)
    assert not refresh_calendar(source=holidays)
    assert not CalendarEvent.objects.exists()
