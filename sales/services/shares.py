"""How amounts of a whole order are shared out over its lines."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from lacelux.lib.money import ZERO, spread


class Weighed(Protocol):
    @property
    def gross(self) -> Decimal: ...

    @property
    def quantity(self) -> int: ...


def weights_of(lines: Sequence[Weighed]) -> list[Decimal]:
    """By gross; by quantity where gross is zero throughout."""
    by_gross = [line.gross for line in lines]
    return by_gross if any(by_gross) else [Decimal(line.quantity) for line in lines]


def spread_within(amount: Decimal, weights: Sequence[Decimal], limits: Sequence[Decimal]) -> list[Decimal]:
    """`amount` (not negative, within the sum of `limits`) by `weights`, no share above its limit.

    What a limit cuts off is shared out again over the lines that have room left.
    """
    shares = [ZERO] * len(weights)
    rest, room = amount, [i for i, limit in enumerate(limits) if limit > 0]
    while rest and room:
        for i, part in zip(room, spread(rest, [weights[i] for i in room]), strict=True):
            shares[i] += min(part, limits[i] - shares[i])
        rest = amount - sum(shares, ZERO)
        room = [i for i in room if shares[i] < limits[i]]
    return shares
