"""Processes that make reports and are killed: no mail is lost, and a run is made once (bar B1).

The process that dies is a real one and is killed with kill -9; the one that finishes is that of the test. Both have a
lease of half a second instead of forty seconds. `tests/outbox` shows the same of single mails, `test_chaos.py` of the
whole shop.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from datetime import time as clock_time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from boutique import Boutique, boutique
from django.contrib.auth.models import User
from django.utils import timezone

from inventory.models import Brand
from lacelux.outbox import leases
from lacelux.outbox.models import Delivery
from reports import production, renditions
from reports.models import Report, Run, Schedule
from reports.outlines import Outline, SectionOutline
from tests.outbox.post_office import PostOffice
from tests.reports.survival import Forge, expected_ids, finished, open_post_office, tell_nobody

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
LEASE = timedelta(seconds=0.5)
ANSWERS_WITHIN = 15.0  # seconds for making and sending, on a machine that does other things too
READERS = ["ann@x.test", "ben@x.test", "cleo@x.test"]
MARCH = Outline(
    title="The month",
    period="2026-03-01/2026-03-31",
    sections=(SectionOutline(analysis="brands/performance"), SectionOutline(analysis="inventory/aging")),
)
Work = Callable[[], list[Any]]
RunFor = Callable[..., Run]


@pytest.fixture(scope="module")
def forge(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    with Forge(tmp_path_factory.mktemp("forge"), "dying.py") as forge:
        yield forge


@pytest.fixture(autouse=True)
def _short_lease_and_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LEASE", LEASE)
    tell_nobody(monkeypatch)


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    with open_post_office(settings) as office:
        yield office


@pytest.fixture
def stock(transactional_db: None) -> Boutique:
    """The boutique of the tests of answers, committed."""
    return boutique()


@pytest.fixture
def killed(forge: Forge, office: PostOffice, settings: Any) -> Callable[..., None]:
    """`killed("produce", run.pk, at="claimed")`: a process begins the work and dies there."""

    def killed(work: str, *given: int, at: str, careless: str = "") -> None:
        forge.kills(
            work=work, given=given, point=at, careless=careless, storage=settings.REPORT_STORAGE_PATH,
            mail_port=office.port,
        )  # fmt: skip

    return killed


def asked(run_for: RunFor) -> Run:
    return run_for(MARCH, formats=("csv", "xlsx"), addresses=READERS)


def assert_each_has_it_once(run: Run, office: PostOffice) -> None:
    """Every reader has one mail of the run, and its files are whole and there once."""
    run.refresh_from_db()
    assert (run.state, run.send_number, run.failures, run.trouble) == ("done", 1, 0, "")
    assert office.message_ids == dict.fromkeys(expected_ids(run, READERS), 1)
    assert sorted(office.recipients) == READERS
    assert Delivery.objects.count() == len(READERS)
    for file in run.renditions.all():
        assert hashlib.sha256(file.file.read_bytes()).hexdigest() == file.sha256
    assert {file.as_of for file in run.renditions.all()} == {run.as_of}


# --- A run ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("point", "files_noted"),
    [
        ("claimed", 0),
        ("answered", 0),
        ("one of two painted", 1),
        ("file in place, not noted", 1),
        ("rendered", 6),
        ("run over, mails not posted", 6),
        ("mails posted, not committed", 6),
    ],
)
def test_killed_while_it_was_made_the_run_is_made_all_the_same(
    stock: Boutique, run_for: RunFor, work: Work, office: PostOffice, killed: Callable[..., None],
    point: str, files_noted: int,
) -> None:  # fmt: skip
    run = asked(run_for)
    killed("produce", run.pk, at=point)
    died_at = timezone.now()
    run.refresh_from_db()
    assert (run.state, run.renditions.count(), Delivery.objects.count()) == ("running", files_noted, 0)
    assert run.lease_until is not None
    assert run.lease_until - died_at <= LEASE

    production.produce(run.pk)  # a message that comes while the lease still holds
    took = finished(work, LEASE.total_seconds() + ANSWERS_WITHIN)
    print(f"\nkilled at “{point}”: all {len(READERS)} mails after {took:.1f} s")
    assert_each_has_it_once(run, office)
    assert run.attempts == 2
    assert run.renditions.count() == 6  # two forms and the body of the mail, for the readers and for who asked
    assert run.finished_at is not None
    assert run.finished_at > died_at


def test_killed_when_it_was_over_the_run_is_not_made_again(
    stock: Boutique, run_for: RunFor, work: Work, office: PostOffice, killed: Callable[..., None]
) -> None:
    """The mails are in the outbox by then, and no worker has been told of them."""
    run = asked(run_for)
    killed("produce", run.pk, at="ended")
    assert Delivery.objects.count() == len(READERS)
    finished(work, ANSWERS_WITHIN)
    assert_each_has_it_once(run, office)
    assert run.attempts == 1


def test_killed_when_a_mail_was_taken_the_second_is_the_same_to_the_byte(
    stock: Boutique, run_for: RunFor, work: Work, office: PostOffice, killed: Callable[..., None]
) -> None:
    """It is written anew for the second try: with the same files, the same figures and the same Message-ID."""
    run = asked(run_for)
    production.produce(run.pk)
    first = Delivery.objects.earliest("pk")
    killed("deliver", first.pk, at="accepted")
    finished(work, LEASE.total_seconds() + ANSWERS_WITHIN)
    times = dict.fromkeys(expected_ids(run, READERS), 1) | {first.message_id: 2}
    assert office.message_ids == times
    contents = {mail.content for mail in office.accepted if mail.message_id == first.message_id}
    assert len(contents) == 1
    first.refresh_from_db()
    assert (first.state, first.may_have_doubled) == ("sent", True)


def test_killed_again_and_again_it_is_given_up_at_last(
    stock: Boutique, run_for: RunFor, work: Work, office: PostOffice
) -> None:
    """What kills whoever makes it must not do so for ever: the others wait in the same queue."""
    run = asked(run_for)
    Run.objects.update(attempts=production.MOST_ATTEMPTS)
    finished(work, ANSWERS_WITHIN)
    run.refresh_from_db()
    assert (run.state, office.accepted) == ("failed", [])
    assert "10 interrupted tries" in run.trouble


def test_files_that_killed_processes_left_are_removed_in_time(
    stock: Boutique, run_for: RunFor, work: Work, settings: Any, killed: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    run = asked(run_for)
    killed("produce", run.pk, at="file in place, not noted")
    Brand.objects.filter(name="Chanel").update(name="Coco")  # so that the files made anew are others
    finished(work, LEASE.total_seconds() + ANSWERS_WITHIN)
    home = Path(settings.REPORT_STORAGE_PATH)
    noted = {file.file for file in run.renditions.all()}
    assert noted < files_below(home)  # nobody is told of the others

    renditions.remove_old()
    assert noted < files_below(home)  # young ones may be of somebody who is at it
    monkeypatch.setattr(renditions, "STRAY_AFTER", -1)
    renditions.remove_old()
    assert files_below(home) == noted


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


# --- The sweep --------------------------------------------------------------------------------------------------------


@pytest.fixture
def due(stock: Boutique, report: Report, owner: User) -> Schedule:
    """A schedule whose time has come."""
    schedule = Schedule.objects.create(
        report=report, owner=owner, every="day", at=clock_time(7), zone="UTC", formats=["csv"],
        addresses="\n".join(READERS),
    )  # fmt: skip
    assert schedule.next_due_at is not None
    Schedule.objects.update(next_due_at=schedule.next_due_at - timedelta(days=1))
    return schedule


@pytest.mark.parametrize(
    ("point", "runs_left"), [("schedule moved, run not made", 0), ("runs opened", 1), ("first worker told", 1)]
)
def test_killed_while_it_asked_what_is_due_the_sweep_forgets_nothing(
    due: Schedule, work: Work, office: PostOffice, killed: Callable[..., None], point: str, runs_left: int
) -> None:
    killed("sweep", at=point)
    assert Run.objects.count() == runs_left
    finished(work, ANSWERS_WITHIN)
    [run] = Run.objects.all()
    assert_each_has_it_once(run, office)


# --- Controls ---------------------------------------------------------------------------------------------------------


def test_control_without_an_end_to_the_lease_nobody_finishes(
    stock: Boutique, run_for: RunFor, work: Work, office: PostOffice, killed: Callable[..., None]
) -> None:
    run = asked(run_for)
    killed("produce", run.pk, at="rendered", careless="lease")
    time.sleep(LEASE.total_seconds() + 0.5)
    work()
    run.refresh_from_db()
    assert (run.state, run.attempts, office.accepted) == ("running", 1, [])


def test_control_without_one_transaction_at_the_end_the_mails_are_lost(
    stock: Boutique, run_for: RunFor, work: Work, office: PostOffice, killed: Callable[..., None]
) -> None:
    run = asked(run_for)
    killed("produce", run.pk, at="run over, mails not posted", careless="transaction")
    finished(work, ANSWERS_WITHIN)
    run.refresh_from_db()
    assert (run.state, office.accepted) == ("done", [])


def test_control_without_a_transaction_the_sweep_forgets_a_due_time(
    due: Schedule, work: Work, office: PostOffice, killed: Callable[..., None]
) -> None:
    killed("sweep", at="schedule moved, run not made", careless="transaction")
    finished(work, ANSWERS_WITHIN)
    due.refresh_from_db()
    assert due.next_due_at is not None
    assert due.next_due_at > timezone.now()
    assert (Run.objects.count(), office.accepted) == (0, [])
