"""A sale takes the same time while analytics are overloaded or stopped (S3.8): it never asks them anything."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models.signals import post_save
from rest_framework.response import Response

from analytics.mart import replica
from analytics.mart.reader import SharedReader
from sales.models import Order

pytestmark = pytest.mark.django_db
SALES = 30
SLOW = 0.5  # seconds that each refresh of the overloaded mart takes
AT_MOST = 3.0  # times as long, and a little for a machine that does other things
SLACK = 0.02


@pytest.fixture
def pace(shop: SimpleNamespace, sell: Callable[..., Response]) -> Callable[..., float]:
    """`pace()`: the median seconds of some sales over the API."""

    def measure(sales: int = SALES) -> float:
        return median(timed(sell) for _ in range(sales))

    def timed(sell: Callable[..., Response]) -> float:
        body = {"channel": "till", "lines": [{"description": "A bag", "unit_price": "450.00"}]}
        started = time.perf_counter()
        assert sell(body=body, role="manager").status_code == 201
        return time.perf_counter() - started

    measure(3)  # what the first sales of a process load
    return measure


@contextmanager
def overloaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A mart that is being asked all the time, and takes long each time: its lock is hardly ever free."""
    slow = replica.Replica(SharedReader.own, in_background=False)
    slow.db = replica.empty()

    def refresh(self: replica.Replica) -> bool:
        time.sleep(SLOW)
        return True

    monkeypatch.setattr(replica.Replica, "refresh", refresh)
    replica.use(slow)
    over = threading.Event()
    asking = threading.Thread(target=ask_until, args=(over, slow))
    asking.start()
    try:
        yield
    finally:
        over.set()
        asking.join()


def ask_until(over: threading.Event, mart: replica.Replica) -> None:
    while not over.is_set():
        with mart.session():
            pass


@contextmanager
def stopped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: Any) -> None:
        raise RuntimeError("The mart is away.")

    monkeypatch.setattr(replica.Replica, "session", refuse)
    monkeypatch.setattr(replica.Replica, "refresh", refuse)
    yield


@pytest.mark.parametrize("state", [overloaded, stopped])
def test_a_sale_takes_as_long_as_ever(
    state: Callable[..., Any], pace: Callable[..., float], monkeypatch: pytest.MonkeyPatch
) -> None:
    calm = pace()
    with state(monkeypatch):
        meanwhile = pace()
    assert meanwhile <= AT_MOST * calm + SLACK, f"{meanwhile * 1000:.0f} ms instead of {calm * 1000:.0f} ms"


def test_control_a_sale_that_asks_the_mart_waits_for_it(
    pace: Callable[..., float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_at_figures(**_: Any) -> None:
        with replica.mart().session():
            pass

    calm = pace()
    post_save.connect(look_at_figures, sender=Order)
    try:
        with overloaded(monkeypatch):
            meanwhile = pace(3)
    finally:
        post_save.disconnect(look_at_figures, sender=Order)
    assert meanwhile > AT_MOST * calm + SLACK
