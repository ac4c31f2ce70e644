"""While Redis is away sales go on, reports wait, and then they come (bar F3).

Away means both: nothing listens there, or something does that never says a word, as behind a broken network.
"""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from boutique import boutique
from pieces import piece

from lacelux.access.keys import issue
from lacelux.outbox.models import Delivery
from reports.models import Run
from tests.api.server import serving
from tests.outbox.post_office import free_port
from tests.reports.survival import tell_nobody

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
SALES = 5
# Seconds for a sale, and for asking for a report. With a Redis that says nothing each call waits a second to be counted
# and two at most to tell a worker; the rest is for a machine that does other things too.
REFUSED, MUTE = (1.5, 3.0), (4.0, 6.0)
READERS = ["ann@x.test", "ben@x.test"]
Work = Callable[[], list[Any]]


@dataclass(frozen=True)
class Answered:
    status: int
    body: dict[str, Any]
    seconds: float


@pytest.fixture
def mute() -> Iterator[socket.socket]:
    """Somebody who takes every call and says nothing, until it is closed."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listener:
        yield listener


def port_of(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """`without(port)`: processes that start now look for their Redis there."""

    def without(port: int) -> None:
        for name in ("REDIS_URL", "CELERY_BROKER_URL"):
            monkeypatch.setenv(name, f"redis://127.0.0.1:{port}/0")

    return without


@pytest.fixture
def keys(transactional_db: None) -> dict[str, str]:
    """Keys of the till and of a program that may make reports."""
    boutique()
    for n in range(SALES):
        piece(f"NEW-{n}")
    return {role: issue(name=role, role=role)[1] for role in ("pos", "manager")}


def post(port: int, path: str, key: str, body: dict[str, Any], patience: float = 30) -> Answered:
    headers = {"Authorization": f"Api-Key {key}", "Content-Type": "application/json", "Idempotency-Key": str(body)}
    began = time.monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=patience)) as line:
        line.request("POST", f"/api/v1/{path}", json.dumps(body), headers)
        answer = line.getresponse()
        return Answered(answer.status, json.loads(answer.read()), time.monotonic() - began)


def sell(port: int, key: str, sku: str) -> Answered:
    return post(port, "sales/", key, {"channel": "till", "lines": [{"sku": sku, "unit_price": "450.00"}]})


def ask_for_report(port: int, key: str, patience: float = 30) -> Answered:
    asked = {
        "title": "The month", "period": "2026-03-01/2026-03-31", "formats": ["csv"],
        "sections": [{"analysis": "brands/performance"}], "recipients": {"addresses": READERS},
    }  # fmt: skip
    return post(port, "reports/generate/", key, asked, patience)


@pytest.mark.parametrize(("away", "within"), [("refused", REFUSED), ("mute", MUTE)])
def test_sales_go_on_and_reports_wait_and_then_come(
    keys: dict[str, str], mute: socket.socket, without: Callable[[int], None], work: Work, tmp_path: Path, away: str,
    within: tuple[float, float], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    without(port_of(mute) if away == "mute" else free_port())
    with serving(tmp_path, "tests.reports.counted:application", workers=1) as port:
        sold = [sell(port, keys["pos"], f"NEW-{n}") for n in range(SALES)]
        asked = ask_for_report(port, keys["manager"])
        again = ask_for_report(port, keys["manager"])
    slowest = max(answer.seconds for answer in sold)
    print(f"\n{away}: slowest of {SALES} sales {slowest:.2f} s, report asked in {asked.seconds:.2f} s")
    assert [answer.status for answer in sold] == [201] * SALES
    assert slowest < within[0]
    assert (asked.status, asked.body["state"]) == (202, "queued")
    assert asked.seconds < within[1]
    assert again.body == asked.body
    assert Run.objects.get().state == "queued"

    tell_nobody(monkeypatch)
    work()  # the next look of the clock, with workers that can be told
    assert Run.objects.get().state == "done"
    assert dict(Delivery.objects.values_list("address", "state")) == dict.fromkeys(READERS, "sent")


def test_control_who_tells_workers_carelessly_waits_with_his_answer(
    keys: dict[str, str],
    mute: socket.socket,
    without: Callable[[int], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without(port_of(mute))
    monkeypatch.setenv("CARELESS", "1")
    with serving(tmp_path, "tests.reports.counted:application", workers=1) as port:
        with pytest.raises(TimeoutError):
            ask_for_report(port, keys["manager"], patience=MUTE[1])
        mute.close()  # or the server would not end either
