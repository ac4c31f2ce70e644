"""The whole shop while its processes are killed at random: every mail comes, within two minutes (bar B1).

Real workers and a real clock with all that they have in production: leases of forty seconds, a look every half minute,
growing pauses before one that died is started again. On SQLite the queue is files and there is one worker; on
PostgreSQL it is a Redis of the test's own, which keeps nothing and is killed like the rest, and there are two.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from boutique import boutique
from django.conf import settings as shop_settings
from django.contrib.auth.models import User
from django.db import connection

from lacelux.outbox.models import Delivery, message_id
from reports.models import Report, Run, Schedule
from tests.outbox.post_office import PostOffice, free_port
from tests.reports.survival import HERE, SENDER, environment, is_all_over
from tests.running.shop import processes_of

pytestmark = [pytest.mark.soak, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]
SEED = 20_261_125
HAVOC = 120.0  # seconds
RUNS, SCHEDULES = 45, 3
RECOVERS_WITHIN = 120.0  # seconds after the last kill
SCRIPT = str(HERE / "whole_shop.py")


class OwnRedis:
    """A Redis that keeps nothing, so that a kill loses all that was queued."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        options = {"port": self.port, "bind": "127.0.0.1", "dir": self.folder, "save": "", "appendonly": "no"}
        words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
        with (self.folder / "redis.log").open("a") as log:
            self.process = subprocess.Popen(["redis-server", *words], stdout=log, stderr=log)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@dataclass
class Havoc:
    """Kills workers, the clock and Redis at random. `kills` tells whom, and how often."""

    folder: Path
    redis: OwnRedis | None
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))
    kills: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def rage(self, seconds: float) -> None:
        """At last everything dies within a moment, so that what recovers begins with nothing but the database."""
        over = time.monotonic() + seconds
        victims = ["worker", "worker", "beat", *(["redis"] if self.redis else [])]
        while time.monotonic() < over:
            time.sleep(self.dice.uniform(3, 13))
            self.kill(self.dice.choice(victims))
        for victim in ("worker", "worker", "beat", "redis"):
            self.kill(victim)

    def kill(self, victim: str) -> None:
        if victim == "redis":
            if self.redis:
                self.redis.kill()
                self.kills[victim] += 1
                time.sleep(self.dice.uniform(0.5, 4))
                self.redis.start()
            return
        alive = sorted(pid for pid, command in processes_of(self.folder).items() if f" {victim} " in command)
        if alive:  # else dead already; it is started again in its time
            self.kills[victim] += 1
            with suppress(ProcessLookupError):
                os.kill(self.dice.choice(alive), signal.SIGKILL)

    def __str__(self) -> str:
        return ", ".join(f"{victim} {count}×" for victim, count in sorted(self.kills.items()))


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[OwnRedis | None]:
    """None on SQLite, which stands for a shop without any service."""
    if connection.vendor == "sqlite":
        yield None
    elif not shutil.which("redis-server"):
        pytest.skip("no redis-server that could be killed")
    else:
        with OwnRedis(tmp_path) as redis:
            yield redis


@pytest.fixture
def readers(owner: User, manager: User, viewer: User, report: Report, settings: Any) -> None:
    """The boutique, its people, and schedules that come due while processes are killed."""
    settings.DEFAULT_FROM_EMAIL = SENDER  # Message-IDs are made from it
    boutique()
    soon = datetime.now(UTC) + timedelta(seconds=75)
    for n in range(SCHEDULES):
        Schedule.objects.create(
            report=report, owner=owner, every="day", at=soon.time().replace(second=0, microsecond=0), zone="UTC",
            formats=["csv"], addresses=f"cleo{n}@x.test dora{n}@x.test",
        )  # fmt: skip


@contextmanager
def shop(folder: Path, office: PostOffice, redis: OwnRedis | None, manner: str) -> Iterator[dict[str, str]]:
    """Workers and clock; the environment of a process beside them. What they say goes to `folder`/output."""
    services = {"REDIS_URL": redis.url} if redis else {}
    services["WORKER_CONCURRENCY"] = "4"
    own = environment(folder, EMAIL_URL=f"smtp://127.0.0.1:{office.port}", **services)
    with (folder / "output").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, SCRIPT, "tend", manner, "2" if redis else "1"], env=own, cwd=shop_settings.BASE_DIR,
            stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield own
    finally:
        process.terminate()
        process.wait(30)
        assert processes_of(folder) == {}


