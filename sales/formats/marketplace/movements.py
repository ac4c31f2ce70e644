"""A marketplace's own ledger: what it earned us, charged, gave back and paid out, one movement of money per row."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from lacelux.intake.formats import Comparison, Importer, Located
from lacelux.intake.models import Batch
from lacelux.intake.refusals import Refused
from lacelux.lib.money import ZERO
from sales.formats.history import Identities
from sales.models import Adjustment, Channel, MarketplaceLine, Order, Payout
from sales.services import AlreadyRecorded, InvalidSale, refund
from sales.services.settlement import SETTLING, match_ledger, orders_named
from sales.services.standing import standing_of

Kind = MarketplaceLine.Kind


@dataclass(frozen=True, slots=True)
class Movement:
    """One row of the ledger. `order_reference` is the order's number, of whichever kind the row has.

    `is_void`: no money moved. `is_fee`: an adjustment that is a fee, not income. Of a refund, `goods` is what was given
    back of the price and `fees_returned` what the marketplace gave back of its fees.
    """

    identity: str
    kind: Kind
    transaction_type: str
    amount: Decimal
    at: datetime
    order_reference: str = ""
    listing_reference: str = ""
    message: str = ""
    status: str = ""
    completed_at: datetime | None = None
    is_void: bool = False
    is_fee: bool = False
    goods: Decimal = ZERO
    fees_returned: Decimal = ZERO
    payout_reference: str = ""


class MovementImporter(Importer[Movement]):
    """Compares movements with the lines that are here, books the new ones, and settles the orders they belong to."""

    source: str
    format_name: str  # of whose batches the lines are
    status_column: str = "Status"
    order_column: str = "Order ID"

    def __init__(self, *, options: Mapping[str, str], now: datetime) -> None:
        super().__init__(options=options, now=now)
        self.identities = Identities(f"{self.source} ledger")
        self._seen: set[str] = set()

    @abstractmethod
    def channel(self) -> Channel:
        """The marketplace's channel, made where it is missing."""

    def identity(self, at: datetime, *content: str, numbered: bool) -> str:
        """The movement's identity; one that the marketplace has `numbered` itself is never told apart by repetition."""
        identities = Identities(f"{self.source} ledger") if numbered else self.identities
        return identities.of(at, *content)

    def begin_file(self, name: str) -> None:
        self.identities.begin_file()

    def compare(self, rows: Sequence[Located[Movement]]) -> Comparison[Movement]:
        found: Comparison[Movement] = Comparison()
        identities = [row.content.identity for row in rows]
        there = {line.identity.hex: line for line in MarketplaceLine.staged.filter(identity__in=identities)}
        orders, elsewhere = self._orders(rows), self._told_elsewhere(rows)
        for row in rows:
            movement = row.content
            line = there.get(movement.identity)
            if movement.identity in self._seen or movement.identity in elsewhere:
                found.known += 1
            elif line is None and movement.is_void:
                found.ignored += 1
            elif line is None and movement.kind is Kind.REFUND and movement.order_reference not in orders:
                found.conflict(row, self._no_order(movement))
            elif line is None:
                found.new.append(row)
            elif (line.status, line.completed_at) == (movement.status, movement.completed_at):
                found.known += 1
            elif movement.is_void:
                reason = f"Booked here as {line.status}, but now {movement.status}: take it back by hand."
                found.conflict(row, Refused(reason, column=self.status_column, value=movement.status))
            else:
                found.changed.append(row)
            self._seen.add(movement.identity)
        return found

    def _orders(self, rows: Sequence[Located[Movement]]) -> dict[str, Order]:
        """The orders that refunds among the rows belong to."""
        names = {row.content.order_reference for row in rows if row.content.kind is Kind.REFUND}
        channel = Channel.objects.filter(code=self.source).first()
        return orders_named(channel=channel, names=names) if channel and names else {}

    def _told_elsewhere(self, rows: Sequence[Located[Movement]]) -> set[str]:
        """Movements of orders that another report of the same marketplace has told already."""
        channel = Channel.objects.filter(code=self.source).first()
        settling = [row.content for row in rows if row.content.kind in SETTLING]
        if channel is None or not settling:
            return set()
        names = {movement.order_reference for movement in settling}
        orders = orders_named(channel=channel, names=names)
        lines = MarketplaceLine.staged.filter(Q(order_reference__in=names) | Q(order__in=orders.values()))
        lines = lines.filter(channel=channel, kind__in=SETTLING).exclude(batch__format=self.format_name)
        told = set()
        for kind, reference, order, amount in lines.values_list("kind", "order_reference", "order", "amount"):
            told |= {(kind, reference, _told(kind, amount)), (kind, order, _told(kind, amount))}
        return {
            movement.identity
            for movement in settling
            for name in (movement.order_reference, getattr(orders.get(movement.order_reference), "pk", 0))
            if (movement.kind, name, _told(movement.kind, movement.amount)) in told
        }

    def _no_order(self, movement: Movement) -> Refused:
        reason = "Money given back for an order that is not here: import the orders, then this file again."
        return Refused(reason, column=self.order_column, value=movement.order_reference)

    def write(
        self, found: Comparison[Movement], *, batch: Batch, actor: User | None
    ) -> list[tuple[Located[Movement], Refused]]:
        channel = self.channel()
        new = [row.content for row in found.new if row.content.kind is not Kind.REFUND]
        MarketplaceLine.staged.bulk_create((_line(one, channel, batch) for one in new), batch_size=500)
        Adjustment.staged.bulk_create(
            _adjustment(one, channel, batch, actor) for one in new if one.kind is Kind.ADJUSTMENT
        )
        Payout.staged.bulk_create(_payout(one, channel, batch) for one in new if one.kind is Kind.PAYOUT)
        for row in found.changed:
            MarketplaceLine.staged.filter(identity=row.content.identity).update(
                status=row.content.status, completed_at=row.content.completed_at
            )
        match_ledger(channel=channel)  # what fees there are to give back
        return self._give_back(found.new, channel, batch, actor)

    def _give_back(
        self, rows: Sequence[Located[Movement]], channel: Channel, batch: Batch, actor: User | None
    ) -> list[tuple[Located[Movement], Refused]]:
        """Book each refund with its line, or neither; what stood in the way, with the row."""
        orders = self._orders(rows)
        clashes: list[tuple[Located[Movement], Refused]] = []
        for row in rows:
            movement = row.content
            if movement.kind is not Kind.REFUND:
                continue
            try:
                with transaction.atomic():
                    order = orders[movement.order_reference]
                    _refund(movement, order, actor)
                    line = _line(movement, channel, batch)
                    line.order = order
                    line.save(force_insert=True)
            except (AlreadyRecorded, InvalidSale) as error:
                refused = Refused(str(error), column=self.order_column, value=movement.order_reference)
                clashes.append((row, refused))
        return clashes

    def finish(self, *, batch: Batch, actor: User | None) -> None:
        lone = MarketplaceLine.staged.filter(Q(kind=Kind.EARNINGS) | Q(kind=Kind.CHARGE), batch=batch, order=None)
        if count := lone.count():
            names = ", ".join(lone.order_by("id").values_list("order_reference", flat=True)[:50])
            self.notes.append(
                f"{count} lines belong to orders that are not here yet: {names}."
                " They are kept, and settled when the orders come."
            )


