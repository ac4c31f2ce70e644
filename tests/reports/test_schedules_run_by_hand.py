"""Schedules in the admin: the list, who may see and do what, and what can be done with one."""

from collections.abc import Callable
from typing import Any

import pytest
from boutique import Boutique
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from planned import asked, page_of
from said import text_of

from lacelux.outbox.models import Delivery
from reports import services
from reports.letters import StoppedLetters
from reports.models import Run, Schedule
from reports.schedules import open_due_runs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ClientAs = Callable[[User], Client]
ADD = "admin:reports_schedule_add"
LIST = "/admin/reports/schedule/"


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
