"""eBay's transaction report: earnings, fees, refunds, labels and payouts, one row per movement of money.

Sourced (a header of a public export): the columns, each fee in its own.
Unverified, for no file was seen; assumed (general knowledge): junk lines and days are as in the orders report, `--` is
nothing; `Net amount` is what moved, signed, in the payout's currency, which must be the shop's; the earnings of an
order hold the shipping that its buyer paid, and no tax; rows without a net amount are items of the order above; a
refund's fees are what eBay gave back; claims and disputes are refunds; a shipping label or fee with an order number
is a charge for that order; transfers and payouts are no income; holds move nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings

from lacelux.intake import values
from lacelux.intake.formats import Column, Format
from lacelux.intake.refusals import Refused
from lacelux.lib.money import ZERO
from sales.formats.ebay_orders import EbayOrders
from sales.formats.marketplace import cells
from sales.formats.marketplace.booking import channel_named
from sales.formats.marketplace.movements import Movement, MovementImporter
from sales.models import Channel, MarketplaceLine

Kind = MarketplaceLine.Kind
FEES = (
    "Final Value Fee - fixed",
    "Final Value Fee - variable",
    "Regulatory operating fee",
    'Very high "item not as described" fee',
    "Below standard performance fee",
    "International fee",
    "Deposit processing fee",
)
TAKEN_BACK = ("refund", "claim", "payment dispute")
CHARGES = ("shipping label", "other fee", "charge")
TRANSFERS = ("payout", "transfer")
REQUIRED = (
    "Transaction creation date",
    "Type",
    "Order number",
    "Net amount",
    "Payout currency",
    "Payout ID",
    "Transaction ID",
    "Item title",
    "Item subtotal",
    "Shipping and handling",
    "Seller collected tax",
    "Gross transaction amount",
    "Reference ID",
    "Description",
)


class EbayTransactions(Format):
    name = "ebay-transactions"
    title = "eBay transaction report"
    source = EbayOrders.source
    most_rows = 5_000
    columns = (*(Column(name) for name in REQUIRED), *(Column(name, required=False) for name in FEES))

    def is_aside(self, cells: Sequence[str]) -> bool:
        return EbayOrders().is_aside(cells)

    def importer(self, *, options: Mapping[str, str], now: datetime) -> EbayTransactionsImporter:
        return EbayTransactionsImporter(options=options, now=now)


class EbayTransactionsImporter(MovementImporter):
    source = EbayOrders.source
    format_name = EbayTransactions.name
    order_column = "Order number"

    def __init__(self, *, options: Mapping[str, str], now: datetime) -> None:
        super().__init__(options=options, now=now)
        self.zone = ZoneInfo(settings.SHOP_TIME_ZONE)

    def channel(self) -> Channel:
        return channel_named(self.source, EbayOrders.channel_name)

    def parse(self, given: Sequence[str]) -> Movement:
        filled = ("" if cell.strip() == "--" else cell for cell in given)
        row = dict(zip((*REQUIRED, *FEES), filled, strict=True))
        type_ = cells.words(row, "Type", 40, required=True)
        order = cells.words(row, "Order number", 80)
        amount = cells.stated(row, "Net amount")
        kind = Kind.ADJUSTMENT if amount is None else _kind(type_, order, amount)
        if amount is not None:
            _check(row, kind)
        at = cells.named_day(row, "Transaction creation date", zone=self.zone, now=self.now)
        reference = cells.words(row, "Reference ID", 80)
        title = cells.words(row, "Item title", 500)
        own = row["Transaction ID"].strip()
        content = (type_, order, str(amount), own, reference, title)
        goods, fees = _given_back(row) if kind is Kind.REFUND else (ZERO, ZERO)
        return Movement(
            identity=self.identity(at, *content, numbered=bool(own or reference)),
            kind=kind,
            transaction_type=type_,
            amount=amount or ZERO,
            at=at,
            order_reference=order,
            listing_reference=reference,
            message=values.text(row["Description"], column="Description", longest=2_000) or title,
            is_void=amount is None or type_.casefold() == "hold",
            is_fee=type_.casefold() in CHARGES,
            goods=goods,
            fees_returned=fees,
            payout_reference=cells.words(row, "Payout ID", 120) if type_.casefold() == "payout" else "",
        )


def _kind(type_: str, order: str, amount: Decimal) -> Kind:
    """Which kind a row is. Raises Refused for what we do not know how to book."""
    named = type_.casefold()
    if named == "order":
        if not order:
            raise Refused("Missing.", column="Order number")
        return Kind.EARNINGS
    if named in TAKEN_BACK:
        return Kind.REFUND if amount < 0 else Kind.ADJUSTMENT
    if named in CHARGES:
        return Kind.CHARGE if order else Kind.ADJUSTMENT
    if named in TRANSFERS:
        return Kind.PAYOUT
    if named in ("adjustment", "credit", "hold"):
        return Kind.ADJUSTMENT
    raise Refused("A transaction type we do not know.", column="Type", value=type_)


def _check(row: cells.Row, kind: Kind) -> None:
    currency = row["Payout currency"].strip().upper()
    if currency not in ("", settings.SHOP_CURRENCY):
        raise Refused(f"Not in {settings.SHOP_CURRENCY}.", column="Payout currency", value=row["Payout currency"])
    if kind is Kind.EARNINGS and cells.stated(row, "Seller collected tax"):
        reason = "Earnings with tax that the seller collects: book its fees by hand."
        raise Refused(reason, column="Seller collected tax", value=row["Seller collected tax"])


def _given_back(row: cells.Row) -> tuple[Decimal, Decimal]:
    """What of the price went back to the buyer (all of it where no item is named), and the fees that came back."""
    subtotal = cells.stated(row, "Item subtotal")
    goods = subtotal if subtotal is not None else cells.stated(row, "Gross transaction amount")
    if not goods:
        raise Refused("A refund says how much.", column="Item subtotal", value=row["Item subtotal"])
    return abs(goods), sum((abs(cells.stated(row, fee) or ZERO) for fee in FEES), ZERO)