def _told(kind: str, amount: Decimal) -> Decimal | None:
    """Earnings are told once per order, whatever a report makes of them; charges may be several."""
    return None if kind == Kind.EARNINGS else amount


def _refund(movement: Movement, order: Order, actor: User | None) -> None:
    """As much of the price as the order has left: what is more was shipping and tax."""
    standing = standing_of(order)
    goods = min(movement.goods, standing.left)
    if goods <= 0:
        return
    fees_left = sum((line.fees_left for line in standing.lines.values()), ZERO)
    refund(
        order=order,
        goodwill=goods,
        number=movement.identity,
        refunded_at=max(movement.at, order.ordered_at),
        reason=movement.transaction_type,
        actor=actor,
        fees_returned=min(movement.fees_returned, fees_left),
    )


def _line(row: Movement, channel: Channel, batch: Batch) -> MarketplaceLine:
    return MarketplaceLine(
        channel=channel,
        kind=row.kind,
        transaction_type=row.transaction_type,
        order_reference=row.order_reference,
        listing_reference=row.listing_reference,
        message=row.message,
        status=row.status,
        amount=row.amount,
        created_on_marketplace_at=row.at,
        completed_at=row.completed_at,
        identity=UUID(row.identity),
        batch=batch,
    )


def _adjustment(row: Movement, channel: Channel, batch: Batch, actor: User | None) -> Adjustment:
    return Adjustment(
        kind=Adjustment.Kind.ADJUSTMENT,
        source=channel.code,
        channel=channel,
        amount=ZERO if row.is_fee else row.amount,
        fees=-row.amount if row.is_fee else ZERO,
        description=f"{row.transaction_type}: {row.message}"[:200],
        adjusted_at=row.at,
        identity=UUID(row.identity),
        actor=actor,
        batch=batch,
    )


def _payout(row: Movement, channel: Channel, batch: Batch) -> Payout:
    return Payout(
        channel=channel,
        reference=row.payout_reference or row.identity,
        amount=-row.amount,
        currency=settings.SHOP_CURRENCY,
        paid_at=row.at,
        identity=UUID(row.identity),
        batch=batch,
    )
