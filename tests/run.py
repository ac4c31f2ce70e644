"""`make test`: every test on SQLite, then once more on PostgreSQL and Redis where they can be reached.

With REQUIRE_SERVICES=1 a service that cannot be reached is a failure. Arguments go to pytest.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from services import Service, find_chromium, find_postgresql, find_redis

ROOT = Path(__file__).resolve().parent.parent
REQUIRED = os.environ.get("REQUIRE_SERVICES") == "1"
# What has nothing to do with the database or the broker was tested in the first pass; so was the year of real files,
# which takes as long as all the rest: `DATABASE_URL=… make test ARGS="-m real_data"` has it on PostgreSQL.
SECOND_PASS = "not soak and not browser and not real_data and (redis or not once)"
PROCESSES = (
    "3"  # one more than the cores of a small machine: browsers, servers and mail are waited for much of the time
)
NO_TESTS = 5  # what pytest ends with where its arguments select nothing


def main() -> int:
    postgresql, redis, chromium = find_postgresql(), find_redis(), find_chromium()
    missing = [service for service in (postgresql, redis, chromium) if not service.value]
    for service in missing:
        print(f"{service.name} cannot be reached ({service.why}).")
    if missing and REQUIRED:
        print("REQUIRE_SERVICES=1: that is a failure.")
        return 1

    shared = {"TEST_REDIS_URL": redis.value, "CHROMIUM": chromium.value}
    passes = [("SQLite", "not soak and not postgres", {**shared, "DATABASE_URL": "", "REDIS_URL": ""})]
    if postgresql.value:
        services = {**shared, "DATABASE_URL": postgresql.value, "REDIS_URL": redis.value}
        passes.append(("PostgreSQL" + (" and Redis" if redis.value else ""), SECOND_PASS, services))
    results = [_run(*each) for each in passes]
    _tell(results, missing)
    return max(code for _, code, _ in results)


def _run(name: str, markers: str, environment: dict[str, str]) -> tuple[str, int, float]:
    print(f"\n=== Tests on {name} ===", flush=True)
    started = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-n", PROCESSES, "-q", "-m", markers, *sys.argv[1:]]
    kept = {key: value for key, value in os.environ.items() if key not in environment}
    code = subprocess.run(command, cwd=ROOT, env=kept | {k: v for k, v in environment.items() if v}).returncode
    selected_nothing = code == NO_TESTS and len(sys.argv) > 1
    return name, 0 if selected_nothing else code, time.monotonic() - started


def _tell(results: list[tuple[str, int, float]], missing: list[Service]) -> None:
    print()
    for name, code, seconds in results:
        print(f"{name}: {'failed' if code else 'ok'} ({seconds:.0f} s)")
    for service in missing:
        print(f"{service.name}: its tests did not run")


if __name__ == "__main__":
    sys.exit(main())
