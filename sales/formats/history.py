"""Sales of the past as they go into the ledger: written ahead of their publication, without touching stock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from hashlib import blake2b
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Model
from django.db.models.functions import Lower

from customers.models import Customer, Handle
from inventory.models import Product
from lacelux.intake.formats import Comparison, Importer, Located
from lacelux.intake.models import Batch
from lacelux.intake.refusals import Refused
from lacelux.intake.writing import insert, present
from sales.models import Adjustment, Channel, Order, OrderLine, Refund

MOST_REMEMBERED = 200_000  # orders, customers or products held in memory


class Kind(Enum):
    SALE = "sale"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"
    WRITE_OFF = "write_off"


MODEL: Mapping[Kind, type[OrderLine] | type[Refund] | type[Adjustment]] = {
    Kind.SALE: OrderLine,
    Kind.REFUND: Refund,
    Kind.ADJUSTMENT: Adjustment,
    Kind.WRITE_OFF: Adjustment,
}

_WHOSE = ("source", "number", "channel_id", "customer_id", "product_id", "country", "description", "quantity", "amount")
_LINE = ("order_id", "product_id", "description", "quantity", "unit_price", "gross", "sold_at")
_ORDER = (
    "source",
    "number",
    "state",
    "channel_id",
    "customer_id",
    "country",
    "ordered_at",
    "currency",
    "batch_id",
)
FIELDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.SALE: (*_LINE, "identity", "batch_id"),
    Kind.REFUND: (*_WHOSE, "refunded_at", "identity", "batch_id"),
    Kind.ADJUSTMENT: ("kind", *_WHOSE, "adjusted_at", "identity", "batch_id"),
    Kind.WRITE_OFF: ("kind", *_WHOSE, "adjusted_at", "identity", "batch_id"),
}


class Entry(NamedTuple):
    """One entry of the ledger: quantity and amount as the model of its kind wants them."""

    kind: Kind
    identity: str
    order: str
    sku: str
    description: str
    quantity: int
    price: Decimal
    amount: Decimal
    at: datetime
    customer: str
    country: str


class Identities:
    """Names for lines that have none: source, order, content and n-th repetition within the file.

    The first four bytes are the line's own second, so that a ledger read in its order lands side by side in the
    index (random keys would touch a page each); the other twelve are a hash of all the rest.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._seen: Counter[bytes] = Counter()

    def begin_file(self) -> None:
        self._seen.clear()

    def of(self, at: datetime, *content: str) -> str:
        """32 hex digits, the same for the same line of the same source, whatever file it comes in."""
        digest = blake2b("\x1f".join((self._source, *content)).encode(), digest_size=12).digest()
        nth = self._seen[digest] = self._seen[digest] + 1
        if nth > 1:
            digest = blake2b(digest + str(nth).encode(), digest_size=12).digest()
        return f"{int(at.timestamp()) & 0xFFFFFFFF:08x}{digest.hex()}"


@dataclass
class _Order:
    """What is known of an order: `id` is None until it is written, `own` where this batch wrote it."""

    id: int | None
    at: datetime
    country: str = ""
    customers: set[str] = field(default_factory=set)
    own: bool = True
    is_stale: bool = False


