"""Every question at a million sale entries: over HTTP, bare, and through the ORM on PostgreSQL."""

from __future__ import annotations

import http.client
import json
import time

from bench.ground import LINES, Ground, Server, percentile

ROUNDS = 40
PER_CUSTOMER = ("customers/",)
P50, P50_PER_CUSTOMER, P95 = 50, 150, 150
TIMES_FASTER, WHERE_OVER = 5, 250


def main() -> bool:
    shop, rival = Ground("sqlite").with_shop(), Ground("postgresql", postgres=True).with_shop()
    reached = True
    for period in ("30d", "all"):
        shop.measure("bench.measures.first_answer", "--write")
        orm = rival.measure("bench.measures.orm", period)
        bare = shop.measure("bench.measures.bare", period)
        with shop.server() as server:
            over_http = ask_all(server, shop.api_key(), list(bare), period)
        reached &= report(period, over_http, bare, orm)
    return reached


def ask_all(server: Server, key: str, slugs: list[str], period: str) -> dict[str, list[float]]:
    """Milliseconds of each of `ROUNDS` calls, one kept connection, the first call of all not counted."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    times: dict[str, list[float]] = {slug: [] for slug in slugs}
    ask(connection, key, slugs[0], period)
    for slug in slugs:
        times[slug] = [ask(connection, key, slug, period) for _ in range(ROUNDS)]
    return times


def ask(connection: http.client.HTTPConnection, key: str, slug: str, period: str) -> float:
    query = "" if slug.startswith("inventory/") else f"?period={period}"
    started = time.perf_counter()
    connection.request("GET", f"/api/v1/analytics/{slug}/{query}", headers={"Authorization": f"Api-Key {key}"})
    answer = connection.getresponse()
    body = answer.read()
    took = (time.perf_counter() - started) * 1000
    if answer.status != 200:
        raise RuntimeError(f"{slug}: {answer.status} {body[:300]!r}")
    json.loads(body)
    return took


def report(
    period: str, over_http: dict[str, list[float]], bare: dict[str, float], orm: dict[str, tuple[float, str]]
) -> bool:
    print(f"\nperiod={period}, {LINES:,} sale entries, ms")
    print(f"{'question':<28}{'API p50':>9}{'API p95':>9}{'bare':>8}{'ORM, PG':>10}{'faster':>8}")
    reached = True
    for slug, times in over_http.items():
        p50, p95 = percentile(times, 0.5), percentile(times, 0.95)
        rival = orm[slug][0] if slug in orm else None
        good = is_good(slug, p50, p95, rival)
        against = f"{rival:>10.0f}{rival / p50:>7.1f}×" if rival else f"{'–':>10}{'–':>8}"
        print(f"{slug:<28}{p50:>9.1f}{p95:>9.1f}{bare[slug]:>8.1f}{against}{'' if good else '  MISSED'}")
        reached &= good
    return reached


def is_good(slug: str, p50: float, p95: float, rival: float | None) -> bool:
    most = P50_PER_CUSTOMER if slug.startswith(PER_CUSTOMER) else P50
    faster = rival is None or rival <= WHERE_OVER or rival / p50 >= TIMES_FASTER
    return p50 <= most and p95 <= P95 and faster
