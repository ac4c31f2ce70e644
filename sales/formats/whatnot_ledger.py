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
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings

from lacelux.intake import values
from lacelux.intake.formats import Column, Format
from lacelux.intake.refusals import Refused
from sales.formats.marketplace.movements import Movement, MovementImporter
from sales.formats.whatnot_orders import CODE, whatnot
from sales.models import Channel, MarketplaceLine

Kind = MarketplaceLine.Kind
_STAMP = re.compile(r"[A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d\d:\d\d [AP]M", re.ASCII)
_GIVEAWAY = re.compile(r"\bgiveaway order (\w{6,40})", re.ASCII | re.IGNORECASE)
_PAYOUT = re.compile(r"PAYOUT|TRANSFER|WITHDRAWAL", re.IGNORECASE)
_NOTHING_MOVED = re.compile(r"fail|cancel|revers|void", re.IGNORECASE)


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


class WhatnotLedgerImporter(MovementImporter):
    source = CODE
    format_name = WhatnotLedger.name

    def __init__(self, *, options: Mapping[str, str], now: datetime) -> None:
        super().__init__(options=options, now=now)
        self.zone = ZoneInfo(settings.WHATNOT_TIME_ZONE)
        self.notes.append(
            f"The files name no currency and no time zone: {settings.SHOP_CURRENCY} and"
            f" {settings.WHATNOT_TIME_ZONE} are taken."
        )

    def channel(self) -> Channel:
        return whatnot()

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
        status = values.text(status, column="Status", longest=40)
        return Movement(
            identity=self.identities.of(at, *content),
            kind=meaning,
            transaction_type=type_,
            amount=money,
            at=at,
            order_reference=reference,
            listing_reference=listing,
            message=message,
            status=status,
            is_void=_NOTHING_MOVED.search(status) is not None,
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
