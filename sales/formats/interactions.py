"""What people said and did, one per row: exports of inboxes and of shows, or a list kept by hand.

People, pieces, channels, campaigns, brands and categories must be known here already: a name that nobody goes by is a
misspelling more often than somebody new. Times without a zone are the shop's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models.functions import Lower

from customers.models import Customer, Handle
from inventory.models import Brand, Category, Product
from lacelux.intake import values
from lacelux.intake.formats import Column, Comparison, Format, Importer, Located, Option
from lacelux.intake.models import Batch, Rejected
from lacelux.intake.refusals import Refused
from sales.formats.history import Identities
from sales.models import Campaign, Channel, Interaction
from sales.services import InvalidInteraction, check_interaction, record_interactions

Outcome = Interaction.Outcome
# What people write into such a column, beside the words that are kept.
OUTCOMES: Mapping[str, str] = {
    "person": Outcome.PERSON,
    "template": Outcome.TEMPLATE,
    "recommendation": Outcome.RECOMMENDATION,
    "not yet": Outcome.OPEN,
    "no": Outcome.OPEN,
}
COLUMN_OF = {"product": "sku"}  # our fields whose column has another name
TEXTS = {"size": 40, "colour": 40, "topic": 80, "outcome": 80, "text": 10_000}


@dataclass
class Said:
    """One row: who and what by their names; `row` once these are found."""

    identity: str
    names: Mapping[str, str]
    facts: Mapping[str, Any]
    row: Interaction | None = None


class Interactions(Format):
    name = "interactions"
    title = "Interactions"
    source = "interactions"
    most_rows = 10_000
    columns = (
        Column("kind"),
        Column("occurred_at"),
        *(
            Column(name, required=False)
            for name in (
                *("customer", "platform", "sku", "channel", "campaign", "brand", "category", "size", "colour"),
                *("topic", "outcome", "score", "amount", "text"),
            )
        ),
    )
    options = (Option("date-format", "How dates are written where that is ambiguous: %d/%m/%Y or %m/%d/%Y."),)

    def importer(self, *, options: Mapping[str, str], now: datetime) -> InteractionsImporter:
        return InteractionsImporter(options=options, now=now)


class InteractionsImporter(Importer[Said]):
    def __init__(self, *, options: Mapping[str, str], now: datetime) -> None:
        super().__init__(options=options, now=now)
        self.zone = ZoneInfo(settings.SHOP_TIME_ZONE)
        self._identities = Identities("interactions")
        self._seen: set[str] = set()
        self._named: dict[str, dict[str, int]] = {}

    def begin_file(self, name: str) -> None:
        self._identities.begin_file()

    def parse(self, cells: Sequence[str]) -> Said:
        cell = dict(zip((column.name for column in Interactions.columns), cells, strict=True))
        date_format = self.options.get("date-format", "")
        at = values.moment(
            cell["occurred_at"], column="occurred_at", zone=self.zone, now=self.now, date_format=date_format
        )
        facts: dict[str, Any] = {
            "kind": values.text(cell["kind"], column="kind", longest=10, required=True).lower(),
            "score": _or_none(values.whole, cell["score"], column="score"),
            "amount": _or_none(values.number, cell["amount"], column="amount", places=2),
        }
        facts |= {name: values.text(cell[name], column=name, longest=longest) for name, longest in TEXTS.items()}
        facts["outcome"] = OUTCOMES.get(facts["outcome"].lower(), facts["outcome"])
        names = {
            name: values.text(cell[name], column=name, longest=160)
            for name in ("customer", "platform", "sku", "channel", "campaign", "brand", "category")
        }
        identity = self._identities.of(at, *map(str, facts.values()), *names.values())
        return Said(identity, names, {**facts, "occurred_at": at})

    def compare(self, rows: Sequence[Located[Said]]) -> Comparison[Said]:
        found: Comparison[Said] = Comparison()
        identities = [UUID(row.content.identity) for row in rows]
        there = {
            identity.hex
            for identity in Interaction.objects.filter(identity__in=identities).values_list("identity", flat=True)
            if identity
        }
        finder = Finder([row.content.names for row in rows], self._named)
        for row in rows:
            said = row.content
            if said.identity in there or said.identity in self._seen:
                found.known += 1
                continue
            try:
                said.row = _interaction(said, finder)
            except Refused as refused:
                found.refused.append((row, refused, Rejected.Kind.REJECTED))
                continue
            self._seen.add(said.identity)
            found.new.append(row)
        return found

    def write(
        self, found: Comparison[Said], *, batch: Batch, actor: User | None
    ) -> list[tuple[Located[Said], Refused]]:
        record_interactions(rows=[row.content.row for row in found.new if row.content.row], actor=actor)
        return []


class Finder:
    """Ids of what the rows of one chunk name, found by a query for each kind of thing."""

    def __init__(self, rows: Sequence[Mapping[str, str]], kept: dict[str, dict[str, int]]) -> None:
        self.kept = kept
        self.skus = dict(Product.objects.filter(sku__in={row["sku"] for row in rows}).values_list("sku", "id"))
        wanted = {row["customer"].lower() for row in rows} - {""}
        self.people: dict[tuple[str, str], set[int]] = {}
        handles = Handle.objects.annotate(lower=Lower("value"), where=Lower("platform")).filter(
            lower__in=wanted | {f"@{name}" for name in wanted}
        )
        self._remember(handles.values_list("where", "lower", "customer_id"))
        emails = Customer.objects.annotate(lower=Lower("email")).filter(lower__in=wanted)
        self._remember(("email", email, pk) for email, pk in emails.values_list("lower", "id"))

    def _remember(self, people: Iterable[tuple[str, str, int]]) -> None:
        for platform, name, pk in people:
            for where in (platform, ""):
                self.people.setdefault((where, name.removeprefix("@")), set()).add(pk)

    def customer(self, name: str, platform: str) -> int | None:
        """By handle, with or without @, or by e-mail address. Raises Refused for nobody, and for more than one."""
        if not name:
            return None
        found = self.people.get((platform.lower(), name.lower().removeprefix("@")), set())
        if not found:
            raise Refused("Nobody goes by this handle or e-mail address.", column="customer", value=name)
        if len(found) > 1:
            raise Refused("Several people go by this: name the platform.", column="customer", value=name)
        return next(iter(found))

    def product(self, sku: str) -> int | None:
        if sku and sku not in self.skus:
            raise Refused("There is no such piece.", column="sku", value=sku)
        return self.skus.get(sku)

    def named(self, model: type[Channel | Campaign | Brand | Category], name: str) -> int | None:
        column = model.__name__.lower()
        if column not in self.kept:
            self.kept[column] = {str(one).lower(): one.pk for one in model._default_manager.all()}
            if model is Channel:
                self.kept[column] |= dict(Channel.objects.values_list("code", "id"))
        if name and name.lower() not in self.kept[column]:
            raise Refused(f"There is no such {column}.", column=column, value=name)
        return self.kept[column].get(name.lower())


def _interaction(said: Said, finder: Finder) -> Interaction:
    names = said.names
    row = Interaction(
        customer_id=finder.customer(names["customer"], names["platform"]),
        product_id=finder.product(names["sku"]),
        channel_id=finder.named(Channel, names["channel"]),
        campaign_id=finder.named(Campaign, names["campaign"]),
        brand_id=finder.named(Brand, names["brand"]),
        category_id=finder.named(Category, names["category"]),
        identity=UUID(said.identity),
        **said.facts,
    )
    try:
        check_interaction(row)
    except InvalidInteraction as refused:
        column = COLUMN_OF.get(refused.field, refused.field)
        value = said.facts.get(refused.field)
        raise Refused(refused.message, column=column, value="" if value is None else str(value)) from refused
    return row


def _or_none(read: Callable[..., int | Decimal], value: str, **how: Any) -> int | Decimal | None:
    return read(value, **how) if value.strip() else None
