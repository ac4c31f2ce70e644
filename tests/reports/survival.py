"""What tests of kills and outages share: processes to be killed, a post office, and when nothing is left to do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest
from django.conf import settings
from django.db.models import Q

from lacelux.lib import nudging
from lacelux.outbox.models import Delivery, message_id
from reports.models import Run
from tests.api.server import database_url
from tests.outbox.post_office import PostOffice

HERE = Path(__file__).parent
SENDER = "Lace-Luxx <office@lace-luxx.test>"
UNSETTLED = Q(state__in=Delivery.OPEN)


@contextmanager
def open_post_office(configured: Any) -> Iterator[PostOffice]:
    """A mail server that this process sends to; `configured` is the fixture `settings`."""
    with PostOffice() as office:
        configured.EMAIL_BACKEND = "lacelux.outbox.backends.SmtpBackend"
        configured.EMAIL_HOST, configured.EMAIL_PORT, configured.EMAIL_TIMEOUT = "127.0.0.1", office.port, 10
        configured.EMAIL_HOST_USER = configured.EMAIL_HOST_PASSWORD = ""
        configured.EMAIL_USE_TLS = configured.EMAIL_USE_SSL = False
        configured.DEFAULT_FROM_EMAIL = SENDER
        yield office


def tell_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker is told of anything, as while the broker is away: only a sweep finds what is due."""
    monkeypatch.setattr(nudging, "_quiet_until", float("inf"))


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Of a process of the shop on the test's own database, which shares nothing else with the test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "REDIS_", "CELERY"))}
    own = {
        "DATABASE_URL": database_url(),
        "VAR_DIR": str(folder),
        "DEFAULT_FROM_EMAIL": SENDER,
        "DJANGO_SETTINGS_MODULE": "lacelux.settings",
        "DEBUG": "0",
        "PYTHONPATH": os.pathsep.join([str(settings.BASE_DIR), str(HERE)]),
        "PYTHONUNBUFFERED": "1",
    }
    return kept | own | more


class Forge:
    """A process that makes a copy of itself for each order and answers how that ended. Use as a context."""

    def __init__(self, folder: Path, script: str) -> None:
        self.log = folder / f"{script}.log"
        self.command = [sys.executable, str(HERE / script)]
        self.environment = environment(folder, CELERY_BROKER_URL="memory://")

    def __enter__(self) -> Self:
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, cwd=settings.BASE_DIR, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        with self.process:  # it ends when it is told nothing more
            assert self.process.stdin is not None
            self.process.stdin.close()

    def ends(self, **order: Any) -> int:
        """How the copy ended that obeyed: 0, or minus the signal that killed it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(order), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        assert answer, self.log.read_text()
        return int(answer)

    def kills(self, **order: Any) -> None:
        """It must have been killed, not have ended."""
        assert self.ends(**order) == -signal.SIGKILL, self.log.read_text()


def is_all_over() -> bool:
    return not (Run.objects.exclude(state__in=Run.OVER).exists() or Delivery.objects.filter(UNSETTLED).exists())


def finished(sweep: Callable[[], Any], seconds: float) -> float:
    """Sweep until nothing is left to do; how long that took, in seconds."""
    began = time.monotonic()
    while True:
        sweep()
        if is_all_over():
            return time.monotonic() - began
        assert time.monotonic() - began < seconds, list(Run.objects.values("pk", "state", "attempts", "trouble"))
        time.sleep(0.05)


def expected_ids(run: Run, addresses: list[str]) -> set[str]:
    """The Message-IDs of the run's first sending."""
    return {message_id(kind="report", reference=run.uuid, address=each, send_number=1) for each in addresses}
