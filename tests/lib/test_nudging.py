"""A nudge tells a worker after the commit, and costs next to nothing where the broker is away (bar F3)."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import Celery
from django.db import transaction

from lacelux.lib import nudging
from lacelux.lib.nudging import nudge


@pytest.fixture(autouse=True)
def _hopeful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nudging, "_quiet_until", 0.0)


def task_at(broker: str) -> Any:
    app = Celery("elsewhere", broker=broker, set_as_current=False)

    @app.task(name="think", shared=False)
    def think(*_: object) -> None:
        pass

    return app.tasks["think"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Where somebody takes calls and never says a word, as a stopped Redis does."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def seconds(call: Callable[[], None]) -> float:
    started = time.monotonic()
    call()
    return time.monotonic() - started


@pytest.mark.django_db
def test_a_broker_that_is_gone_costs_less_than_two_seconds_once(caplog: pytest.LogCaptureFixture) -> None:
    task = task_at(f"redis://127.0.0.1:{free_port()}/0")
    assert seconds(lambda: _commit(lambda: nudge(task, 7))) < 2
    assert "No worker could be told of think(7,)" in caplog.text
    assert seconds(lambda: _commit(lambda: [nudge(task, n) for n in range(400)])) < 2
    assert caplog.text.count("No worker") == 1


@pytest.mark.django_db
def test_a_broker_that_says_nothing_costs_less_than_two_seconds(
    silent_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    task = task_at(f"redis://127.0.0.1:{silent_port}/0")
    assert seconds(lambda: _commit(lambda: nudge(task))) < 2
    assert "No worker could be told" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_nothing_is_told_before_the_commit_nor_after_a_rollback() -> None:
    task = task_at("memory://")
    task.app.conf.task_default_queue = f"nudged-{time.monotonic_ns()}"
    with transaction.atomic():
        nudge(task, 1)
        assert waiting(task) == 0
    assert waiting(task) == 1
    with transaction.atomic():
        nudge(task, 2)
        transaction.set_rollback(True)
    assert waiting(task) == 0  # the first is gone with its queue


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_redis_is_told(redis_url: str) -> None:
    task = task_at(redis_url)
    task.app.conf.task_default_queue = f"nudged-{time.monotonic_ns()}"
    nudge(task, 7)
    assert waiting(task) == 1


def waiting(task: Any) -> int:
    """How many messages wait for a worker; the queue is gone afterwards."""
    with (
        task.app.connection_for_read() as connection,
        connection.SimpleQueue(task.app.conf.task_default_queue) as queue,
    ):
        count = queue.qsize()
        queue.queue.delete()
        return int(count)


def _commit(work: Callable[[], object]) -> None:
    """As if the test's transaction ended here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transaction, "on_commit", lambda call, robust: call())
        work()
