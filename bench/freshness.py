"""From a committed sale to its figure on the API, at a million sale entries, over HTTP under the real server."""

from __future__ import annotations

import http.client
import json
import time
import uuid

from bench.ground import Ground, percentile

MOST = 100  # ms
ROUNDS = 20


def main() -> bool:
    reached = True
    for ground in (Ground("sqlite").with_shop(), Ground("postgresql", postgres=True).with_shop()):
        ground.measure("bench.measures.first_answer", "--write")
        with ground.server() as server:
            times = rounds(http.client.HTTPConnection("127.0.0.1", server.port, timeout=120), ground.api_key())
        p50, p95 = percentile(times, 0.5), percentile(times, 0.95)
        print(f"{ground.name:<12} committed sale → its figure: p50 {p50:.0f} ms, p95 {p95:.0f} ms")
        reached &= p50 <= MOST
    return reached


def rounds(connection: http.client.HTTPConnection, key: str) -> list[float]:
    before, times = units(connection, key), []
    for _ in range(ROUNDS):
        sell(connection, key)
        started = time.perf_counter()
        after = units(connection, key)
        times.append((time.perf_counter() - started) * 1000)
        if after != before + 1:
            raise RuntimeError(f"The sale is not in the figure: {after} after {before}.")
        before = after
    return times


def sell(connection: http.client.HTTPConnection, key: str) -> None:
    sale = {"channel": "channel-2", "lines": [{"description": "Bench", "unit_price": "100.00"}]}
    headers = {"Idempotency-Key": str(uuid.uuid4()), "Content-Type": "application/json"}
    call(connection, key, "POST", "/api/v1/sales/", json.dumps(sale), headers, expect=201)


def units(connection: http.client.HTTPConnection, key: str) -> int:
    answer = call(connection, key, "GET", "/api/v1/analytics/sales/daily/?period=day")
    return int(answer["rows"][0]["units"])


def call(
    connection: http.client.HTTPConnection, key: str, method: str, path: str, body: str | None = None,
    headers: dict[str, str] | None = None, expect: int = 200,
) -> dict:  # type: ignore[type-arg]  # fmt: skip
    connection.request(method, path, body, {"Authorization": f"Api-Key {key}", **(headers or {})})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != expect:
        raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")
    return json.loads(text)
