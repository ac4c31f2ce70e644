"""A workbook of 100,000 rows × 12 columns or more from the API: seconds, and memory above the idle server."""

from __future__ import annotations

import http.client
import io
import time

from python_calamine import CalamineWorkbook

from bench.ground import Ground

ROWS, SECONDS, MEGABYTES = 100_000, 12, 150


def main() -> bool:
    ground = Ground("workbook").with_shop(ROWS)
    ground.measure("bench.measures.first_answer", "--write")
    with ground.server() as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
        headers = {"Authorization": f"Api-Key {ground.api_key()}"}
        download(connection, headers, "period=7d")  # everything is imported, the mart is loaded
        idle = server.memory()
        started = time.perf_counter()
        workbook = download(connection, headers, "period=all&kind=sale")
        seconds = time.perf_counter() - started
        above = server.peak_memory() - idle
    rows = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()
    print(f"{len(rows) - 1:,} rows × {len(rows[0])} columns: {seconds:.1f} s, {above:.0f} MB above the idle process")
    return seconds <= SECONDS and above <= MEGABYTES and len(rows) > ROWS and len(rows[0]) >= 12


def download(connection: http.client.HTTPConnection, headers: dict[str, str], query: str) -> bytes:
    connection.request("GET", f"/api/v1/analytics/sales/entries/?{query}&format=xlsx", headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} {body[:300]!r}")
    return body
