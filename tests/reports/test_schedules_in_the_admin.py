"""Schedules as the owner of a shop makes them: the form, what stands beside it, the list, what can be done with one."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from boutique import Boutique
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from said import text_of

from lacelux.outbox.models import Delivery
from reports import services, shipped
from reports.audience import Rights
from reports.foreseen import in_words
from reports.forms.recipients import addresses_in
from reports.letters import StoppedLetters
from reports.models import Report, Run, Schedule
from reports.schedules import open_due_runs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ClientAs = Callable[[User], Client]
ADD = "admin:reports_schedule_add"
LIST = "/admin/reports/schedule/"


@pytest.fixture
def weekly(db: None) -> Report:
    shipped.install()
    return Report.objects.get(slug="weekly-review")


def asked(report: Report, **other: Any) -> dict[str, Any]:
    """The form as it is sent for: every Monday and Thursday at 07:30 in New York, to one address, as a PDF."""
    plain = {
        "report": report.pk, "every": "week", "weekdays": [1, 4], "day": 1, "at": "07:30", "zone": "America/New_York",
        "period": "", "formats": ["pdf"], "addresses": "ann@example.com",
    }  # fmt: skip
    return {name: value for name, value in {**plain, **other}.items() if value is not None}


@pytest.fixture
def schedule(weekly: Report, manager: User) -> Schedule:
    """The manager's: every day at 07:00."""
    return Schedule.objects.create(
        report=weekly, owner=manager, every="day", at=time(7), formats=["pdf", "csv"],
        addresses="ann@example.com\nbea@example.com\ncarl@example.com",
    )  # fmt: skip


def page_of(schedule: Schedule) -> str:
    return reverse("admin:reports_schedule_change", args=[schedule.pk])


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


# --- The list --------------------------------------------------------------------------------------------------------


def test_the_list_says_what_goes_out_when_and_to_whom(schedule: Schedule, owner: User, client_as: ClientAs):
    said = text_of(client_as(owner).get(LIST))
    for words in (
        "Weekly business review", "Every day at 07:00, New York time", "Tomorrow, Thu 12 Mar 2026, 07:00",
        "ann@example.com, bea@example.com, 1 more", "PDF, CSV", "Active", "None yet",
    ):  # fmt: skip
        assert words in said, words


def test_the_list_leads_to_the_last_run(schedule: Schedule, owner: User, client_as: ClientAs, clock: Any):
    clock.shift(86_400)
    [run] = open_due_runs(timezone.now())
    page = client_as(owner).get(LIST).content.decode()
    assert f'href="{run.get_absolute_url()}"' in page
    assert "Waiting" in page


def test_a_stopped_one_says_why(schedule: Schedule, owner: User, staff: User, client_as: ClientAs):
    why = "No mail of it got through. ann@example.com: 550 No such user"
    Schedule.objects.filter(pk=schedule.pk).update(stopped_at=timezone.now(), next_due_at=None, trouble=why, failures=5)
    said = text_of(client_as(owner).get(LIST))
    assert f"Stopped: {why}" in said
    assert why in text_of(client_as(owner).get(page_of(schedule)))
    for address in (LIST, page_of(schedule)):
        told = text_of(client_as(staff).get(address))
        assert "Stopped" in told
        assert "ann@example.com" not in told


def test_its_owner_is_told_which_one_stopped_and_what_to_do(
    schedule: Schedule, manager: User, clock: Any, client_as: ClientAs
):
    clock.shift(86_400)
    [run] = open_due_runs(timezone.now())
    Schedule.objects.filter(pk=schedule.pk).update(
        stopped_at=timezone.now(), next_due_at=None, failures=5, trouble="Brands: There is no brand “Fendy & Sons”."
    )
    delivery = Delivery(kind="stopped", reference=run.uuid, address=manager.email, person=manager)
    letter = StoppedLetters().compose(delivery)
    assert letter.subject == "Stopped: Weekly business review"
    for words in (
        "every day at 07:00, New York time", "failed 5 times in a row", "no brand “Fendy & Sons”.", "“Resume”",
        f"http://127.0.0.1:8000{page_of(schedule)}",
    ):  # fmt: skip
        assert words in letter.body, words


def test_the_list_asks_as_often_for_many_as_for_one(schedule: Schedule, owner: User, client_as: ClientAs):
    client = client_as(owner)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked_for:
            assert client.get(LIST).status_code == 200
        return len(asked_for)

    queries()
    few = queries()
    for number in range(12):
        more = Schedule.objects.create(
            report=schedule.report, owner=owner, every="day", formats=["pdf"], addresses=f"x{number}@example.com"
        )
        more.people.add(owner)
        more.roles.add(Group.objects.get(name="viewer"))
    assert queries() == few


