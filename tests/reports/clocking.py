"""A simulated day: two clocks and three workers, each a process of its own, on one database.

`clocking.py START STEP COUNT CLOCK WORKERS STORAGE MAIL_PORT`: from START (ISO) on, both clocks look COUNT times, STEP
seconds apart, while WORKERS workers do what is due, and ends when nothing is left to do. Only what the clocks take for
the time is simulated; workers, leases and mails live in real time.

At each due time both clocks are made to read the schedule before either writes, as two may by chance. CLOCK is `real`,
or for the control `careless`: read, make the run, move the schedule on.
"""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  needs the shop to be set up
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from survival import is_all_over  # noqa: E402

from lacelux.outbox.delivering import deliver  # noqa: E402
from lacelux.outbox.services import due_ids  # noqa: E402
from reports import production, schedules  # noqa: E402
from reports.models import Run, Schedule  # noqa: E402

CLOCKS = 2
PATIENCE = 60.0  # seconds that one clock waits for the other
processes: Any = multiprocessing.get_context("fork")  # nothing here has touched a database before


def careless(schedule: Schedule, now: datetime) -> Run:
    due_at = schedule.next_due_at
    assert due_at is not None
    with transaction.atomic():
        run: Run = Run.objects.create(
            schedule=schedule, due_at=due_at, **schedules.asked_by(schedule, due_at, missed=0)
        )
        Schedule.objects.filter(pk=schedule.pk).update(next_due_at=schedule.recurrence.next_after(due_at))
    return run


OPENERS: dict[str, Callable[[Schedule, datetime], Run | None]] = {"real": schedules.open_run, "careless": careless}


def keep_time(start: datetime, step: timedelta, count: int, opener: str, both: Any) -> None:
    def open_together(schedule: Schedule, now: datetime) -> Run | None:
        both.wait(PATIENCE)
        return OPENERS[opener](schedule, now)

    schedules.open_run = open_together
    for look in range(count):
        both.wait(PATIENCE)
        schedules.open_due_runs(start + look * step)


def work(seed: int, day_is_over: Any) -> None:
    """Whatever is due, in an order of its own, as workers who share a queue come upon it."""
    dice = random.Random(seed)
    while not (day_is_over.is_set() and is_all_over()):
        now = timezone.now()
        runs, mails = list(Run.objects.due(now).values_list("pk", flat=True)), due_ids(now, 50)
        for pk in dice.sample(runs, len(runs)):
            production.produce(pk)
        for pk in dice.sample(mails, len(mails)):
            deliver(pk)
        time.sleep(0.02)


def day(start: datetime, step: timedelta, count: int, opener: str, workers: int) -> int:
    """How many of the processes failed."""
    both, day_is_over = processes.Barrier(CLOCKS), processes.Event()
    clocks = [processes.Process(target=keep_time, args=(start, step, count, opener, both)) for _ in range(CLOCKS)]
    hands = [processes.Process(target=work, args=(seed, day_is_over)) for seed in range(workers)]
    for process in (*clocks, *hands):
        process.start()
    for clock in clocks:
        clock.join()
    day_is_over.set()
    for hand in hands:
        hand.join()
    return sum(process.exitcode != 0 for process in (*clocks, *hands))


if __name__ == "__main__":
    start, step, count, opener, workers, storage, mail_port = sys.argv[1:]
    settings.REPORT_STORAGE_PATH = storage
    settings.EMAIL_BACKEND = "lacelux.outbox.backends.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(mail_port)
    sys.exit(day(datetime.fromisoformat(start), timedelta(seconds=int(step)), int(count), opener, int(workers)))
