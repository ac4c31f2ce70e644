"""The process tree, with real processes."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings

from lacelux.processes import AlreadyRunning, FolderLock

LIVES_ON = "import os, time; print('hello', os.getpid()); time.sleep(60)"
HEEDS_NO_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + LIVES_ON
DIES = "import sys; print('bye'); sys.exit(3)"
HAS_A_CHILD = (
    f"import subprocess, sys, time;subprocess.Popen([sys.executable, '-c', {HEEDS_NO_SIGTERM!r}]); time.sleep(60)"
)


class Tree:
    """A `ProcessTree` in a process of its own, writing to a file."""

    def __init__(self, folder: Path, grace: float, programs: dict[str, str]) -> None:
        script = textwrap.dedent(f"""
            import sys
            from lacelux.processes import ProcessTree, Program
            programs = [
                Program(name=name, command=[sys.executable, "-c", code]) for name, code in {programs!r}.items()
            ]
            ProcessTree(programs, grace={grace}).run()
        """)
        self.path = folder / "output"
        with self.path.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", script],
                cwd=settings.BASE_DIR,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def lines(self) -> list[str]:
        return self.path.read_text().splitlines()

    def pids(self) -> list[int]:
        return [int(line.split()[-1]) for line in self.lines if "hello" in line]

    def signal_and_wait(self, number: signal.Signals) -> float:
        """How long the tree took to end, in seconds."""
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(20)
        return time.monotonic() - started


def wait_until(claim: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Tree]]:
    trees: list[Tree] = []

    def start(grace: float = 5, **programs: str) -> Tree:
        trees.append(Tree(tmp_path, grace, programs))
        return trees[-1]

    yield start
    for tree in trees:
        tree.process.kill()
        tree.process.wait()
        for pid in tree.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


class TestProcessTree:
    def test_each_line_tells_whose_it_is(self, start: Callable[..., Tree]) -> None:
        tree = start(web=LIVES_ON, worker=LIVES_ON)
        wait_until(lambda: len(tree.pids()) == 2)
        assert sorted(line.rpartition(" ")[0] for line in tree.lines) == ["web    | hello", "worker | hello"]

    def test_restarts_the_dead_after_growing_pauses(self, start: Callable[..., Tree]) -> None:
        tree = start(beat=DIES)
        wait_until(lambda: len(tree.lines) >= 6)
        assert [line for line in tree.lines if "ended" in line][:3] == [
            "beat | ended (exit code 3); starts again in 0.5 s",
            "beat | ended (exit code 3); starts again in 1 s",
            "beat | ended (exit code 3); starts again in 2 s",
        ]

    def test_restarts_a_killed_one_and_leaves_the_others_alone(self, start: Callable[..., Tree]) -> None:
        tree = start(web=LIVES_ON, worker=LIVES_ON)
        wait_until(lambda: len(tree.pids()) == 2)
        killed, other = tree.pids()
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: len(tree.pids()) == 3)
        assert any("ended (SIGKILL)" in line for line in tree.lines)
        assert is_alive(other)

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_one_signal_ends_all(self, start: Callable[..., Tree], number: signal.Signals) -> None:
        tree = start(web=LIVES_ON, worker=LIVES_ON)
        wait_until(lambda: len(tree.pids()) == 2)
        assert tree.signal_and_wait(number) < 2
        assert tree.process.returncode == 0
        assert not any(map(is_alive, tree.pids()))

    def test_kills_what_does_not_end_in_time(self, start: Callable[..., Tree]) -> None:
        tree = start(grace=1, worker=HEEDS_NO_SIGTERM)
        wait_until(lambda: bool(tree.pids()))
        assert 0.9 < tree.signal_and_wait(signal.SIGTERM) < 4
        assert not is_alive(tree.pids()[0])

    def test_a_second_signal_kills_at_once(self, start: Callable[..., Tree]) -> None:
        tree = start(grace=60, worker=HEEDS_NO_SIGTERM)
        wait_until(lambda: bool(tree.pids()))
        tree.process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert tree.process.poll() is None
        assert tree.signal_and_wait(signal.SIGINT) < 2
        assert not is_alive(tree.pids()[0])

    def test_ends_what_its_children_started(self, start: Callable[..., Tree]) -> None:
        tree = start(grace=1, worker=HAS_A_CHILD)
        wait_until(lambda: bool(tree.pids()))
        tree.signal_and_wait(signal.SIGTERM)
        assert not is_alive(tree.pids()[0])

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with a killed parent")
    def test_leaves_no_orphans_when_it_is_killed_itself(self, start: Callable[..., Tree]) -> None:
        tree = start(web=LIVES_ON, worker=LIVES_ON)
        wait_until(lambda: len(tree.pids()) == 2)
        tree.signal_and_wait(signal.SIGKILL)
        wait_until(lambda: not any(map(is_alive, tree.pids())))


class TestFolderLock:
    def test_a_second_taker_learns_who_holds_it(self, tmp_path: Path) -> None:
        path = tmp_path / "up.lock"
        with FolderLock(path), pytest.raises(AlreadyRunning, match=rf"{tmp_path} \(process {os.getpid()}\)"):
            FolderLock(path).__enter__()

    def test_is_free_again_when_left(self, tmp_path: Path) -> None:
        path = tmp_path / "up.lock"
        with FolderLock(path):
            pass
        with FolderLock(path):
            assert path.read_text() == str(os.getpid())

    def test_is_free_again_when_its_holder_is_killed(self, tmp_path: Path) -> None:
        path = tmp_path / "up.lock"
        code = (
            "import pathlib, sys, time; from lacelux.processes import FolderLock;"
            "lock = FolderLock(pathlib.Path(sys.argv[1])).__enter__(); print('held', flush=True); time.sleep(60)"
        )
        holder = subprocess.Popen(
            [sys.executable, "-c", code, str(path)], cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
        )
        with holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(AlreadyRunning):
                FolderLock(path).__enter__()
            holder.kill()
            holder.wait()
            with FolderLock(path):
                pass
