"""The real server, uvicorn in processes of its own, on the database of the running test."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from django.conf import settings
from django.db import connection

STARTS_WITHIN = 60.0  # seconds


def database_url() -> str:
    own = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{own['NAME']}"
    password = f":{own['PASSWORD']}" if own["PASSWORD"] else ""
    return f"postgres://{own['USER']}{password}@{own['HOST'] or '127.0.0.1'}:{own['PORT'] or 5432}/{own['NAME']}"


@contextmanager
def serving(folder: Path, application: str = "lacelux.asgi:application", workers: int = 2) -> Iterator[int]:
    """Its port. Every process of it is gone afterwards. What it says goes to `folder`/server.log."""
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", application, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(workers), "--log-level", "warning", "--no-access-log"]
    path = os.pathsep.join([str(settings.BASE_DIR), str(Path(__file__).parent)])
    own = {
        "DATABASE_URL": database_url(),
        "VAR_DIR": str(folder),
        "THROTTLE_USER": "",
        "DEBUG": "0",
        "PYTHONPATH": path,
    }
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            command, env=os.environ | own, cwd=settings.BASE_DIR, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_for(port, process, folder)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError((folder / "server.log").read_text())
