"""A process of which copies do the work of a worker and are killed with kill -9 where they are told to be.

It reads orders, one a line, as JSON: `{"work": "produce", "given": [7], "point": "answered", …}`, does each in a copy
of itself and prints how that copy ended. It touches no database itself, so that it can be copied at any time.

Besides `work`, `given` and `point` an order has `storage`, where the files of reports lie, `mail_port`, and for the
controls `careless`: `lease`, which makes a claim that never runs out, or `transaction`, which makes none.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  needs the shop to be set up

from lacelux.outbox import delivering, leases  # noqa: E402
from reports import production, renditions, schedules, tasks  # noqa: E402

leases.LEASE = timedelta(seconds=0.5)
FOR_EVER = timedelta(days=1_000)
os.environ.setdefault("MPLCONFIGDIR", str(settings.VAR_DIR / "matplotlib"))
for name in ("lacelux.urls", "reports.pictures.painters"):  # else each copy would load them anew
    import_module(name)

# The call of a function at whose beginning, or at whose end, the process dies.
POINTS: dict[str, tuple[ModuleType, str, str, int]] = {
    "claimed": (production, "make", "beginning", 1),
    "answered": (production, "paint_all", "beginning", 1),
    "one of two painted": (renditions, "keep", "end", 1),
    "file in place, not noted": (renditions, "put", "end", 2),
    "rendered": (production, "end", "beginning", 1),
    "run over, mails not posted": (production, "send", "beginning", 1),
    "mails posted, not committed": (production, "send", "end", 1),
    "ended": (production, "end", "end", 1),
    "accepted": (delivering, "note_sent", "beginning", 1),
    "schedule moved, run not made": (schedules, "asked_by", "beginning", 1),
    "runs opened": (tasks, "open_due_runs", "end", 1),
    "first worker told": (tasks, "nudge", "end", 1),
}
WORK: dict[str, Callable[..., None]] = {
    "produce": production.produce,
    "deliver": delivering.deliver,
    "sweep": tasks.ask_what_is_due,
}


def die_at(point: str) -> None:
    module, name, moment, count = POINTS[point]
    real, calls = getattr(module, name), 0

    def fatal(*args: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        answer = None if (calls, moment) == (count, "beginning") else real(*args, **more)
        if calls == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(module, name, fatal)


def be_careless(about: str) -> None:
    if about == "lease":
        leases.LEASE = FOR_EVER
    elif about == "transaction":
        for module in (production, schedules):
            setattr(module, "transaction", SimpleNamespace(atomic=nullcontext))  # noqa: B010


def obey(order: dict[str, Any]) -> None:
    settings.REPORT_STORAGE_PATH = order["storage"]
    settings.EMAIL_BACKEND = "lacelux.outbox.backends.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", order["mail_port"]
    be_careless(order.get("careless", ""))
    die_at(order["point"])
    WORK[order["work"]](*order["given"])


def ended(order: dict[str, Any]) -> int:
    """How a copy of this process ended that obeyed: 0 where it lived to the end, minus the signal that killed it."""
    child = os.fork()
    if child == 0:
        try:
            obey(order)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    for line in sys.stdin:
        print(ended(json.loads(line)), flush=True)
