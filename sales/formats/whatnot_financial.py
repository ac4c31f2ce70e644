"""Whatnot's financial report: what each order earned, with its fees one by one.

Sourced (a header of a public export): the columns; times are in UTC, as their names say; the currency has a column.
Unverified, for no file was seen; assumed: `transaction_amount` is what moved, signed: of a sale its price after the
coupon (or before, where Whatnot paid for it) less shipping, commission, processing and their taxes, and a row where
that does not add up is refused; a negative row of an order is a refund where its type says so (refund, cancel,
chargeback, dispute, reversal), else a charge; `order_id` is either number of the order. Rows without an order (tips,
bonuses, payouts) are left to the ledger file, which has all of them; what one of both files has told of an order, the
other does not tell again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from django.conf import settings

from lacelux.intake import values
from lacelux.intake.formats import Column, Format
from lacelux.intake.refusals import Refused
from lacelux.lib.money import ZERO
from sales.formats.marketplace import cells
from sales.formats.marketplace.movements import Movement, MovementImporter
from sales.formats.whatnot_orders import CODE, whatnot
from sales.models import Channel, MarketplaceLine

Kind = MarketplaceLine.Kind
FEES = ("commission_fee", "commission_tax", "processing_fee", "processing_fee_tax")
REQUIRED = (
    "transaction_completed_at_utc",
    "transaction_type",
    "transaction_message",
    "order_id",
    "listing_title",
    "transaction_currency",
    "transaction_amount",
    "original_item_price",
    "post_coupon_price",
    "seller_shipping_charge",
    *FEES,
    "ledger_transaction_id",
)
_TAKEN_BACK = re.compile(r"refund|cancel|charge.?back|dispute|revers", re.IGNORECASE)


class WhatnotFinancial(Format):
    name = "whatnot-financial"
    title = "Whatnot financial report"
    source = CODE
    most_rows = 5_000
    columns = tuple(Column(name) for name in REQUIRED)

    def importer(self, *, options: Mapping[str, str], now: datetime) -> WhatnotFinancialImporter:
        return WhatnotFinancialImporter(options=options, now=now)


class WhatnotFinancialImporter(MovementImporter):
    source = CODE
    format_name = WhatnotFinancial.name
    order_column = "order_id"

    def channel(self) -> Channel:
        return whatnot()

    def parse(self, given: Sequence[str]) -> Movement:
        row = dict(zip(REQUIRED, given, strict=True))
        type_ = cells.words(row, "transaction_type", 40, required=True)
        amount = values.dollars(row["transaction_amount"], column="transaction_amount")
        order = cells.words(row, "order_id", 80)
        kind = _kind(type_, order, amount)
        if order:
            _check(row, kind, amount)
        column = "transaction_completed_at_utc"
        at = values.moment(row[column], column=column, zone=UTC, now=self.now)
        reference = cells.words(row, "ledger_transaction_id", 80)
        return Movement(
            identity=self.identity(at, type_, order, f"{amount:.2f}", reference, numbered=bool(reference)),
            kind=kind,
            transaction_type=type_,
            amount=amount,
            at=at,
            order_reference=order,
            listing_reference=reference,
            message=_message(row),
            is_void=not order,
            goods=_price(row) if kind is Kind.REFUND else ZERO,
            fees_returned=_fees(row) if kind is Kind.REFUND else ZERO,
        )


def _kind(type_: str, order: str, amount: Decimal) -> Kind:
    if not order:
        return Kind.ADJUSTMENT
    if amount < 0:
        return Kind.REFUND if _TAKEN_BACK.search(type_) else Kind.CHARGE
    return Kind.EARNINGS


def _check(row: cells.Row, kind: Kind, amount: Decimal) -> None:
    """Raise Refused for another currency, and where earnings are not what is left of the price."""
    currency = row["transaction_currency"].strip().upper()
    if currency not in ("", settings.SHOP_CURRENCY):
        column = "transaction_currency"
        raise Refused(f"Not in {settings.SHOP_CURRENCY}.", column=column, value=row[column])
    if kind is Kind.EARNINGS:
        taken = _fees(row) + _amount(row, "seller_shipping_charge")
        prices = {_amount(row, "post_coupon_price"), _amount(row, "original_item_price")}
        if amount not in {price - taken for price in prices}:
            reason = f"Not what is left of the price after {taken:.2f} of fees and shipping: book it by hand."
            raise Refused(reason, column="transaction_amount", value=row["transaction_amount"])


def _amount(row: cells.Row, column: str) -> Decimal:
    """Written with or without a minus."""
    return abs(cells.stated(row, column) or ZERO)


def _fees(row: cells.Row) -> Decimal:
    return sum((_amount(row, column) for column in FEES), ZERO)


def _price(row: cells.Row) -> Decimal:
    price = _amount(row, "post_coupon_price") or _amount(row, "original_item_price")
    if not price:
        column = "original_item_price"
        raise Refused("A refund says of which price.", column=column, value=row[column])
    return price


def _message(row: cells.Row) -> str:
    """The row's own words, and its fees by name."""
    text = values.text(row["transaction_message"], column="transaction_message", longest=2_000)
    named = ("seller_shipping_charge", *FEES)
    fees = [f"{column.replace('_', ' ')} {_amount(row, column):.2f}" for column in named if _amount(row, column)]
    return "; ".join([text or cells.words(row, "listing_title", 500), *fees])