def asking(own: dict[str, str], seconds: float) -> subprocess.Popen[bytes]:
    words = [SCRIPT, "ask", str(RUNS), str(seconds), str(SEED)]
    return subprocess.Popen([sys.executable, *words], env=own, cwd=shop_settings.BASE_DIR)


def expected() -> dict[str, tuple[str, str]]:
    """Message-ID → title and address, of every reader of every run."""
    people = dict(User.objects.values_list("pk", "email"))
    return {
        message_id(kind="report", reference=run.uuid, address=address, send_number=1): (run.title, address)
        for run in Run.objects.all()
        for address in [*(people[pk] for pk in run.recipients.people), *run.recipients.addresses]
    }


@dataclass
class Outcome:
    """What became of the mails after a shop was killed at and left alone."""

    mails: dict[str, tuple[str, str]]
    arrived: dict[str, int]
    addressed: set[tuple[str, str]]  # Message-ID, address
    seconds: float

    @property
    def lost(self) -> set[str]:
        return set(self.mails) - set(self.arrived)

    @property
    def doubled(self) -> int:
        return sum(times > 1 for times in self.arrived.values())


def havoc_in(folder: Path, redis: OwnRedis | None, manner: str) -> Outcome:
    """Ask for reports while all is killed at random, then leave it alone until nothing is left to do."""
    with ExitStack() as stack:
        office = stack.enter_context(PostOffice(takes=0.8))
        own = stack.enter_context(shop(folder, office, redis, manner))
        asker = stack.enter_context(asking(own, HAVOC * 0.8))
        havoc = Havoc(folder, redis)
        havoc.rage(HAVOC)
        last_kill = time.monotonic()
        before = sum(office.message_ids.values())
        assert asker.wait(60) == 0
        seconds = left_alone(last_kill, folder)
        addressed = {(mail.message_id, address) for mail in office.accepted for address in mail.recipients}
        outcome = Outcome(expected(), dict(office.message_ids), addressed, seconds)
        print(
            f"\n{manner}, seed {SEED}, {connection.vendor}: killed {havoc}; {Run.objects.count()} runs, "
            f"{len(outcome.mails)} mails ({before} before the last kill): {len(outcome.lost)} lost, "
            f"{outcome.doubled} doubled under their Message-ID; all over {seconds:.0f} s after the last kill"
        )
    return outcome


def left_alone(since: float, folder: Path) -> float:
    """Wait until all is over; how long after the last kill that was."""
    while not (Run.objects.count() >= RUNS + SCHEDULES and is_all_over()):
        waited = time.monotonic() - since
        assert waited < 3 * RECOVERS_WITHIN, (folder / "output").read_text()[-20_000:]
        time.sleep(0.5)
    return time.monotonic() - since


@pytest.mark.usefixtures("readers")
def test_every_mail_comes_within_two_minutes_of_the_last_kill(redis: OwnRedis | None, tmp_path: Path) -> None:
    outcome = havoc_in(tmp_path, redis, "real")
    assert len(outcome.mails) == 4 * RUNS + 2 * SCHEDULES
    assert set(outcome.arrived) == set(outcome.mails)
    assert outcome.addressed == {(each, address) for each, (_, address) in outcome.mails.items()}
    assert len(set(outcome.mails.values())) == len(outcome.mails)  # one Message-ID for each report and reader
    assert set(Run.objects.values_list("state", "send_number")) == {("done", 1)}
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    noted = Delivery.objects.filter(may_have_doubled=True).values_list("message_id", flat=True)
    assert {each for each, times in outcome.arrived.items() if times > 1} <= set(noted)
    assert outcome.seconds <= RECOVERS_WITHIN


@pytest.mark.usefixtures("readers")
def test_control_workers_who_claim_and_then_send_lose_mails(redis: OwnRedis | None, tmp_path: Path) -> None:
    assert havoc_in(tmp_path, redis, "careless").lost
