"""A process that delivers, and dies where it is told to.

`worker.py die POINT ID`: deliver one mail and be killed at POINT: `claimed`, `composed`, `offered`, `accepted`,
`telling` (in the transaction that notes it) or `marked`.
`worker.py crowd MANNER COUNT SEED`: COUNT processes that deliver whatever is due, each of which is soon killed at a
random moment and replaced, until this process is ended. MANNER is `leased`, as the shop does it, or for the control
`claim-then-send`.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  needs the shop to be set up
from django.utils import timezone  # noqa: E402

from lacelux.outbox import delivering, leases  # noqa: E402
from lacelux.outbox.models import Delivery  # noqa: E402
from lacelux.outbox.sealing import compose  # noqa: E402
from lacelux.outbox.sending import open_line, send  # noqa: E402
from lacelux.outbox.services import due_ids  # noqa: E402

settings.OUTBOX_LETTERS = {"note": "writers.Notes"}

# The function at whose beginning, or at whose end, the process dies.
POINTS = {
    "claimed": ("write", "beginning"),
    "composed": ("hand_over", "beginning"),
    "offered": ("send", "beginning"),
    "accepted": ("note_sent", "beginning"),
    "telling": ("tell", "end"),
    "marked": ("note_sent", "end"),
}


def die(point: str, delivery_id: int) -> None:
    name, moment = POINTS[point]
    real = getattr(delivering, name)

    def fatal(*args: Any, **more: Any) -> None:
        if moment == "end":
            real(*args, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(delivering, name, fatal)
    delivering.deliver(delivery_id)


def claim_then_send(delivery_id: int) -> None:
    """The plain way, which doubles nothing and loses what it held when it died."""
    waiting = Delivery.objects.filter(pk=delivery_id, state="queued")
    if waiting.update(state="sent", sent_at=timezone.now()):
        with open_line() as line:
            send(compose(Delivery.objects.get(pk=delivery_id)), line)


MANNERS: dict[str, Callable[[int], None]] = {"leased": delivering.deliver, "claim-then-send": claim_then_send}


def crowd(manner: str, count: int, seed: int) -> None:
    """The parent touches no database, so that its children can be forked from it quickly."""
    leases.LEASE = timedelta(seconds=1)
    dice = random.Random(seed)
    for _ in range(count):
        fork(manner, dice)
    for kills in itertools.count(1):
        os.wait()
        print(kills, flush=True)
        fork(manner, dice)


def fork(manner: str, dice: random.Random) -> None:
    lifetime, parent = dice.expovariate(1.0), os.getpid()  # now and then one lives long enough, however slow it is
    if os.fork() == 0:
        work(MANNERS[manner], lifetime, parent)


def work(deliver: Callable[[int], None], lifetime: float, parent: int) -> None:
    """The alarm ends the process wherever it is, as suddenly as kill -9: nobody handles it."""
    Delivery.objects.first()  # connects
    signal.setitimer(signal.ITIMER_REAL, lifetime)
    while os.getppid() == parent:
        due = due_ids(timezone.now(), 20)
        random.shuffle(due)  # several workers that share a queue
        for delivery_id in due:
            deliver(delivery_id)
        time.sleep(0.05)
    os._exit(0)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["die", point, delivery_id]:
            die(point, int(delivery_id))
        case ["crowd", manner, count, seed]:
            crowd(manner, int(count), int(seed))
