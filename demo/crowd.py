"""The people round the demo shop: who is known on a day, who buys again, who only watches."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from demo.calendar import Span
from demo.catalogue import BRAND, MODELS
from demo.dice import dice, index_by_weight
from demo.people import Person, make_person


def brand_fame() -> dict[str, float]:
    """How many people are fond of a brand: by what it brings in, and how fast it moves."""
    fame = dict.fromkeys(BRAND, 0.0)
    for model in MODELS:
        fame[model.brand] += model.weight * BRAND[model.brand].speed * (1 + model.price / 4000)
    return fame


@dataclass
class Crowd:
    """`known` are those who have bought, with the time they joined; the rest of `size` only watch."""

    seed: int
    span: Span
    size: int
    known: list[tuple[Person, datetime]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = dice(self.seed, "people")
        self.fame = brand_fame()

    def buyer(self, rng: random.Random, *, channel: str, moment: datetime) -> Person:
        """A newcomer or someone who comes back, by their pull, their home channel and how long they stay."""
        days = (self.span.day_of(moment) - self.span.start).days
        if len(self.known) < 12 or rng.random() < 0.44 + 0.45 * 0.5 ** (days / 45):
            return self._newcomer(rng, channel, moment)
        position = index_by_weight(rng, [_return(person, since, channel, moment) for person, since in self.known])
        return self._newcomer(rng, channel, moment) if position is None else self.known[position][0]

    def _newcomer(self, rng: random.Random, channel: str, moment: datetime) -> Person:
        person = make_person(self.rng, number=len(self.known) + 1, brands=self.fame)
        if channel != person.home and rng.random() < 0.85:
            person = with_home(person, channel)
        self.known.append((person, moment - timedelta(days=rng.expovariate(1 / 6) + 0.01)))
        return person

    def watchers(self) -> list[tuple[Person, datetime]]:
        """Those who never bought (yet), up to the size of the crowd."""
        rng = dice(self.seed, "watchers")
        days = len(self.span.days)
        return [
            (make_person(rng, number=number, brands=self.fame), self._joined(rng, days))
            for number in range(len(self.known) + 1, self.size + 1)
        ]

    def _joined(self, rng: random.Random, days: int) -> datetime:
        day = self.span.days[int(days * rng.random() ** 0.8)]
        return self.span.at(day, rng.uniform(8, 23))


def with_home(person: Person, channel: str) -> Person:
    """The same person, met on another channel, with a name there."""
    names = dict(person.handles)
    if channel != "email" and channel not in names:
        stem = "".join(c for c in person.name.lower() if c.isalpha())
        names[channel] = f"{'@' if channel == 'instagram' else ''}{stem}{person.number}"
    return replace(person, home=channel, handles=tuple(sorted(names.items())))


def _return(person: Person, since: datetime, channel: str, moment: datetime) -> float:
    if (moment - since).days > person.stays:
        return 0.0
    return person.pull * (3.0 if person.home == channel else 0.35)
