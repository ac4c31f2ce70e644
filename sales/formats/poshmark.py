"""Poshmark's sales report, one row per order or per piece of a bundle.

Sourced (headers of two generations, a file in their manner): a preamble, the header at `Listing Date`, a `Totals` row
at the end; `Net Earnings` became `Your Earnings`; `MM/DD/YYYY`, `$`; the fee is $2.95 under $15 and 20 % from there on.
Assumed: days are the shop's; amounts are in the shop's currency; what the seller did not earn of the price is fees,
shipping discounts and packaging among them, and where no earnings are stated the rule above is taken; rows of one
order id are pieces of one bundle, each with its own price, earnings and tax (of two rows alike in everything, one
counts); no row is a cancelled sale.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from lacelux.intake.formats import Column
from lacelux.intake.refusals import Refused
from lacelux.lib.money import cents
from sales.formats.marketplace import cells
from sales.formats.marketplace.importer import MarketplaceFormat
from sales.formats.marketplace.orders import Buyer, Facts, Line, Part

FLAT_BELOW, FLAT, SHARE = Decimal(15), Decimal("2.95"), Decimal("0.20")
EARNINGS = "Your Earnings"


class PoshmarkSales(MarketplaceFormat):
    name = "poshmark-sales"
    title = "Poshmark sales report"
    source = "poshmark"
    channel_name = "Poshmark"
    number = "Order Id"
    repeats_facts = True
    columns = (
        Column("Listing Date"),
        Column("Order Date"),
        Column("SKU"),
        Column("Order Id"),
        Column("Listing Title"),
        Column("Order Price"),
        Column(EARNINGS, also=("Net Earnings",)),
        Column("Bundle Order?", required=False),
        Column("Cost Price", required=False),
        Column("Buyer State", required=False),
        Column("Buyer Zip Code", required=False),
        Column("Buyer Username", required=False),
        Column("Sales Tax (Paid by Buyer)", required=False),
    )

    def is_aside(self, cells: Sequence[str]) -> bool:
        return cells[0].strip().rstrip(":").casefold() in ("total", "totals")

    def part(self, row: cells.Row, *, zone: ZoneInfo, now: datetime) -> Part:
        price = cells.price(row, "Order Price")
        facts = Facts(
            placed_at=cells.american_day(row, "Order Date", zone=zone, now=now),
            buyer=_buyer(row),
            note="Bundle" if row["Bundle Order?"].strip().casefold() in ("y", "yes") else "",
        )
        has_date = bool(row["Listing Date"].strip())
        line = Line(
            title=cells.title(row, "Listing Title"),
            sku=cells.words(row, "SKU", 60),
            unit_price=price,
            fees=_fees(row, price),
            cost=cells.price(row, "Cost Price") if row["Cost Price"].strip() else None,
            tax=cells.money(row, "Sales Tax (Paid by Buyer)"),
            listed_at=cells.american_day(row, "Listing Date", zone=zone, now=now) if has_date else None,
        )
        return Part(number=row["Order Id"].strip(), facts=facts, line=line)


def _buyer(row: cells.Row) -> Buyer:
    handle = cells.words(row, "Buyer Username", 120)
    return Buyer(
        handle=handle,
        region=cells.words(row, "Buyer State", 80),
        postcode=cells.postcode(row, "Buyer Zip Code"),
    )


def _fees(row: cells.Row, price: Decimal) -> Decimal:
    earned = cells.stated(row, EARNINGS)
    if earned is None:
        return min(price, FLAT) if price < FLAT_BELOW else cents(price * SHARE)
    if earned > price:
        raise Refused("More was earned than paid.", column=EARNINGS, value=row[EARNINGS])
    return price - earned
