"""Buyers at the API, each a process: standard library only, so that many start quickly.

python buyers.py PORT KEY ROUNDS SEED SKU…    buys every SKU once per round, each round in its own order
"""

import http.client
import json
import random
import sys
from collections import Counter
from uuid import uuid4


def post(connection: http.client.HTTPConnection, key: str, body: dict, idempotency_key: str) -> tuple[int, bytes, bool]:
    """Status, body, and whether it was a replay."""
    headers = {
        "Authorization": f"Api-Key {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": idempotency_key,
    }
    connection.request("POST", "/api/v1/sales/", json.dumps(body), headers)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.getheader("Idempotent-Replayed") == "true"


def sale(sku: str) -> dict:
    return {"channel": "till", "lines": [{"sku": sku, "unit_price": "450.00"}]}


def buy(port: int, key: str, rounds: int, seed: int, skus: list[str]) -> Counter[int]:
    order, statuses = random.Random(seed), Counter[int]()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for _ in range(rounds):
        for sku in order.sample(skus, len(skus)):
            statuses[post(connection, key, sale(sku), str(uuid4()))[0]] += 1
    return statuses


if __name__ == "__main__":
    port, key, rounds, seed, *skus = sys.argv[1:]
    print(json.dumps(buy(int(port), key, int(rounds), int(seed), skus)))
