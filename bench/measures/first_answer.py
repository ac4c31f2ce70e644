"""Seconds from nothing to the mart's first answer, Django's own start not counted; `--write` leaves a snapshot."""

from __future__ import annotations

import json
import resource
import sys
import time

import django

django.setup()

from analytics.mart import snapshot  # noqa: E402
from analytics.mart.replica import mart  # noqa: E402

if __name__ == "__main__":
    started = time.perf_counter()
    with mart().session() as session:
        session.query("SELECT sum(revenue) FROM entry")
    seconds = time.perf_counter() - started
    if "--write" in sys.argv:
        snapshot.write(mart())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak": peak}))
