"""Writes down what moves neither stock nor money: offers, looks, talk, dates. In bulk; nothing later than `now`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db.models import F

from demo.calendar import Occasion
from demo.pieces import Offer
from demo.plan import Plan
from demo.records import BATCH, REASON, Records
from demo.talk import Talk
from inventory.models import Product, ProductView, Submission
from sales.models import CalendarEvent, Interaction
from sales.services import record_interactions

State = Submission.State
T = TypeVar("T")


def write_traces(plan: Plan, records: Records, now: datetime, say: Callable[[str], None]) -> None:
    """After the ledger: an offer's state follows its piece."""
    write_submissions(plan, records, now)
    write_events(plan)
    say(f"Counting {len(plan.views):,} looks …")
    write_views(plan, records, now)
    say(f"Noting {len(plan.talk):,} bids, likes, questions and clicks …")
    write_talk(plan, records, now)


def write_submissions(plan: Plan, records: Records, now: datetime) -> None:
    pks = [product.pk for product in records.products.values()]
    sold = set(Product.objects.filter(pk__in=pks, status=Product.Status.SOLD).values_list("sku", flat=True))
    rows = [_submission(offer, records, sold, now) for offer in plan.offers if offer.submitted_at <= now]
    Submission.objects.bulk_create(rows, batch_size=BATCH)
    Submission.history.bulk_history_create(rows, batch_size=BATCH, default_change_reason=REASON)


def _submission(offer: Offer, records: Records, sold: set[str], now: datetime) -> Submission:
    product = records.products.get(offer.piece) if offer.piece is not None else None
    return Submission(
        seller=records.sellers[offer.supplier.number], product=product,
        title=f"{offer.model.brand} {offer.model.name}", brand=records.brands[offer.model.brand],
        category=records.categories[offer.model.category], condition=offer.condition, source=offer.source,
        state=_state(offer, product, sold, now), is_consignment=offer.is_consignment, asking_price=offer.asking,
        offered_price=offer.offered if offer.offered_at and offer.offered_at <= now else None,
        submitted_at=offer.submitted_at, offered_at=_by(offer.offered_at, now),
        decided_at=_by(offer.decided_at, now), received_at=_by(offer.received_at, now),
    )  # fmt: skip


def _by(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment is not None and moment <= now else None


def _state(offer: Offer, product: Product | None, sold: set[str], now: datetime) -> State:
    """How far the offer has come by `now`."""
    if product is not None:
        if product.sku in sold:
            return State.SOLD
        return State.LISTED if product.listed_at else State.RECEIVED
    if _by(offer.decided_at, now):
        return State.ACCEPTED if offer.outcome == "accepted" else State.DECLINED
    if _by(offer.offered_at, now):
        return State.OFFERED
    return State.REVIEWING if (now - offer.submitted_at).total_seconds() > 6 * 3600 else State.NEW


def write_events(plan: Plan) -> None:
    """The dates that move demand, a year ahead too: they are what is expected."""
    known = set(CalendarEvent.objects.values_list("name", "starts_on"))
    CalendarEvent.objects.bulk_create(_event(one) for one in plan.dates if (one.name, one.starts_on) not in known)


def _event(occasion: Occasion) -> CalendarEvent:
    return CalendarEvent(
        event_type=occasion.kind, name=occasion.name, starts_on=occasion.starts_on, ends_on=occasion.ends_on,
        impact_level=occasion.impact, expected_demand_multiplier=f"{occasion.expected:.2f}",
    )  # fmt: skip


def write_views(plan: Plan, records: Records, now: datetime) -> None:
    ids = {number: product.pk for number, product in records.products.items()}
    rows = (
        ProductView(product_id=ids[view.piece], session=view.session, viewed_at=view.at)
        for view in plan.views
        if view.at <= now
    )
    ProductView.objects.bulk_create(rows, batch_size=4_000)


def write_talk(plan: Plan, records: Records, now: datetime) -> None:
    rows = [_interaction(talk, records) for talk in plan.talk if talk.at <= now]
    record_interactions(rows=rows, now=now)
    ids = [row.pk for row in rows]
    if ids:
        Interaction.objects.filter(pk__gte=min(ids), pk__lte=max(ids)).update(created_at=F("occurred_at"))


def _interaction(talk: Talk, records: Records) -> Interaction:
    return Interaction(
        kind=talk.kind, customer=records.customers[talk.person], product=_get(records.products, talk.piece),
        channel=records.channels.get(talk.channel), campaign=records.campaigns.get(talk.campaign),
        show=_get(records.shows, talk.show), brand=records.brands.get(talk.brand),
        category=records.categories.get(talk.category), size=talk.size, colour=talk.colour, topic=talk.topic,
        outcome=talk.outcome, score=talk.score, amount=talk.amount, text=talk.text, occurred_at=talk.at,
    )  # fmt: skip


def _get(rows: dict[int, T], number: int | None) -> T | None:
    return rows[number] if number is not None else None
