"""Schedules as the owner of a shop makes them: the form, and what stands beside it."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from planned import asked, page_of
from said import text_of

from reports.audience import Rights
from reports.foreseen import in_words
from reports.forms.recipients import addresses_in
from reports.models import Report, Schedule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ClientAs = Callable[[User], Client]
ADD = "admin:reports_schedule_add"
LIST = "/admin/reports/schedule/"


def errors_of(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200, answer.headers
    form = answer.context["adminform"].form
    return {name: list(messages) for name, messages in form.errors.items()}


# --- Making one -----------------------------------------------------------------------------------------------------


def test_a_schedule_is_made_in_the_name_of_who_makes_it(weekly: Report, manager: User, client_as: ClientAs):
    answer = client_as(manager).post(reverse(ADD), asked(weekly))
    assert answer.status_code == 302
    made = Schedule.objects.get()
    assert made.owner == manager
    assert (made.weekdays, made.at, made.formats) == ([1, 4], time(7, 30), ["pdf"])
    assert made.recipients.addresses == ("ann@example.com",)
    assert made.said_next == "Tomorrow, Thu 12 Mar 2026, 07:30 (New York time)"


def test_people_and_roles_are_kept(weekly: Report, manager: User, staff: User, client_as: ClientAs):
    viewers = Group.objects.get(name="viewer")
    client_as(manager).post(reverse(ADD), asked(weekly, people=[staff.pk], roles=[viewers.pk], addresses=""))
    made = Schedule.objects.get()
    assert made.recipients.people == (staff.pk,)
    assert made.recipients.roles == ("viewer",)


def test_somebody_must_get_it(weekly: Report, owner: User, client_as: ClientAs):
    answer = client_as(owner).post(reverse(ADD), asked(weekly, addresses="  \n"))
    assert errors_of(answer) == {"people": ["Say to whom: a person, a role or an address."]}


def test_what_is_no_address_is_named_with_its_line(weekly: Report, owner: User, client_as: ClientAs):
    answer = client_as(owner).post(reverse(ADD), asked(weekly, addresses="bea@example.com\nann@\n\nx y@example.com"))
    assert errors_of(answer) == {
        "addresses": ["Line 2: “ann@” is no address.", "Line 4: “x” is no address."]
    }  # and not that nobody gets it


def test_addresses_are_taken_as_people_write_them():
    assert addresses_in("Ann@x.test, bea@x.test;carl@x.test\n ann@X.test \n") == [
        "Ann@x.test",
        "bea@x.test",
        "carl@x.test",
    ]


def test_a_file_must_be_chosen(weekly: Report, owner: User, client_as: ClientAs):
    answer = client_as(owner).post(reverse(ADD), asked(weekly, formats=None))
    assert errors_of(answer) == {"formats": ["Choose at least one kind of file."]}


def test_a_weekly_one_needs_a_weekday(weekly: Report, owner: User, client_as: ClientAs):
    answer = client_as(owner).post(reverse(ADD), asked(weekly, weekdays=None))
    assert errors_of(answer) == {"weekdays": ["Choose at least one weekday."]}


@pytest.mark.parametrize("at", ["25:00", "", "07:30:15"])
def test_a_time_is_a_time_of_day(weekly: Report, owner: User, client_as: ClientAs, at: str):
    assert list(errors_of(client_as(owner).post(reverse(ADD), asked(weekly, at=at)))) == ["at"]


@pytest.mark.parametrize(("field", "value"), [("zone", "Mars/Olympus"), ("period", "soon"), ("every", "hour")])
def test_choices_are_those_offered(weekly: Report, owner: User, client_as: ClientAs, field: str, value: str):
    assert list(errors_of(client_as(owner).post(reverse(ADD), asked(weekly, **{field: value})))) == [field]


@pytest.mark.parametrize(("every", "day", "kept"), [("day", "77", 1), ("week", "", 1), ("month", "0", 0)])
def test_what_does_not_matter_for_the_rhythm_is_not_looked_at(
    weekly: Report, owner: User, client_as: ClientAs, every: str, day: str, kept: int
):
    """The script hides it; without the script it is there all the same, and may hold anything."""
    weekdays = [1] if every == "week" else ["never"]
    answer = client_as(owner).post(reverse(ADD), asked(weekly, every=every, day=day, weekdays=weekdays))
    assert answer.status_code == 302
    made = Schedule.objects.get()
    assert (made.day, made.weekdays) == (kept, [1] if every == "week" else [])


def test_zones_begin_with_the_shops(weekly: Report, owner: User, client_as: ClientAs):
    form = client_as(owner).get(reverse(ADD)).context["adminform"].form
    names = [value for value, _ in form.fields["zone"].choices]
    assert names[0] == "America/New_York"
    assert "Asia/Kolkata" in names
    assert len(names) == len(set(names))


def test_a_report_can_be_asked_for_in_the_address(weekly: Report, owner: User, client_as: ClientAs):
    answer = client_as(owner).get(reverse(ADD), {"report": weekly.pk})
    assert f'<option value="{weekly.pk}" selected' in answer.content.decode()


# --- Changing one ---------------------------------------------------------------------------------------------------


def test_what_is_there_is_shown_and_saving_it_changes_nothing(
    schedule: Schedule, owner: User, client_as: ClientAs, clock: Any
):
    clock.shift(86_400 * 2)  # it is due by now, and stays so
    before = Schedule.objects.values().get()
    client = client_as(owner)
    form = client.get(page_of(schedule)).context["adminform"].form
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent |= {"at": "07:00", "people": [], "roles": [], "is_paused": "", "only_if_data": ""}
    assert client.post(page_of(schedule), sent).status_code == 302
    assert Schedule.objects.values().get() == before


def test_whoever_changes_it_its_owner_stays(schedule: Schedule, manager: User, owner: User, client_as: ClientAs):
    for person in (manager, owner):
        data = asked(schedule.report, every="month", day=0, owner=manager.pk)
        assert client_as(person).post(page_of(schedule), data).status_code == 302
        schedule.refresh_from_db()
        assert schedule.owner == manager


def test_only_an_owner_of_the_shop_gives_it_another_owner(
    schedule: Schedule, manager: User, owner: User, viewer: User, client_as: ClientAs
):
    data = asked(schedule.report, owner=owner.pk)
    assert "owner" not in client_as(manager).get(page_of(schedule)).context["adminform"].form.fields
    client_as(manager).post(page_of(schedule), data)
    schedule.refresh_from_db()
    assert schedule.owner == manager
    assert client_as(owner).post(page_of(schedule), data).status_code == 302
    schedule.refresh_from_db()
    assert schedule.owner == owner
    refused = client_as(owner).post(page_of(schedule), asked(schedule.report, owner=viewer.pk))
    assert list(errors_of(refused)) == ["owner"]  # a viewer makes no reports


def test_a_reader_who_left_is_kept_until_taken_off(schedule: Schedule, owner: User, staff: User, client_as: ClientAs):
    schedule.people.add(staff)
    User.objects.filter(pk=staff.pk).update(is_active=False)
    said = text_of(client_as(owner).get(page_of(schedule)))
    assert "stella (may no longer sign in)" in said
    assert "stella: may no longer sign in" in said


def test_a_period_and_zone_from_elsewhere_stay_choosable(schedule: Schedule, owner: User, client_as: ClientAs):
    Schedule.objects.filter(pk=schedule.pk).update(period="2026-01-01/2026-01-31", zone="GB")
    data = asked(schedule.report, period="2026-01-01/2026-01-31", zone="GB", owner=schedule.owner_id)
    assert client_as(owner).post(page_of(schedule), data).status_code == 302


# --- What it leads to ------------------------------------------------------------------------------------------------


def test_beside_the_form_stands_when_and_to_whom(
    schedule: Schedule, owner: User, manager: User, staff: User, viewer: User, client_as: ClientAs
):
    schedule.roles.add(Group.objects.get(name="viewer"))
    schedule.people.add(owner, staff)
    User.objects.filter(pk=staff.pk).update(email="")
    said = text_of(client_as(owner).get(page_of(schedule)))
    assert "Next: Tomorrow, Thu 12 Mar 2026, 07:00 (New York time)" in said
    assert [day for day in range(13, 19) if f"{day} Mar 2026, 07:00" in said] == [13, 14, 15, 16, 17]
    assert "olivia olivia@lace-luxx.test sees everything" in said
    assert "victor victor@lace-luxx.test sees figures, no cost, no margin" in said
    assert "bea@example.com sees figures, no cost, no margin" in said
    assert "stella: has no e-mail address" in said
    assert "with the rights of marcus" in said


def test_another_zone_is_told_in_the_shops_time_too(schedule: Schedule, owner: User, client_as: ClientAs):
    Schedule.objects.filter(pk=schedule.pk).update(zone="Asia/Kolkata", at=time(1))
    said = text_of(client_as(owner).get(page_of(schedule)))
    assert "Next: Tomorrow, Thu 12 Mar 2026, 01:00 (Kolkata time)" in said  # noon in the shop is 21:30 there
    assert "Fri 13 Mar 2026, 01:00 (Thu 15:30 in the shop)" in said


def test_an_owner_who_may_no_longer_is_pointed_at(schedule: Schedule, owner: User, manager: User, client_as: ClientAs):
    manager.groups.clear()
    said = text_of(client_as(owner).get(page_of(schedule)))
    assert "marcus, in whose name it is made, may no longer make reports" in said
    assert "Nobody." in said


def test_the_form_is_told_what_it_would_lead_to(weekly: Report, owner: User, staff: User, client_as: ClientAs):
    address = reverse("reports:foresee")
    said = text_of(client_as(owner).post(address, asked(weekly, every="month", day=0, people=[staff.pk])))
    assert "Next: Tue 31 Mar 2026, 07:30 (New York time)" in said
    assert "stella stella@lace-luxx.test sees figures, no cost" in said
    half = text_of(client_as(owner).post(address, asked(weekly, weekdays=None, addresses="ann@")))
    assert "once days, time and zone are chosen" in half
    assert "Nobody." in half
    assert not Schedule.objects.exists()


def test_what_it_would_lead_to_counts_with_its_own_owner(schedule: Schedule, owner: User, client_as: ClientAs):
    address = reverse("reports:foresee", args=[schedule.pk])
    said = text_of(client_as(owner).post(address, asked(schedule.report, owner=schedule.owner_id)))
    assert "with the rights of marcus" in said


@pytest.mark.parametrize("who", ["staff", "viewer", "pos"])
def test_addresses_are_not_to_be_had_by_asking_what_it_leads_to(
    schedule: Schedule, request: pytest.FixtureRequest, client_as: ClientAs, who: str
):
    answer = client_as(request.getfixturevalue(who)).post(reverse("reports:foresee", args=[schedule.pk]), {})
    assert answer.status_code == 403


def test_rights_in_words(owner: User, viewer: User):
    assert in_words(Rights.of(owner)) == "sees everything"
    assert in_words(Rights.of(viewer)) == "sees figures, no cost, no margin, no payouts, no names of customers"
    assert in_words(Rights(frozenset())) == "sees nothing"
