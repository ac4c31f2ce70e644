"""What people say and do, noted down: one way in for the admin, the API, files and the demo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.utils import timezone

from customers.models import Customer
from inventory.models import Brand, Category, Product
from lacelux.access.moments import CLOCK_TOLERANCE
from sales.models import Campaign, Channel, Interaction, Show
from sales.services.errors import InvalidSale, check_fields

Kind, Outcome = Interaction.Kind, Interaction.Outcome
BATCH = 1_000


class InvalidInteraction(InvalidSale):
    """A field of an interaction that cannot be: `field` and `message`."""


@dataclass(frozen=True)
class Rule:
    """What an interaction of one kind needs: at least one field of each group; and what it may have beside."""

    needs: tuple[tuple[str, ...], ...]
    outcome: str  # "words": any; "solved": how it was solved, or not yet; "none": it has none
    says: str


THING = ("product_id", "brand_id", "category_id", "show_id")
RULES: Mapping[str, Rule] = {
    Kind.ENQUIRY: Rule(((*THING, "topic", "text"),), "words", "An enquiry is about a piece, a brand or words."),
    Kind.BID: Rule((("product_id", "show_id"), ("amount",)), "words", "A bid has an amount, and a piece or a show."),
    Kind.HOLD: Rule((("product_id",),), "words", "A hold is of a piece."),
    Kind.LIKE: Rule((THING,), "none", "A like is of something: a piece, a brand, a category, a show."),
    Kind.QUESTION: Rule((("topic", "text"),), "solved", "A question has a topic or words."),
    Kind.CLICK: Rule((("campaign_id", "product_id"),), "none", "A click is on a campaign or on a piece."),
    Kind.COMPLAINT: Rule((("topic", "text"),), "solved", "A complaint has a topic or words."),
    Kind.RATING: Rule((("score",),), "none", "A rating has a score from 1 to 5."),
}
ONLY_OF = {"score": Kind.RATING, "amount": Kind.BID}


def record_interaction(
    *,
    kind: str,
    customer: Customer | None = None,
    product: Product | None = None,
    channel: Channel | None = None,
    campaign: Campaign | None = None,
    show: Show | None = None,
    brand: Brand | None = None,
    category: Category | None = None,
    size: str = "",
    colour: str = "",
    topic: str = "",
    outcome: str = "",
    score: int | None = None,
    amount: Decimal | None = None,
    text: str = "",
    occurred_at: datetime | None = None,
    actor: User | None = None,
) -> Interaction:
    """Note one interaction; now, where `occurred_at` is left out. Raises InvalidInteraction.

    A question or complaint without an outcome is not solved yet. A show's channel is taken over.
    """
    row = Interaction(
        kind=kind,
        customer=customer,
        product=product,
        channel=channel or (show.channel if show else None),
        campaign=campaign,
        show=show,
        brand=brand,
        category=category,
        size=size,
        colour=colour,
        topic=topic,
        outcome=outcome,
        score=score,
        amount=amount,
        text=text,
        occurred_at=occurred_at or timezone.now(),
        actor=actor,
    )
    check_interaction(row)
    row.save(force_insert=True)
    return row


def record_interactions(
    *, rows: Sequence[Interaction], actor: User | None = None, now: datetime | None = None
) -> Sequence[Interaction]:
    """Note many at once, none of them saved yet, as of `now`. Raises InvalidInteraction; then none was noted."""
    now = now or timezone.now()
    for row in rows:
        check_interaction(row, now)
        row.actor = actor
    return Interaction.objects.bulk_create(rows, batch_size=BATCH)


def check_interaction(row: Interaction, now: datetime | None = None) -> None:
    """Raise InvalidInteraction for the first thing about `row` that cannot be; fill in what follows."""
    rule = RULES.get(row.kind)
    if rule is None:
        raise InvalidInteraction("kind", f"A kind is one of {', '.join(RULES)}.")
    for group in rule.needs:
        if all(getattr(row, name) in (None, "") for name in group):
            raise InvalidInteraction(group[0].removesuffix("_id"), rule.says)
    for name, kind in ONLY_OF.items():
        if row.kind != kind and getattr(row, name) is not None:
            raise InvalidInteraction(name, f"Only a {kind} has this.")
    _check_outcome(row, rule)
    _check_moment(row, now or timezone.now())
    try:
        check_fields(row)
    except InvalidSale as refused:
        raise InvalidInteraction(refused.field, refused.message) from refused


def _check_outcome(row: Interaction, rule: Rule) -> None:
    if rule.outcome == "solved":
        row.outcome = row.outcome or Outcome.OPEN
        if row.outcome not in Outcome.values:
            raise InvalidInteraction("outcome", f"Of a {row.kind}, one of: {', '.join(Outcome.values)}.")
    if rule.outcome == "none" and row.outcome:
        raise InvalidInteraction("outcome", f"A {row.kind} has no outcome.")


def _check_moment(row: Interaction, now: datetime) -> None:
    if timezone.is_naive(row.occurred_at):
        raise InvalidInteraction("occurred_at", "The time needs its zone.")
    if row.occurred_at > now + CLOCK_TOLERANCE:
        raise InvalidInteraction("occurred_at", "This lies in the future.")
