"""A process tree: children that are restarted when they die and that all end together."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

LEASH = Path(__file__).with_name("leash.py")
LONGEST_PAUSE = 30.0  # seconds between two attempts to start a child that keeps dying
STEADY_AFTER = 20.0  # seconds of life after which a child's earlier deaths are forgotten
TICK = 0.1  # seconds


class AlreadyRunning(Exception):
    """Another instance holds the folder; `.owner` is its process id, as text."""

    def __init__(self, path: Path, owner: str) -> None:
        super().__init__(f"already running on {path.parent} (process {owner or 'unknown'})")
        self.owner = owner


@dataclass(frozen=True, kw_only=True)
class Program:
    """What a child runs. `name` stands before each line that it prints."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None


class Child:
    """One program, its running process and its luck so far."""

    def __init__(self, program: Program, write: Callable[[str, str], None]) -> None:
        self.program = program
        self.write = write
        self.deaths = 0
        self.started_at = 0.0
        self.next_start_at = 0.0
        self.process: subprocess.Popen[str] | None = None

    def keep_alive(self) -> None:
        """Start it when it is time to; notice when it has died."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.next_start_at:
                self._start(now)
        elif self.process.poll() is not None:
            self._bury(now)

    def signal(self, number: signal.Signals) -> None:
        """Tell the child and whatever it has started itself."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def _start(self, now: float) -> None:
        self.started_at = now
        self.process = subprocess.Popen(
            [sys.executable, str(LEASH), str(os.getpid()), *self.program.command],
            cwd=self.program.folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.program.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # its own group; and Ctrl-C reaches us alone
        )
        assert self.process.stdout is not None
        threading.Thread(target=self._pass_on, args=(self.process.stdout,), daemon=True).start()

    def _pass_on(self, output: IO[str]) -> None:
        with output:
            for line in output:
                self.write(self.program.name, line.rstrip("\n"))

    def _bury(self, now: float) -> None:
        assert self.process is not None
        self.signal(signal.SIGKILL)  # what it had started itself
        self.deaths = 1 if now - self.started_at > STEADY_AFTER else self.deaths + 1
        pause = min(LONGEST_PAUSE, 0.5 * 2 ** (self.deaths - 1))
        self.write(self.program.name, f"ended ({_reason(self.process.returncode)}); starts again in {pause:g} s")
        self.process, self.next_start_at = None, now + pause


def _reason(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


class ProcessTree:
    """Runs programs until SIGINT, SIGTERM or SIGHUP; the second signal, or `grace` seconds, kills what is left."""

    def __init__(
        self, programs: Sequence[Program], *, grace: float = 8.0, write: Callable[[str, str], None] | None = None
    ) -> None:
        self.children = [Child(program, write or PrefixedLines(programs)) for program in programs]
        self.grace = grace
        self.requests_to_stop = 0

    def run(self, *, each_tick: Callable[[], None] = lambda: None) -> None:
        """Blocks. `each_tick` is called some ten times a second while all goes on."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        try:
            while not self.requests_to_stop:
                for child in self.children:
                    child.keep_alive()
                each_tick()
                time.sleep(TICK)
        finally:
            self._stop()

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.requests_to_stop += 1

    def _stop(self) -> None:
        deadline = time.monotonic() + self.grace
        for child in self.children:
            child.signal(signal.SIGTERM)
        while not all(child.has_ended() for child in self.children):
            if self.requests_to_stop > 1 or time.monotonic() > deadline:
                break
            time.sleep(TICK)
        for child in self.children:
            child.signal(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()


class PrefixedLines:
    """Writes `name | line`, one whole line at a time, whichever thread it comes from."""

    def __init__(self, programs: Sequence[Program]) -> None:
        self.width = max((len(program.name) for program in programs), default=0)
        self.lock = threading.Lock()

    def __call__(self, name: str, line: str) -> None:
        with self.lock, suppress(BrokenPipeError):
            print(f"{name:<{self.width}} | {line}", flush=True)


class FolderLock:
    """Held while this process lives; a second taker gets `AlreadyRunning`. The system frees it on any death."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: IO[str] | None = None

    def __enter__(self) -> FolderLock:
        self.file = open(self.path, "a+")  # noqa: SIM115  (open for as long as the lock is held)
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.file.seek(0)
            owner = self.file.read().strip()
            self.file.close()
            raise AlreadyRunning(self.path, owner) from None
        self.file.truncate(0)
        self.file.write(str(os.getpid()))
        self.file.flush()
        return self

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
