"""Whatnot's ledger: what came of each sale, giveaway charges, bonuses, tips, payouts.

Sourced (from files of other sellers): the columns; `Jun 12, 2026, 10:14:57 AM`; `-$0.78`, `$1,400.00`; earnings of a
sale are SALES rows joined by the numeric order id, and the only place where its fees can be seen; a giveaway's charge
is a negative SALES row whose message names the order, while its own Order ID is another; ADJUSTMENT and TIP rows have
no order; a row's status goes from processing to completed, its completed date from empty to a time.
Assumed: times are in settings.WHATNOT_TIME_ZONE, amounts in the shop's currency; payout rows have PAYOUT, TRANSFER or
WITHDRAWAL in their type; a status of failed, cancelled, reversed or void means that no money moved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q

from lacelux.intake import values
from lacelux.intake.formats import Column, Comparison, Format, Importer, Located
from lacelux.intake.models import Batch
from lacelux.intake.refusals import Refused
from sales.formats.history import Identities
from sales.formats.whatnot_orders import CODE, whatnot
from sales.models import Adjustment, Channel, MarketplaceLine, Payout
from sales.services.settlement import match_ledger

Kind = MarketplaceLine.Kind
_STAMP = re.compile(r"[A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d\d:\d\d [AP]M", re.ASCII)
_GIVEAWAY = re.compile(r"\bgiveaway order (\w{6,40})", re.ASCII | re.IGNORECASE)
_PAYOUT = re.compile(r"PAYOUT|TRANSFER|WITHDRAWAL", re.IGNORECASE)
_NOTHING_MOVED = re.compile(r"fail|cancel|revers|void", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Movement:
    """One row of the ledger. `order_reference` is the order's number, of whichever kind the row has."""

    identity: str
    kind: Kind
    transaction_type: str
    amount: Decimal
    at: datetime
    order_reference: str
    listing_reference: str
    message: str
    status: str
    completed_at: datetime | None

    @property
    def is_void(self) -> bool:
        return _NOTHING_MOVED.search(self.status) is not None


class WhatnotLedger(Format):
    name = "whatnot-ledger"
    title = "Whatnot ledger"
    source = CODE
    most_rows = 5_000
    columns = (
        Column("Created Date"),
        Column("Amount"),
        Column("Listing ID"),
        Column("Order ID"),
        Column("Message"),
        Column("Status"),
        Column("Transaction Type"),
        Column("Completed Date"),
    )

    def importer(self, *, options: Mapping[str, str], now: datetime) -> WhatnotLedgerImporter:
        return WhatnotLedgerImporter(options=options, now=now)


