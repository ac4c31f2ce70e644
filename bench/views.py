"""Product views that the web shop reports: how many a second one server process takes, and that none is lost."""

from __future__ import annotations

import json
import random
import socket
import sys
import threading
import time

from bench.ground import LINES, Ground

FEWEST = 500  # a second
SECONDS, CALLERS, PIECES = 10.0, 8, 200
COUNT = "import django; django.setup(); from inventory.models import ProductView as V; print(V.objects.count())"


def main() -> bool:
    reached = True
    for ground in (Ground("sqlite").with_shop(), Ground("postgresql", postgres=True).with_shop()):
        ground.run("manage.py", "migrate", "--verbosity", "0")
        before = counted(ground)
        with ground.server() as server:
            key = ground.run("manage.py", "site_key").split()[0]
            said = ground.measure("bench.views", str(server.port), key)
        lost = said["sent"] - (counted(ground) - before)
        good = said["rate"] >= FEWEST and not lost
        print(f"{ground.name:<12} {said['rate']:,.0f} views/s, {lost} lost{'' if good else '  MISSED'}")
        reached &= good
    return reached


def counted(ground: Ground) -> int:
    return int(ground.run("-c", COUNT).split()[-1])


def report_views(port: int, key: str) -> dict[str, float]:
    """`CALLERS` kept connections, each view of a session of its own: what is sent is what must be counted."""
    sent = [0] * CALLERS
    until = time.monotonic() + SECONDS
    callers = [threading.Thread(target=call, args=(port, key, until, sent, n)) for n in range(CALLERS)]
    started = time.monotonic()
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    return {"sent": sum(sent), "rate": sum(sent) / (time.monotonic() - started)}


def call(port: int, key: str, until: float, sent: list[int], place: int) -> None:
    chance = random.Random(f"{time.time_ns()} {place}")
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        while time.monotonic() < until:
            line.sendall(request(key, chance))
            answer = line.recv(65_536)
            if not answer.startswith(b"HTTP/1.1 202"):
                raise RuntimeError(answer[:300])
            sent[place] += 1


def request(key: str, chance: random.Random) -> bytes:
    view = {"product": chance.randint(1, min(PIECES, LINES // 5)), "session": f"{chance.getrandbits(96):024x}"}
    body = json.dumps({**view, "site_key": key}).encode()
    head = f"POST /api/views/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Content-Type: application/json\r\n\r\n".encode() + body


if __name__ == "__main__":
    print(json.dumps(report_views(int(sys.argv[1]), sys.argv[2])))
