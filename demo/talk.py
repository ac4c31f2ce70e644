"""What people said and did: bids, holds, likes, enquiries, questions, complaints, ratings."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from demo.calendar import Span
from demo.catalogue import BRANDS, CATEGORIES, MODELS, WANTED
from demo.dice import dice, weighted
from demo.marketing import Click
from demo.pieces import Piece, money
from demo.trade import OrderPlan

QUESTIONS = {
    "authenticity": 26, "measurements": 20, "condition details": 18, "shipping": 14, "payment plan": 9,
    "returns": 7, "availability": 6,
}  # fmt: skip
SOLVED = {"solved by a person": 52, "solved by template": 27, "solved by recommendation": 9, "open": 12}
COMPLAINTS = {
    "Condition not as expected": "condition", "Scratch not described": "condition", "Colour differs": "photos",
    "Does not fit": "size", "Late delivery": "delivery", "Missing dust bag": "packaging", "Scent": "condition",
    "Changed their mind": "returns", "Chargeback by the card issuer": "payment",
}  # fmt: skip
SCORES = {5: 71, 4: 20, 3: 5, 2: 2, 1: 2}
POOR_SCORES = {5: 8, 4: 17, 3: 27, 2: 24, 1: 24}
LOWEST_BID = Decimal(1)
NO_SALE = {"no reply": 40, "too expensive": 28, "still thinking": 22, "bought elsewhere": 10}


@dataclass(frozen=True)
class Talk:
    """One interaction. `person`, `piece` and `show` are numbers of the plan; `text` is what was said."""

    kind: str
    at: datetime
    person: int
    channel: str
    piece: int | None = None
    show: int | None = None
    campaign: str = ""
    brand: str = ""
    category: str = ""
    size: str = ""
    colour: str = ""
    topic: str = ""
    outcome: str = ""
    score: int | None = None
    amount: Decimal | None = None
    text: str = ""


def make_talk(
    seed: int,
    span: Span,
    *,
    orders: Sequence[OrderPlan],
    pieces: Sequence[Piece],
    people: Sequence[tuple[int, datetime]],
    clicks: Sequence[Click],
) -> list[Talk]:
    """All interactions, in the order of their time. `people`: numbers, with the time they joined."""
    listed = [piece for piece in pieces if span.day_of(piece.listed_at) < span.end]
    talk = [*_round_orders(seed, orders, people), *_idle(seed, span, listed, people)]
    talk += _gaps(dice(seed, "gaps"), span, people, count=len(pieces) // 8)
    talk += [Talk("click", click.at, click.person, "", campaign=click.campaign) for click in clicks]
    return sorted(talk, key=lambda one: (one.at, one.person, one.kind))


def _round_orders(seed: int, orders: Sequence[OrderPlan], people: Sequence[tuple[int, datetime]]) -> Iterator[Talk]:
    rngs = {name: dice(seed, f"{name} talk") for name in ("bids", "before", "after")}
    order_of_joining = sorted(people, key=lambda pair: (pair[1], pair[0]))
    known = 0
    for order in orders:
        while known < len(order_of_joining) and order_of_joining[known][1] < order.at:
            known += 1
        if order.show is not None:
            yield from _bids(rngs["bids"], order, order_of_joining[:known])
        else:
            yield from _before(rngs["before"], order)
        yield from _after(rngs["after"], order)


def _bids(rng: random.Random, order: OrderPlan, known: Sequence[tuple[int, datetime]]) -> Iterator[Talk]:
    """Others bid, the buyer bids last and most."""
    assert order.show is not None
    for line in order.lines:
        mine = Talk("bid", order.at - timedelta(seconds=6), order.person.number, "whatnot", line.piece.number,
                    order.show.number, outcome="won", amount=max(line.price - line.discount, LOWEST_BID))  # fmt: skip
        for n in range(rng.choice((0, 1, 1, 2, 3)) if known else 0):
            person = rng.choice(known)[0]
            if person != order.person.number:
                at = order.at - timedelta(seconds=12 + 7 * n)
                yield replace(mine, at=at, person=person, outcome="outbid", amount=_less(mine.amount, n))
        yield mine


def _less(winning: Decimal | None, n: int) -> Decimal:
    """What was bid `n` + 1 steps before the winning bid."""
    return max(money(float(winning or 0) * 0.96 ** (n + 1)), LOWEST_BID)


def _before(rng: random.Random, order: OrderPlan) -> Iterator[Talk]:
    piece, chance = order.lines[0].piece, rng.random()
    asked = Talk("enquiry", order.at - timedelta(hours=rng.uniform(0.5, 70)), order.person.number, order.channel,
                 piece.number, topic="price", outcome="ordered")  # fmt: skip
    if asked.at > piece.free_since and chance < 0.34:
        yield asked
    elif asked.at > piece.free_since and chance < 0.55:
        topic = weighted(rng, QUESTIONS)
        yield replace(asked, kind="question", topic=topic, outcome="solved by a person", text=f"About {topic}")
    if order.held_since is not None:
        yield replace(asked, kind="hold", at=order.held_since, topic="")


def _after(rng: random.Random, order: OrderPlan) -> Iterator[Talk]:
    said = Talk("rating", order.at, order.person.number, order.channel, order.lines[0].piece.number)
    poor = order.fate.kind in ("returned", "part", "chargeback")
    if poor and order.fate.at is not None and rng.random() < 0.8:
        at = order.fate.at - timedelta(hours=rng.uniform(5, 60))
        outcome = weighted(rng, SOLVED | {"open": 4})
        topic = COMPLAINTS.get(order.fate.reason, "other")
        yield replace(said, kind="complaint", at=at, topic=topic, outcome=outcome, text=order.fate.reason)
    elif rng.random() < 0.018:
        at = order.at + timedelta(days=rng.uniform(4, 9))
        yield replace(
            said, kind="complaint", at=at, topic="delivery", outcome=weighted(rng, SOLVED), text="Where is it?"
        )
    if order.fate.kind != "cancelled" and rng.random() < 0.33:
        score = weighted(rng, POOR_SCORES if poor else SCORES)
        yield replace(said, at=order.at + timedelta(days=rng.uniform(4, 15)), score=score)


def _idle(seed: int, span: Span, pieces: Sequence[Piece], people: Sequence[tuple[int, datetime]]) -> Iterator[Talk]:
    """Likes, enquiries and questions that led to no order (or not by themselves)."""
    rng = dice(seed, "idle talk")
    for person, since in people:
        for _ in range(min(int(rng.paretovariate(0.9)), 12) - 1 + int(rng.random() < 0.5)):
            piece = rng.choice(pieces)
            start = max(since, piece.listed_at)
            at = start + timedelta(days=rng.expovariate(1 / 20))
            channel = rng.choice(("instagram", "instagram", "whatnot", "poshmark", "shopify"))
            if span.day_of(at) <= span.end:
                yield _one_idle(rng, Talk("like", at, person, channel, piece.number))


def _one_idle(rng: random.Random, like: Talk) -> Talk:
    chance = rng.random()
    if chance < 0.62:
        return like
    if chance < 0.84:
        return replace(like, kind="enquiry", topic="price", outcome=weighted(rng, NO_SALE))
    topic = weighted(rng, QUESTIONS)
    return replace(like, kind="question", topic=topic, outcome=weighted(rng, SOLVED), text=f"About {topic}")


def _gaps(rng: random.Random, span: Span, people: Sequence[tuple[int, datetime]], *, count: int) -> Iterator[Talk]:
    """What people asked for and we did not have."""
    brands = {brand.name: 6.0 for brand in WANTED} | {brand.name: brand.growth**2 for brand in BRANDS}
    for _ in range(count if people else 0):
        person, since = rng.choice(people)
        brand = weighted(rng, brands)
        model = rng.choice([m for m in MODELS if m.brand == brand] or [None])
        left = (span.end - span.day_of(since)).days + 1
        day = span.day_of(since) + timedelta(int(left * rng.random()))
        at = max(span.at(day, rng.uniform(8, 23)), since)
        yield Talk(
            "enquiry", at, person, rng.choice(("instagram", "email", "whatnot")), brand=brand,
            category=model.category if model else rng.choice(CATEGORIES[:2]),
            size=rng.choice(model.sizes) if model else "", colour=rng.choice(model.colours) if model else "Black",
            topic="availability", outcome="not in stock",
            text=f"Do you have {brand} {model.name if model else 'anything'}?",
        )  # fmt: skip
