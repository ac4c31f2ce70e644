"""A shop run by `manage.py up` in its own folder, for tests that need the real processes."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from django.conf import settings

STARTS_WITHIN = 90.0  # seconds; many things start at once on a small machine


def environment(folder: Path) -> dict[str, str]:
    """SQLite in `folder`; the broker is Redis where the tests have one, else files in `folder`."""
    others = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_", "REDIS_", "PYTEST_"))}
    broker = {"CELERY_BROKER_URL": settings.REDIS_URL} if settings.REDIS_URL else {}
    return {**others, **broker, "VAR_DIR": str(folder), "DEMO": "0"}


def manage(folder: Path, *command: str) -> str:
    """What the command printed. It must succeed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=environment(folder),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def processes_of(folder: Path) -> dict[int, str]:
    """Living processes whose environment names `folder` as theirs: id → command."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"VAR_DIR={folder}\0".encode() in (process / "environ").read_bytes():
                found[int(process.name)] = (process / "cmdline").read_text().replace("\0", " ")
    return found


class RunningShop:
    """Use as a context; `url` answers inside it, and nothing of it lives on after it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "output"

    @staticmethod
    def command(folder: Path, port: int) -> dict[str, Any]:
        """Arguments to `subprocess` that start a shop."""
        return {
            "args": [sys.executable, "manage.py", "up", "--port", str(port)],
            "cwd": settings.BASE_DIR,
            "env": environment(folder),
        }

    @property
    def output(self) -> str:
        return self.log.read_text()

    def __enter__(self) -> Self:
        with self.log.open("w") as log:
            self.process = subprocess.Popen(**self.command(self.folder, self.port), stdout=log, stderr=log)
        try:
            self.wait_for(re.escape(f" is at {self.url}/"))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        finally:
            self.process.kill()
            self.process.wait()

    def wait_for(self, pattern: str) -> None:
        """Until a line of the output matches."""
        deadline = time.monotonic() + STARTS_WITHIN
        while not re.search(pattern, self.output):
            assert self.process.poll() is None, f"ended:\n{self.output}"
            assert time.monotonic() < deadline, f"never printed {pattern}:\n{self.output}"
            time.sleep(0.1)
