"""Chance that can be repeated: one generator per concern, so that a change to one leaves the others alone."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


def dice(seed: int, concern: str) -> random.Random:
    """A generator of its own for `concern`. Text seeds go through SHA-512, never through Python's `hash`."""
    return random.Random(f"{seed}/{concern}")


def poisson(rng: random.Random, mean: float) -> int:
    """A count with the given mean (Knuth's method, in slices so that exp() cannot underflow)."""
    count = 0
    while mean > 0:
        part = min(mean, 30.0)
        mean -= part
        limit, product = math.exp(-part), rng.random()
        while product > limit:
            count += 1
            product *= rng.random()
    return count


def weighted(rng: random.Random, weights: Mapping[T, float]) -> T:
    """One key of `weights`, by weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def index_by_weight(rng: random.Random, weights: Sequence[float]) -> int | None:
    """One position by weight; None where all weights are zero."""
    total = sum(weights)
    if total <= 0:
        return None
    mark = rng.random() * total
    for position, weight in enumerate(weights):
        mark -= weight
        if mark < 0:
            return position
    return max(position for position, weight in enumerate(weights) if weight > 0)


def around(rng: random.Random, spread: float) -> float:
    """A factor around 1 with a log-normal spread: half of them below 1, half above."""
    return math.exp(rng.gauss(0, spread))


def token(rng: random.Random, length: int) -> str:
    return f"{rng.getrandbits(4 * length):0{length}x}"
