"""The clock: which runs it opens, what it does after days without power, and how a schedule stops."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from boutique import Boutique
from django.contrib.auth.models import User
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from march import states

from lacelux.outbox import delivering
from lacelux.outbox.models import Delivery
from lacelux.outbox.sending import Refused
from lacelux.outbox.tasks import deliver
from reports import production
from reports.models import Report, Run, Schedule
from reports.schedules import open_due_runs, open_run, pause, resume

pytestmark = pytest.mark.django_db
Clock = Any
Work = Callable[[], list[Any]]
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def schedule(clock: Clock, report: Report, owner: User) -> Schedule:
    """Every day at 07:00, made on Wednesday, 11 March 2026, at noon."""
    made = Schedule.objects.create(
        report=report, owner=owner, every="day", at=time(7), zone="America/New_York", formats=["csv"],
        addresses="ann@x.test",
    )  # fmt: skip
    return made


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=NEW_YORK)


def test_the_next_due_time_is_known_from_the_start(schedule: Schedule):
    assert schedule.next_due_at == local(2026, 3, 12, 7)
    assert schedule.said_next.startswith("Tomorrow, Thu 12 Mar 2026, 07:00")


def test_nothing_happens_before_it_is_due(schedule: Schedule, clock: Clock):
    clock.move_to(local(2026, 3, 12, 6, 59))
    assert open_due_runs(timezone.now()) == []


def test_a_due_schedule_opens_one_run_and_knows_the_next(schedule: Schedule, clock: Clock):
    clock.move_to(local(2026, 3, 12, 7, 0, 10))
    [run] = open_due_runs(timezone.now())
    assert open_due_runs(timezone.now()) == []
    assert (run.due_at, run.cause, run.owner) == (local(2026, 3, 12, 7), "schedule", schedule.owner)
    assert run.today.isoformat() == "2026-03-12"
    assert run.outline == schedule.report.outline
    assert run.recipients == schedule.recipients
    schedule.refresh_from_db()
    assert schedule.next_due_at == local(2026, 3, 13, 7)


def test_two_clocks_open_one_run(schedule: Schedule, clock: Clock):
    """Both have read the schedule before either moved it on."""
    clock.move_to(local(2026, 3, 12, 7, 1))
    first, second = Schedule.objects.get(), Schedule.objects.get()
    assert open_run(first, timezone.now()) is not None
    assert open_run(second, timezone.now()) is None
    assert Run.objects.count() == 1


def test_a_second_run_for_the_same_due_time_is_refused_by_the_database(schedule: Schedule, clock: Clock):
    clock.move_to(local(2026, 3, 12, 7, 1))
    [run] = open_due_runs(timezone.now())
    run.pk, run.uuid = None, "00000000-0000-0000-0000-000000000001"
    with pytest.raises(IntegrityError), transaction.atomic():
        run.save(force_insert=True)


def test_after_three_days_down_one_mail_of_the_latest(schedule: Schedule, shop: Boutique, clock: Clock, work: Work):
    clock.move_to(local(2026, 3, 15, 12))
    assert len(work()) == 1
    assert work() == []
    run = Run.objects.get()
    assert run.due_at == local(2026, 3, 15, 7)
    assert run.notes == ["3 earlier due times had passed while the shop was down: this is the latest."]


def test_the_period_is_that_of_the_due_day_however_late_it_is_made(schedule: Schedule, clock: Clock):
    clock.move_to(local(2026, 3, 13, 1))
    [run] = open_due_runs(timezone.now())
    assert run.today.isoformat() == "2026-03-12"


def test_its_own_period_goes_before_the_reports(schedule: Schedule, clock: Clock):
    Schedule.objects.update(period="last-month")
    clock.move_to(local(2026, 3, 12, 8))
    [run] = open_due_runs(timezone.now())
    assert run.outline.period == "last-month"


class TestChanging:
    def test_a_new_time_counts_from_now(self, schedule: Schedule):
        schedule.at = time(15)
        schedule.save()
        assert schedule.next_due_at == local(2026, 3, 11, 15)

    def test_a_change_of_something_else_does_not_lose_a_time_that_is_due(self, schedule: Schedule, clock: Clock):
        clock.move_to(local(2026, 3, 12, 7, 0, 5))
        schedule.only_if_data = True
        schedule.save()
        [run] = open_due_runs(timezone.now())
        assert run.due_at == local(2026, 3, 12, 7)

    def test_paused_it_is_never_due_and_resumed_it_goes_on_from_now(self, schedule: Schedule, clock: Clock):
        pause(schedule)
        assert schedule.said_next == "Paused"
        clock.move_to(local(2026, 3, 20, 12))
        assert open_due_runs(timezone.now()) == []
        resume(schedule)
        assert schedule.next_due_at == local(2026, 3, 21, 7)

    def test_the_database_refuses_a_paused_one_that_is_due(self, schedule: Schedule):
        with pytest.raises(IntegrityError), transaction.atomic():
            Schedule.objects.update(is_paused=True)

    def test_a_rule_that_cannot_be_is_refused_with_its_field(self, schedule: Schedule):
        for name, value, words in (
            ("zone", "Mars/Base", "is no time zone"), ("weekdays", [8], "Weekdays"), ("day", 32, "31"),
            ("formats", [], "Choose one or more files"), ("formats", ["doc"], "Choose one or more"),
            ("addresses", "ann@", "valid email"), ("period", "soon", "is no period"),
        ):  # fmt: skip
            wrong = Schedule.objects.get()
            wrong.every = "month" if name == "day" else "week"
            wrong.weekdays = [1]
            setattr(wrong, name, value)
            with pytest.raises(ValidationError) as caught:
                wrong.full_clean()
            assert words in str(caught.value.message_dict[name]), name


class TestFailing:
    def fail(self, schedule: Schedule, clock: Clock, work: Work, times: int) -> None:
        for _ in range(times):
            clock.shift(timedelta(days=1))
            work()

    def test_five_failures_in_a_row_stop_it_and_tell_its_owner(
        self, schedule: Schedule, shop: Boutique, clock: Clock, work: Work
    ):
        User.objects.filter(pk=schedule.owner_id).update(is_active=False)
        boss = User.objects.create_user("boss", "boss@lace-luxx.test", is_staff=True)
        boss.groups.add(*schedule.owner.groups.all())
        self.fail(schedule, clock, work, 4)
        schedule.refresh_from_db()
        assert (schedule.failures, schedule.stopped_at) == (4, None)
        self.fail(schedule, clock, work, 1)
        schedule.refresh_from_db()
        assert schedule.stopped_at is not None
        assert schedule.next_due_at is None
        assert schedule.said_next == "Stopped: olivia, in whose name it is made, may no longer sign in."
        [notice] = mail.outbox  # the owner is deactivated and gets nothing: the shop's owners are told
        assert (notice.to, notice.subject) == (["boss@lace-luxx.test"], "Stopped: The month")
        assert "may no longer sign in" in notice.message().as_string()
        self.fail(schedule, clock, work, 3)
        assert Run.objects.count() == 5

    def test_the_owner_is_told_where_there_is_one(
        self, schedule: Schedule, shop: Boutique, clock: Clock, work: Work, owner: User, viewer: User
    ):
        Schedule.objects.update(addresses="")
        schedule.people.set([viewer])
        User.objects.filter(pk=viewer.pk).update(is_active=False)
        self.fail(schedule, clock, work, 5)
        assert [message.to for message in mail.outbox] == [[owner.email]]

    def test_one_success_in_between_counts_anew(self, schedule: Schedule, shop: Boutique, clock: Clock, work: Work):
        User.objects.update(is_active=False)
        self.fail(schedule, clock, work, 4)
        User.objects.update(is_active=True)
        self.fail(schedule, clock, work, 1)
        schedule.refresh_from_db()
        assert (schedule.failures, schedule.trouble) == (0, "")

    def test_a_run_whose_mails_are_all_refused_has_failed(
        self, schedule: Schedule, shop: Boutique, clock: Clock, work: Work, monkeypatch: pytest.MonkeyPatch
    ):
        def refuse(message: Any, line: Any) -> None:
            raise Refused(f"550 No such user {message.to[0]}")

        monkeypatch.setattr(delivering, "send", refuse)
        Schedule.objects.update(addresses="ann@x.test ben@x.test")
        self.fail(schedule, clock, work, 1)
        schedule.refresh_from_db()
        assert set(states().values()) == {"refused"}
        assert schedule.failures == 1
        assert "550 No such user" in schedule.trouble

    def test_a_run_of_which_one_mail_came_through_has_not(
        self, schedule: Schedule, shop: Boutique, clock: Clock, work: Work, monkeypatch: pytest.MonkeyPatch
    ):
        send = delivering.send

        def refuse(message: Any, line: Any) -> None:
            if message.to == ["ben@x.test"]:
                raise Refused("550 No such user")
            send(message, line)

        monkeypatch.setattr(delivering, "send", refuse)
        Schedule.objects.update(addresses="ann@x.test ben@x.test")
        self.fail(schedule, clock, work, 1)
        schedule.refresh_from_db()
        assert states() == {"ann@x.test": "sent", "ben@x.test": "refused"}
        assert schedule.failures == 0

    def test_resumed_after_a_stop_it_counts_from_nothing(self, schedule: Schedule, clock: Clock):
        Schedule.objects.update(stopped_at=timezone.now(), next_due_at=None, failures=5, trouble="No")
        schedule.refresh_from_db()
        resume(schedule)
        assert (schedule.failures, schedule.stopped_at) == (0, None)
        assert schedule.next_due_at == local(2026, 3, 12, 7)


class TestRightsAtSending:
    """B5: between making and sending rights may go."""

    def test_a_person_deactivated_before_the_mail_went_out_gets_nothing(
        self, schedule: Schedule, shop: Boutique, clock: Clock, viewer: User
    ):
        schedule.people.set([viewer])
        clock.shift(timedelta(days=1))
        [run] = open_due_runs(timezone.now())
        production.produce(run.pk)
        User.objects.filter(pk=viewer.pk).update(is_active=False)
        for delivery in Delivery.objects.all():
            deliver(delivery.pk)
        assert states() == {"ann@x.test": "sent", viewer.email: "withheld"}
        assert Delivery.objects.get(address=viewer.email).words == "victor may no longer sign in."

    def test_a_deleted_person_does_not_become_a_bare_address(
        self, schedule: Schedule, shop: Boutique, clock: Clock, viewer: User
    ):
        schedule.people.set([viewer])
        clock.shift(timedelta(days=1))
        [run] = open_due_runs(timezone.now())
        production.produce(run.pk)
        address = viewer.email
        viewer.delete()
        deliver(Delivery.objects.get(address=address).pk)
        assert Delivery.objects.get(address=address).state == "withheld"

    def test_a_deactivated_owner_sends_nothing(self, schedule: Schedule, shop: Boutique, clock: Clock, owner: User):
        clock.shift(timedelta(days=1))
        [run] = open_due_runs(timezone.now())
        production.produce(run.pk)
        User.objects.filter(pk=owner.pk).update(is_active=False)
        deliver(Delivery.objects.get().pk)
        assert mail.outbox == []
        assert Delivery.objects.get().words == "olivia, in whose name it goes out, may no longer sign in."
