"""Who looked at what: sessions on the shop's pages, each a walk past some pieces of the day's shelf."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from demo.calendar import HOURS, Span
from demo.dice import poisson, token
from demo.shelf import Shelf

LOOKS = 3.2  # pieces in a session


@dataclass(frozen=True)
class View:
    piece: int
    session: str
    at: datetime


def browse(rng: random.Random, span: Span, day: date, shelf: Shelf, *, sessions: float) -> list[View]:
    """The views of one day; tempting pieces are looked at more."""
    if not shelf.pieces:
        return []
    weights = list(accumulate(weight**0.7 for weight in shelf.temptation))
    views = []
    for _ in range(poisson(rng, sessions)):
        at = span.at(day, rng.choices(range(24), HOURS)[0] + rng.random() * 0.8)
        name = token(rng, 24)
        for piece in rng.choices(shelf.pieces, cum_weights=weights, k=1 + poisson(rng, LOOKS - 1)):
            views.append(View(piece.number, name, at))
            at += timedelta(seconds=rng.uniform(8, 95))
    return views
