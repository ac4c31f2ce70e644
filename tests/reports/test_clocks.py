"""Two clocks and three workers over a day: one run for each schedule and due time, one mail for each reader (bar B2).

Simulated is only what the clocks take for the time: they look every five minutes of 12 March 2026. See `clocking.py`.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from boutique import boutique
from django.conf import settings as shop_settings
from django.contrib.auth.models import User
from django.db import connection

from lacelux.outbox.models import Delivery
from reports.models import Run, Schedule
from reports.outlines import Outline, SectionOutline
from reports.shipped import make
from tests.outbox.post_office import PostOffice
from tests.reports.survival import HERE, environment, open_post_office, tell_nobody

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
MIDNIGHT = datetime(2026, 3, 12, tzinfo=ZoneInfo("America/New_York"))
STEP = timedelta(minutes=5)
LOOKS = 24 * 12 + 1  # both midnights
SCHEDULES = 20
Pass = Callable[..., None]


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    with open_post_office(settings) as office:
        yield office


@pytest.fixture
def pass_a_day(office: PostOffice, settings: Any, tmp_path: Path) -> Pass:
    """`pass_a_day(clock="real", workers=3)`"""

    def pass_a_day(*, clock: str, workers: int) -> None:
        command = [
            sys.executable, str(HERE / "clocking.py"), MIDNIGHT.isoformat(), str(int(STEP.total_seconds())), str(LOOKS),
            clock, str(workers), settings.REPORT_STORAGE_PATH, str(office.port),
        ]  # fmt: skip
        done = subprocess.run(
            command, env=environment(tmp_path, CELERY_BROKER_URL="memory://"), cwd=shop_settings.BASE_DIR,
            capture_output=True, text=True, timeout=150,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    return pass_a_day


@pytest.fixture
def day(owner: User, monkeypatch: pytest.MonkeyPatch) -> list[Schedule]:
    """Twenty daily schedules, made the day before: most at times of their own, four at seven o'clock."""
    tell_nobody(monkeypatch)
    boutique()
    report = make(Outline(title="The day", period="30d", sections=(SectionOutline(analysis="brands/performance"),)))
    times = [time(7)] * 4 + [time(n, 17 * n % 60) for n in range(1, 17)]
    with time_machine.travel(MIDNIGHT - timedelta(minutes=1), tick=False):
        return [
            Schedule.objects.create(
                report=report, owner=owner, every="day", at=at, zone="America/New_York", formats=["csv"],
                addresses=f"reader{n}@x.test",
            )
            for n, at in enumerate(times)
        ]  # fmt: skip


@contextmanager
def no_constraint() -> Iterator[None]:
    """Without "one run for each schedule and due time"."""
    own = Run._meta.constraints
    [constraint] = [each for each in own if each.name == "reports_run_once_per_due_time"]
    Run._meta.constraints = [each for each in own if each is not constraint]  # SQLite makes the table anew from these
    with connection.schema_editor() as editor:
        editor.remove_constraint(Run, constraint)
    try:
        yield
    finally:
        Run.objects.all().delete()
        Run._meta.constraints = own
        with connection.schema_editor() as editor:
            editor.add_constraint(Run, constraint)


def runs_of_each() -> Counter[tuple[int, datetime]]:
    """How many runs there are for each schedule and due time."""
    return Counter(Run.objects.values_list("schedule_id", "due_at"))


def due_times(schedules: list[Schedule]) -> set[tuple[int, datetime | None]]:
    return {(schedule.pk, schedule.next_due_at) for schedule in schedules}


def test_each_due_time_has_one_run_and_each_reader_one_mail(
    day: list[Schedule], pass_a_day: Pass, office: PostOffice
) -> None:
    pass_a_day(clock="real", workers=3)
    assert runs_of_each() == dict.fromkeys(due_times(day), 1)
    assert Counter(office.recipients) == {f"reader{n}@x.test": 1 for n in range(SCHEDULES)}
    assert set(Run.objects.values_list("state", "attempts", "send_number")) == {("done", 1, 1)}
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}
    assert {run.today for run in Run.objects.all()} == {MIDNIGHT.date()}
    due_next = set(Schedule.objects.values_list("pk", "next_due_at"))
    assert due_next == {(pk, due + timedelta(days=1)) for pk, due in due_times(day)}
    print(f"\n{SCHEDULES} schedules, {LOOKS} looks of 2 clocks, 3 workers: 0 lost, 0 doubled")


@pytest.mark.parametrize("lacking", ["constraint", "care"])
def test_either_protection_alone_suffices(day: list[Schedule], pass_a_day: Pass, lacking: str) -> None:
    """A clock that compares and swaps needs no constraint, and with the constraint a careless one makes no double."""
    if lacking == "care":
        pass_a_day(clock="careless", workers=0)
        assert runs_of_each() == dict.fromkeys(due_times(day), 1)
        return
    with no_constraint():
        pass_a_day(clock="real", workers=0)
        assert runs_of_each() == dict.fromkeys(due_times(day), 1)


def test_control_with_neither_of_them_readers_get_it_twice(
    day: list[Schedule], pass_a_day: Pass, office: PostOffice
) -> None:
    few = day[:6]
    Schedule.objects.exclude(pk__in=[schedule.pk for schedule in few]).delete()
    with no_constraint():
        pass_a_day(clock="careless", workers=3)
        assert runs_of_each() == dict.fromkeys(due_times(few), 2)
        assert Counter(office.recipients) == {f"reader{n}@x.test": 2 for n in range(len(few))}
        assert len(office.message_ids) == 2 * len(few)  # no mail program can tell that they are doubles
