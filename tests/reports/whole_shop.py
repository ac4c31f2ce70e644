"""The processes of a shop for tests that kill them.

`whole_shop.py tend MANNER WORKERS`: what `manage.py up` runs, without the web server: one clock, WORKERS workers, each
started again when it dies, until this process is ended. MANNER is `real`, or for the control `careless`.
`whole_shop.py ask COUNT SECONDS SEED`: ask for COUNT reports within SECONDS as people do, each for two people and two
bare addresses, while all the others may be dead.
"""

from __future__ import annotations

import random
import sys
import time
from dataclasses import replace

import django

django.setup()

from django.conf import settings  # noqa: E402  needs the shop to be set up
from django.contrib.auth.models import User  # noqa: E402

from lacelux.management.commands.up import _programs  # noqa: E402
from lacelux.processes import ProcessTree, Program  # noqa: E402
from reports.audience import Recipients  # noqa: E402
from reports.models import Run  # noqa: E402
from reports.outlines import Outline, SectionOutline  # noqa: E402
from reports.services import run_report  # noqa: E402

QUESTIONS = ("overview/kpis", "sales/daily", "brands/performance", "inventory/aging", "products/top-selling")
FORMS = ("csv", "xlsx", "pdf")


def programs(manner: str, workers: int) -> list[Program]:
    _, worker, beat = _programs(settings.HOST, settings.PORT)
    if manner == "careless":
        worker = replace(worker, command=["careless" if word == "lacelux" else word for word in worker.command])
    named = [
        replace(worker, name=f"worker{n}", command=[*worker.command, "--hostname", f"worker{n}"])
        for n in range(workers)
    ]
    return [*named, beat]


def ask(count: int, seconds: float, seed: int) -> None:
    dice, owner = random.Random(seed), User.objects.get(username="olivia")
    people = tuple(User.objects.filter(username__in=("marcus", "victor")).values_list("pk", flat=True))
    for n in range(count):
        sections = tuple(SectionOutline(analysis=each) for each in dice.sample(QUESTIONS, 2))
        run_report(
            outline=Outline(title=f"Report {n}", period="2026-03-01/2026-03-31", sections=sections),
            owner=owner,
            cause=Run.Cause.PERSON,
            formats=dice.sample(FORMS, dice.randint(1, 2)),
            recipients=Recipients(people=people, addresses=(f"ann{n}@x.test", f"ben{n}@x.test")),
        )
        time.sleep(dice.uniform(0.5, 1.5) * seconds / count)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["tend", manner, workers]:
            ProcessTree(programs(manner, int(workers)), grace=5).run()
        case ["ask", count, seconds, seed]:
            ask(int(count), float(seconds), int(seed))