class WhatnotLedgerImporter(Importer[Movement]):
    def __init__(self, *, options: Mapping[str, str], now: datetime) -> None:
        super().__init__(options=options, now=now)
        self.zone = ZoneInfo(settings.WHATNOT_TIME_ZONE)
        self._identities = Identities(f"{CODE} ledger")
        self._seen: set[str] = set()
        self.notes.append(
            f"The files name no currency and no time zone: {settings.SHOP_CURRENCY} and"
            f" {settings.WHATNOT_TIME_ZONE} are taken."
        )

    def begin_file(self, name: str) -> None:
        self._identities.begin_file()

    def parse(self, cells: Sequence[str]) -> Movement:
        created, amount, listing, order, message, status, kind, completed = cells
        at = self._moment(created, "Created Date")
        money = values.dollars(amount, column="Amount")
        listing = values.text(listing, column="Listing ID", longest=80)
        order = values.text(order, column="Order ID", longest=80)
        message = values.text(message, column="Message", longest=2_000)
        type_ = values.text(kind, column="Transaction Type", longest=40, required=True)
        content = (f"{money:.2f}", listing, order, message, type_)
        meaning, reference = _meaning(type_, money, order, message)
        return Movement(
            identity=self._identities.of(at, *content),
            kind=meaning,
            transaction_type=type_,
            amount=money,
            at=at,
            order_reference=reference,
            listing_reference=listing,
            message=message,
            status=values.text(status, column="Status", longest=40),
            completed_at=self._moment(completed, "Completed Date") if completed.strip() else None,
        )

    def _moment(self, text: str, column: str) -> datetime:
        """`Jun 12, 2026, 10:14:57 AM`, whatever the language of this machine; or an ISO time."""
        text = " ".join(text.split())  # some exports have a narrow no-break space before AM
        if _STAMP.fullmatch(text):
            month = 1 + _MONTHS.index(text[:3]) if text[:3] in _MONTHS else 0
            hour = int(text.split()[3].partition(":")[0])
            if month and 1 <= hour <= 12:
                text = _iso(text, month, hour)
        return values.moment(text, column=column, zone=self.zone, now=self.now)

    def compare(self, rows: Sequence[Located[Movement]]) -> Comparison[Movement]:
        found: Comparison[Movement] = Comparison()
        identities = [row.content.identity for row in rows]
        there = {line.identity.hex: line for line in MarketplaceLine.staged.filter(identity__in=identities)}
        for row in rows:
            movement = row.content
            line = there.get(movement.identity)
            if movement.identity in self._seen:
                found.known += 1
            elif line is None and movement.is_void:
                found.ignored += 1
            elif line is None:
                found.new.append(row)
            elif (line.status, line.completed_at) == (movement.status, movement.completed_at):
                found.known += 1
            elif movement.is_void:
                reason = f"Booked here as {line.status}, but now {movement.status}: take it back by hand."
                found.conflict(row, Refused(reason, column="Status", value=movement.status))
            else:
                found.changed.append(row)
            self._seen.add(movement.identity)
        return found

    def write(
        self, found: Comparison[Movement], *, batch: Batch, actor: User | None
    ) -> list[tuple[Located[Movement], Refused]]:
        channel = whatnot()
        new = [row.content for row in found.new]
        MarketplaceLine.staged.bulk_create((_line(one, channel, batch) for one in new), batch_size=500)
        Adjustment.staged.bulk_create(
            _adjustment(one, channel, batch, actor) for one in new if one.kind is Kind.ADJUSTMENT
        )
        Payout.staged.bulk_create(_payout(one, channel, batch) for one in new if one.kind is Kind.PAYOUT)
        for row in found.changed:
            MarketplaceLine.staged.filter(identity=row.content.identity).update(
                status=row.content.status, completed_at=row.content.completed_at
            )
        return []

    def finish(self, *, batch: Batch, actor: User | None) -> None:
        match_ledger(channel=whatnot())
        lone = MarketplaceLine.staged.filter(Q(kind=Kind.EARNINGS) | Q(kind=Kind.CHARGE), batch=batch, order=None)
        if count := lone.count():
            names = ", ".join(lone.order_by("id").values_list("order_reference", flat=True)[:50])
            self.notes.append(
                f"{count} lines belong to orders that are not here yet: {names}."
                " They are kept, and settled when the orders come."
            )


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _iso(stamp: str, month: int, hour: int) -> str:
    _, day, year, clock, half = stamp.replace(",", "").split()
    hour = hour % 12 + (12 if half == "PM" else 0)
    return f"{year}-{month:02}-{int(day):02} {hour:02}:{clock.partition(':')[2]}"


def _meaning(type_: str, amount: Decimal, order: str, message: str) -> tuple[Kind, str]:
    """Which kind a row is, and the number of its order. Raises Refused for what we do not know how to book."""
    if type_.upper() == "SALES":
        if giveaway := _GIVEAWAY.search(message):
            return Kind.CHARGE, giveaway[1]
        if amount < 0:
            reason = "A deduction for a sale that is no giveaway charge: book it by hand."
            raise Refused(reason, column="Message", value=message)
        if not order:
            raise Refused("Missing.", column="Order ID")
        return Kind.EARNINGS, order
    if type_.upper() in ("ADJUSTMENT", "TIP"):
        return Kind.ADJUSTMENT, order
    if _PAYOUT.search(type_):
        return Kind.PAYOUT, order
    raise Refused("A transaction type we do not know.", column="Transaction Type", value=type_)


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
        source=CODE,
        channel=channel,
        amount=row.amount,
        description=f"{row.transaction_type}: {row.message}"[:200],
        adjusted_at=row.at,
        identity=UUID(row.identity),
        actor=actor,
        batch=batch,
    )


def _payout(row: Movement, channel: Channel, batch: Batch) -> Payout:
    return Payout(
        channel=channel,
        reference=row.identity,
        amount=-row.amount,
        currency=settings.SHOP_CURRENCY,
        paid_at=row.at,
        identity=UUID(row.identity),
        batch=batch,
    )
