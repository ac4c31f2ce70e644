"""Each question's own statements on the mart, without HTTP or painting: `python -m bench.measures.bare PERIOD`."""

from __future__ import annotations

import json
import statistics
import sys
import time

import django

django.setup()

from analytics.base import Viewer  # noqa: E402
from analytics.catalogue import ANALYSES  # noqa: E402
from analytics.columns import COST, MARGIN, PERSONAL  # noqa: E402
from analytics.mart.replica import mart  # noqa: E402

OWNER = Viewer(frozenset({"access.view_figures", COST, MARGIN, PERSONAL}))
ROUNDS = 15


def milliseconds(slug: str, period: str) -> float:
    analysis = ANALYSES[slug]
    query = {"period": [period]} if analysis.Params.has_period else {}
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        analysis.run(query, OWNER)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    mart().wait()
    print(json.dumps({slug: milliseconds(slug, sys.argv[1]) for slug in ANALYSES}))
