"""Mercari's sales report, one row per order of one item.

Sourced (a header in another program's tests): a BOM; the columns, of which small exports have nine; `Canceled Date`;
ISO dates; a `Totals:` row at the end. The custom report has a `Payment Processing Fee Charged To Seller` and a
`Penalty Fee`; of its header only a part is known (unverified).
Assumed: days are the shop's; amounts are in the shop's currency; the item id names the order; what the seller did not
get of the price is fees, and where no proceeds are stated the fees are added up; the buyer's shipping fee goes to
Mercari and is not ours, so it is left out; the report does not say who bought, nor what was given back in part.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from lacelux.intake import values
from lacelux.intake.formats import Column
from lacelux.intake.refusals import Refused
from lacelux.lib.money import ZERO
from sales.formats.marketplace import cells
from sales.formats.marketplace.importer import MarketplaceFormat
from sales.formats.marketplace.orders import Facts, Line, Part, Standing

FEES = (
    "Seller Shipping Fee",
    "Mercari Selling Fee",
    "Payment Processing Fee",
    "Shipping Adjustment Fee",
    "Penalty Fee",
)
PROCEEDS = "Net Seller Proceeds"


class MercariSales(MarketplaceFormat):
    name = "mercari-sales"
    title = "Mercari sales report"
    source = "mercari"
    channel_name = "Mercari"
    number = "Item Id"
    columns = (
        Column("Item Id"),
        Column("Sold Date"),
        Column("Canceled Date"),
        Column("Item Title"),
        Column("Order Status"),
        Column("Item Price"),
        Column("Seller Shipping Fee", required=False),
        Column("Mercari Selling Fee", required=False),
        Column("Payment Processing Fee", required=False, also=("Payment Processing Fee Charged To Seller",)),
        Column("Shipping Adjustment Fee", required=False),
        Column("Penalty Fee", required=False),
        Column(PROCEEDS, required=False),
        Column("Sales Tax Charged to Buyer", required=False),
    )

    def is_aside(self, cells: Sequence[str]) -> bool:
        return cells[0].strip().rstrip(":").casefold() in ("total", "totals")

    def part(self, row: cells.Row, *, zone: ZoneInfo, now: datetime) -> Part:
        cancelled = row["Canceled Date"].strip()
        is_cancelled = bool(cancelled) or row["Order Status"].strip().casefold() in ("canceled", "cancelled")
        price = cells.price(row, "Item Price")
        facts = Facts(
            placed_at=values.moment(row["Sold Date"], column="Sold Date", zone=zone, now=now),
            standing=Standing.CANCELLED if is_cancelled else Standing.PAID,
            cancelled_at=values.moment(cancelled, column="Canceled Date", zone=zone, now=now) if cancelled else None,
        )
        line = Line(
            title=cells.title(row, "Item Title"),
            unit_price=price,
            fees=None if is_cancelled else _fees(row, price),
            tax=cells.money(row, "Sales Tax Charged to Buyer"),
        )
        return Part(number=row["Item Id"].strip(), facts=facts, line=line)


def _fees(row: cells.Row, price: Decimal) -> Decimal | None:
    """None where the file states neither proceeds nor fees: the channel's rules are taken then."""
    got = cells.stated(row, PROCEEDS)
    if got is None:
        named = [fee for fee in (cells.stated(row, column) for column in FEES) if fee is not None]
        return sum(named, ZERO) if named else None
    if got > price:
        raise Refused("More was earned than paid.", column=PROCEEDS, value=row[PROCEEDS])
    return price - got