class HistoryImporter(Importer[Entry]):
    """Compares entries with the ledger and writes the new ones. Subclasses say how a row is read."""

    def __init__(self, *, source: str, options: Mapping[str, str], now: datetime) -> None:
        super().__init__(options=options, now=now)
        self.source = source
        self.identities = Identities(source)
        self._orders: dict[str, _Order] = {}
        self._customers: dict[str, int] = {}
        self._products: dict[str, int] = {}
        self._unwritten: set[str] = set()  # identities seen and not in the tables yet
        self._channel: int | None = None

    def begin_file(self, name: str) -> None:
        self.identities.begin_file()

    def compare(self, rows: Sequence[Located[Entry]]) -> Comparison[Entry]:
        found: Comparison[Entry] = Comparison()
        known = self._known(row.content for row in rows)
        self._look_up_orders({row.content.order for row in rows if row.content.kind is Kind.SALE})
        for row in rows:
            entry = row.content
            if entry.identity in known or entry.identity in self._unwritten:
                found.known += 1
                continue
            if entry.kind is Kind.SALE and (refused := self._join_order(entry)):
                found.conflict(row, refused)
            else:
                found.new.append(row)
            self._unwritten.add(entry.identity)
        return found

    def write(
        self, found: Comparison[Entry], *, batch: Batch, actor: User | None
    ) -> list[tuple[Located[Entry], Refused]]:
        entries = [row.content for row in found.new]
        self._forget_if_large()
        self._add_customers(entries, batch)
        self._add_products(entries, batch)
        self._write_orders({entry.order for entry in entries if entry.kind is Kind.SALE}, batch)
        for kind in Kind:
            self._insert(kind, [entry for entry in entries if entry.kind is kind], batch)
        self._unwritten.clear()
        return []

    def _known(self, entries: Iterable[Entry]) -> set[str]:
        by_model: dict[type[Model], list[str]] = {}
        for entry in entries:
            by_model.setdefault(MODEL[entry.kind], []).append(entry.identity)
        return set().union(*(present(model, identities) for model, identities in by_model.items()))

    def _look_up_orders(self, numbers: set[str]) -> None:
        missing = [number for number in numbers if number not in self._orders]
        rows = list(
            Order.staged.filter(source=self.source, number__in=missing)
            .order_by()
            .values_list("number", "id", "ordered_at", "customer_id")
        )
        names = self._names_of({customer for *_, customer in rows if customer is not None})
        for number, pk, at, customer in rows:
            self._orders[number] = _Order(pk, at, customers=set(names.get(customer, ())), own=False)

    def _names_of(self, customers: set[int]) -> dict[int | None, list[str]]:
        """The source's names for each customer: two that were merged keep both."""
        names: dict[int | None, list[str]] = {}
        handles = Handle.staged.filter(platform=self.source, customer__in=customers).order_by()
        for customer, value in handles.values_list("customer_id", "value"):
            names.setdefault(customer, []).append(value.casefold())
        return names

    def _join_order(self, entry: Entry) -> Refused | None:
        """Let the entry be a line of its order; refused where the order is somebody else's."""
        order = self._orders.get(entry.order)
        if order is None:
            order = self._orders[entry.order] = _Order(None, entry.at, entry.country)
        if entry.customer and entry.customer.casefold() not in order.customers:
            if order.customers:
                reason = f"Order {entry.order} is of customer {min(order.customers)}."
                return Refused(reason, column="customer", value=entry.customer)
            order.customers.add(entry.customer.casefold())
            order.is_stale = True
        if entry.at < order.at:
            order.at, order.is_stale = entry.at, True
        return None

    def _add_customers(self, entries: Sequence[Entry], batch: Batch) -> None:
        wanted = {e.customer.casefold(): e for e in reversed(entries) if e.customer}
        missing = [value for value in wanted if value not in self._customers]
        self._look_up_customers(missing)
        missing = sorted(value for value in missing if value not in self._customers)
        people = Customer.staged.bulk_create(
            Customer(name=f"Customer {wanted[value].customer}", country=wanted[value].country, batch=batch)
            for value in missing
        )
        Handle.staged.bulk_create(
            Handle(customer=person, platform=self.source, value=wanted[value].customer, batch=batch)
            for value, person in zip(missing, people, strict=True)
        )
        self._customers.update(zip(missing, (person.pk for person in people), strict=True))

    def _look_up_customers(self, values: Sequence[str]) -> None:
        rows = Handle.staged.annotate(key=Lower("value")).filter(platform=self.source, key__in=values).order_by()
        self._customers.update(rows.values_list("key", "customer_id"))

    def _add_products(self, entries: Sequence[Entry], batch: Batch) -> None:
        titles: dict[str, str] = {}
        for entry in entries:
            if entry.sku and entry.sku not in self._products:
                titles[entry.sku] = titles.get(entry.sku) or entry.description
        # A till may add the same SKU at this very moment: theirs stands then.
        Product.staged.bulk_create(
            (self._product(sku, title, batch) for sku, title in sorted(titles.items())), ignore_conflicts=True
        )
        rows = Product.staged.filter(sku__in=titles).order_by()
        self._products.update(rows.values_list("sku", "id"))

    def _product(self, sku: str, title: str, batch: Batch) -> Product:
        return Product(sku=sku, title=title, status=Product.Status.HIDDEN, is_one_of_one=False, batch=batch)

    def _write_orders(self, numbers: set[str], batch: Batch) -> None:
        new = sorted(number for number in numbers if self._orders[number].id is None)
        insert(Order, _ORDER, [self._order(number, batch.pk) for number in new])
        rows = Order.staged.filter(source=self.source, number__in=new).order_by()
        for number, pk in rows.values_list("number", "id"):
            self._orders[number].id = pk
        for number in numbers.difference(new):
            order = self._orders[number]
            if order.id is not None and order.is_stale and order.own:
                Order.staged.filter(pk=order.id).update(ordered_at=order.at, customer_id=self._customer(order))
        for number in numbers:
            self._orders[number].is_stale = False

    def _order(self, number: str, batch: int) -> tuple[Any, ...]:
        known = self._orders[number]
        whose = (self._channel_id(), self._customer(known), known.country)
        return (self.source, number, Order.State.COMPLETED.value, *whose, known.at, settings.SHOP_CURRENCY, batch)

    def _customer(self, order: _Order) -> int | None:
        return self._customers[min(order.customers)] if order.customers else None

    def _channel_id(self) -> int:
        if self._channel is None:
            name = self.source.replace("-", " ").replace("_", " ").title()
            channel, _ = Channel.objects.get_or_create(code=self.source, defaults={"name": name})
            self._channel = channel.pk
        return self._channel

    def _insert(self, kind: Kind, entries: Sequence[Entry], batch: Batch) -> None:
        row = {Kind.SALE: self._line, Kind.REFUND: self._refund}.get(kind, self._adjustment)
        insert(MODEL[kind], FIELDS[kind], [row(entry, batch.pk) for entry in entries])

    def _line(self, e: Entry, batch: int) -> tuple[Any, ...]:
        product = self._products[e.sku] if e.sku else None
        order = self._orders[e.order].id
        return (order, product, e.description, e.quantity, e.price, e.amount, e.at, e.identity, batch)

    def _refund(self, e: Entry, batch: int) -> tuple[Any, ...]:
        return (self.source, e.order, *self._whose(e), e.quantity, e.amount, e.at, e.identity, batch)

    def _adjustment(self, e: Entry, batch: int) -> tuple[Any, ...]:
        return (e.kind.value, *self._refund(e, batch))

    def _whose(self, e: Entry) -> tuple[Any, ...]:
        customer = self._customers[e.customer.casefold()] if e.customer else None
        product = self._products[e.sku] if e.sku else None
        return (self._channel_id(), customer, product, e.country, e.description)

    def _forget_if_large(self) -> None:
        """Keep memory bounded: what is in the tables can be looked up again."""
        for remembered in (self._customers, self._products):
            if len(remembered) > MOST_REMEMBERED:
                remembered.clear()
