"""The till at a million sale entries: what it is told of a customer, over HTTP, on SQLite and PostgreSQL."""

from __future__ import annotations

import http.client
import random
import time

from bench.ground import LINES, Ground, percentile

MOST = 100  # ms, p95
ROUNDS = 200
BEST = 20  # how many of the best customers are asked for, who have the most orders


def main() -> bool:
    reached = True
    for ground in (Ground("sqlite").with_shop(), Ground("postgresql", postgres=True).with_shop()):
        with ground.server() as server:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
            reached &= report(ground.name, connection, ground.api_key("pos"))
    return reached


def report(name: str, connection: http.client.HTTPConnection, key: str) -> bool:
    drawn = random.Random(7).sample(range(1, LINES // 20 + 1), ROUNDS)
    ask(connection, key, 1)  # the first answer of a process loads what all need
    usual = [ask(connection, key, customer) for customer in drawn]
    best = [ask(connection, key, customer) for customer in range(1, BEST + 1)]
    p95 = percentile(usual, 0.95)
    print(
        f"{name:<12} a customer's insights: p50 {percentile(usual, 0.5):.0f} ms, p95 {p95:.0f} ms; "
        f"the best {BEST}: p95 {percentile(best, 0.95):.0f} ms{'' if p95 <= MOST else '  MISSED'}"
    )
    return p95 <= MOST


def ask(connection: http.client.HTTPConnection, key: str, customer: int) -> float:
    started = time.perf_counter()
    connection.request("GET", f"/api/customers/{customer}/insights", headers={"Authorization": f"Api-Key {key}"})
    answer = connection.getresponse()
    body = answer.read()
    took = (time.perf_counter() - started) * 1000
    if answer.status != 200:
        raise RuntimeError(f"customer {customer}: {answer.status} {body[:300]!r}")
    return took
