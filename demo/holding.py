"""Pieces kept for people who then do not buy them (yet), and small gifts on shows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.calendar import Span
from demo.catalogue import EXTRAS, Extra
from demo.dice import dice
from demo.pieces import Piece
from demo.shows import ShowPlan

KEPT_HOURS = 48


@dataclass(frozen=True)
class HoldPlan:
    piece: Piece
    person: int
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Gift:
    """Given away on a show: a sale at 0.00."""

    number: int
    show: ShowPlan
    person: int
    extra: Extra
    at: datetime


def make_holds(
    seed: int, span: Span, *, unsold: Sequence[Piece], people: Sequence[tuple[int, datetime]]
) -> list[HoldPlan]:
    """One in ten of the unsold pieces was kept for somebody once; one in sixty is now."""
    rng = dice(seed, "holds")
    holds = []
    for piece in unsold:
        chance, days = rng.random(), (span.end - span.day_of(piece.listed_at)).days
        at = span.at(span.end - timedelta(1), rng.uniform(9, 21))
        if chance > 0.016:
            at = piece.listed_at + timedelta(days=rng.uniform(1, 20))
        if chance < 0.12 and days > 2 and span.day_of(at) < span.end and (person := _someone(rng, people, at)):
            holds.append(HoldPlan(piece, person, at, at + timedelta(hours=KEPT_HOURS)))
    return holds


def make_gifts(seed: int, *, shows: Sequence[ShowPlan], people: Sequence[tuple[int, datetime]]) -> list[Gift]:
    rng = dice(seed, "gifts")
    gifts: list[Gift] = []
    for show in shows:
        at = show.starts_at + timedelta(minutes=rng.uniform(20, 90))
        extra, person = rng.choice(EXTRAS[:2]), _someone(rng, people, at)
        if show.gives_away and person:
            gifts.append(Gift(len(gifts) + 1, show, person, extra, at))
    return gifts


def _someone(rng: random.Random, people: Sequence[tuple[int, datetime]], at: datetime) -> int | None:
    """The number of anyone who had joined by then."""
    joined = [number for number, since in people if since < at]
    return rng.choice(joined) if joined else None
