"""The databases and servers that benchmarks run on: built once a day, thrown away with the folder."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("VAR_DIR", ROOT / "var")).resolve() / "bench"
LINES = int(os.environ.get("BENCH_LINES", "1000000"))
SERVER = os.environ.get("TEST_DATABASE_URL", "postgres://root@127.0.0.1:5432/lacelux").rsplit("/", 1)[0]


class Ground:
    """One database of its own with its folder; every measurement runs in a process beside it."""

    def __init__(self, name: str, *, postgres: bool = False) -> None:
        self.name = name
        self.folder = HOME / name
        self.postgres = postgres

    @property
    def environment(self) -> dict[str, str]:
        own = {"VAR_DIR": str(self.folder), "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "lacelux.settings"}
        own |= {"LOG_LEVEL": "WARNING", "DEBUG": "0", "THROTTLE_USER": "1000000/min"}
        own["DATABASE_URL"] = f"{SERVER}/{self.database}" if self.postgres else ""
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        return {name: value for name, value in (kept | own).items() if value}

    @property
    def database(self) -> str:
        return f"lacelux_bench_{self.name}"

    def run(self, *arguments: str) -> str:
        """What `python arguments…` prints; its errors are ours."""
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
        )
        return done.stdout

    def measure(self, module: str, *arguments: str) -> Any:
        """The JSON that a measuring module prints last."""
        return json.loads(self.run("-m", module, *arguments).splitlines()[-1])

    def empty(self) -> None:
        """A new database with every migration applied and nothing in it."""
        subprocess.run(["rm", "-rf", str(self.folder)], check=True)
        self.folder.mkdir(parents=True)
        if self.postgres:
            self.recreate()
        self.run("manage.py", "migrate", "--verbosity", "0")

    def recreate(self) -> None:
        import psycopg

        with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')
            server.execute(f'CREATE DATABASE "{self.database}"')

    def with_shop(self, lines: int = LINES) -> Ground:
        """Holding the shop of `lines` sale entries, built today."""
        stamp = self.folder / "built"
        built = f"{date.today()} {lines}"
        if not stamp.exists() or stamp.read_text() != built:
            print(f"Building a shop of {lines:,} sale entries on {self.name} …", flush=True)
            self.empty()
            self.run("-m", "bench.measures.shop", str(lines))
            stamp.write_text(built)
        return self

    @contextmanager
    def server(self) -> Iterator[Server]:
        """The real server on this database, answering."""
        port = free_port()
        command = ["-m", "uvicorn", "lacelux.asgi:application", "--port", str(port), "--log-level", "error"]
        process = subprocess.Popen([sys.executable, *command], env=self.environment, cwd=ROOT)
        try:
            yield Server(port, process).when_ready()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)

    def api_key(self, role: str = "owner") -> str:
        name = f"bench-{time.time_ns()}"
        words = self.run("manage.py", "api_key", name, "--role", role).split()
        return next(word for word in words if word.startswith("lx_"))


class Server:
    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port, self.process = port, process

    def when_ready(self) -> Server:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/health", timeout=20).read()
                return self
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        raise RuntimeError("The server did not answer within a minute.")

    def peak_memory(self) -> float:
        """The largest the server has been, in MB."""
        return self._status("VmHWM")

    def memory(self) -> float:
        return self._status("VmRSS")

    def _status(self, name: str) -> float:
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(row.split()[1]) / 1024 for row in text.splitlines() if row.startswith(name))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]