# --- Who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["staff", "viewer"])
def test_without_personal_data_it_is_seen_without_readers_and_not_changed(
    schedule: Schedule, request: pytest.FixtureRequest, client_as: ClientAs, owner: User, who: str
):
    schedule.people.add(owner)
    client = client_as(request.getfixturevalue(who))
    for address in (LIST, page_of(schedule)):
        page = client.get(address)
        assert page.status_code == 200
        assert "Every day at 07:00, New York time" in text_of(page)
        assert not [name for name in ("ann@example.com", "olivia", "To whom:") if name in text_of(page)]
    assert client.get(reverse(ADD)).status_code == 403
    assert client.post(page_of(schedule), asked(schedule.report)).status_code == 403
    assert client.get(reverse("admin:reports_schedule_history", args=[schedule.pk])).status_code == 403
    for name in ("pause", "resume", "run-now"):
        assert client.post(f"{LIST}{schedule.pk}/{name}/").status_code == 403, name
    assert client.post(reverse("admin:reports_schedule_delete", args=[schedule.pk]), {"post": "yes"}).status_code == 403


def test_the_till_sees_none(schedule: Schedule, pos: User, client_as: ClientAs):
    assert client_as(pos).get(LIST).status_code == 403


def test_who_may_not_see_readers_cannot_wipe_them_out(schedule: Schedule, staff: User, client_as: ClientAs):
    """Even somebody given the right to change schedules by hand."""
    staff.user_permissions.add(Permission.objects.get(codename="change_schedule"))
    assert client_as(staff).post(page_of(schedule), asked(schedule.report, addresses="")).status_code == 403
    schedule.refresh_from_db()
    assert len(schedule.recipients.addresses) == 3


# --- What can be done with one ---------------------------------------------------------------------------------------


def test_it_is_paused_and_resumed(schedule: Schedule, manager: User, client_as: ClientAs):
    client = client_as(manager)
    assert "Due times that pass meanwhile" in text_of(client.get(f"{LIST}{schedule.pk}/pause/"))
    assert client.post(f"{LIST}{schedule.pk}/pause/").status_code == 302
    schedule.refresh_from_db()
    assert (schedule.is_paused, schedule.next_due_at) == (True, None)
    page = client.get(page_of(schedule)).content.decode()
    assert "/resume/" in page
    assert "/pause/" not in page
    assert client.post(f"{LIST}{schedule.pk}/resume/").status_code == 302
    schedule.refresh_from_db()
    assert schedule.said_next.startswith("Tomorrow")


def test_a_stopped_one_is_resumed_with_no_failures(schedule: Schedule, manager: User, client_as: ClientAs):
    Schedule.objects.filter(pk=schedule.pk).update(stopped_at=timezone.now(), next_due_at=None, failures=5)
    assert client_as(manager).post(f"{LIST}{schedule.pk}/resume/").status_code == 302
    schedule.refresh_from_db()
    assert (schedule.stopped_at, schedule.failures) == (None, 0)
    assert schedule.next_due_at is not None


def test_run_now_is_made_by_who_asks_and_is_no_turn_of_it(schedule: Schedule, owner: User, client_as: ClientAs):
    Schedule.objects.filter(pk=schedule.pk).update(period="last-month")
    due = Schedule.objects.get().next_due_at
    answer = client_as(owner).post(f"{LIST}{schedule.pk}/run-now/")
    run = Run.objects.get()
    assert answer.headers["Location"] == run.get_absolute_url()
    assert (run.owner, run.cause, run.report, run.schedule) == (owner, "person", schedule.report, None)
    assert (run.outline.period, run.formats) == ("last-month", ["pdf", "csv"])
    assert run.recipients == schedule.recipients
    assert Schedule.objects.get().next_due_at == due


def test_run_now_gives_nobody_more_than_who_asks_may_see(
    shop: Boutique, schedule: Schedule, owner: User, work: Callable[[], list[Any]]
):
    """A manager without the right to see cost presses the button of a schedule whose owner has it."""
    half = User.objects.create_user("half", "half@lace-luxx.test", "a long password", is_staff=True)
    half.user_permissions.set(Permission.objects.filter(codename__in=["view_figures", "add_run"]))
    schedule.people.add(owner)
    run = services.run_schedule_now(schedule=schedule, by=half)
    work()
    assert {tuple(each.permissions) for each in run.renditions.all()} == {("access.view_figures",)}


def test_it_is_deleted_after_asking(schedule: Schedule, manager: User, client_as: ClientAs, clock: Any):
    clock.shift(86_400)
    run = services.run_report(
        outline=schedule.report.outline, owner=manager, cause="schedule", formats=["csv"], report=schedule.report
    )
    Run.objects.filter(pk=run.pk).update(schedule=schedule)
    address = reverse("admin:reports_schedule_delete", args=[schedule.pk])
    client = client_as(manager)
    assert client.get(address).status_code == 200
    assert Schedule.objects.exists()
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert not Schedule.objects.exists()
    assert Run.objects.get().schedule is None  # what ran stays on record


def test_every_deed_is_in_its_history(schedule: Schedule, manager: User, client_as: ClientAs):
    client = client_as(manager)
    client.post(f"{LIST}{schedule.pk}/pause/")
    history = client.get(reverse("admin:reports_schedule_history", args=[schedule.pk]))
    assert history.status_code == 200
    assert "marcus" in text_of(history)
