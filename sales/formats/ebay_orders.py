"""eBay's orders report: a row per order of one item; an order of several has a row of its own, then one per item.

Sourced (a header of 82 columns in a public repository): the columns; `Jan 5, 2026` and `Jan-05-26`; `--` for nothing.
Assumed (general knowledge, not a seen file): the line before the header, the count of records and the seller's id
after the rows; the row with a Total Price has the order's facts, rows without belong to it; `Sold For` is the price of
one piece or of all of the row, whichever adds up to the Total Price; days are the shop's, amounts in the shop's
currency; tax that eBay collects is tax; an order without a paid date is placed, not paid. The report states neither
fees nor refunds: those are the channel's rules until the transaction report tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from lacelux.intake.formats import Column
from lacelux.intake.refusals import Refused
from lacelux.lib.money import ZERO
from sales.formats.marketplace import cells
from sales.formats.marketplace.importer import MarketplaceFormat
from sales.formats.marketplace.orders import Buyer, Facts, Line, MarketplaceOrder, Part, Standing

FOUR_PLACES = Decimal("0.0001")
_ASIDE = re.compile(r"\d+,?record\(s\) downloaded|seller id ?:.*", re.IGNORECASE)


class EbayOrders(MarketplaceFormat):
    name = "ebay-orders"
    title = "eBay orders report"
    source = "ebay"
    channel_name = "eBay"
    number = "Order Number"
    columns = (
        Column("Order Number"),
        Column("Buyer Username"),
        Column("Item Number"),
        Column("Item Title"),
        Column("Quantity"),
        Column("Sold For"),
        Column("Total Price"),
        Column("Sale Date"),
        *(
            Column(name, required=False)
            for name in (
                "Sales Record Number",
                "Custom Label",
                "Shipping And Handling",
                "Seller Collected Tax",
                "eBay Collected Tax",
                "Paid On Date",
                "Buyer Name",
                "Buyer Email",
                "Ship To Name",
                "Ship To Phone",
                "Ship To Address 1",
                "Ship To Address 2",
                "Ship To City",
                "Ship To State",
                "Ship To Zip",
                "Ship To Country",
            )
        ),
    )

    def is_aside(self, cells: Sequence[str]) -> bool:
        return _ASIDE.fullmatch(",".join(cell.strip() for cell in cells if cell.strip())) is not None

    def part(self, row: cells.Row, *, zone: ZoneInfo, now: datetime) -> Part:
        row = {name: "" if value.strip() == "--" else value for name, value in row.items()}
        has_item = bool(row["Item Number"].strip() or row["Item Title"].strip())
        facts = _facts(row, zone, now) if row["Total Price"].strip() else None
        return Part(number=row["Order Number"].strip(), facts=facts, line=_line(row, facts) if has_item else None)

    def completed(self, order: MarketplaceOrder) -> MarketplaceOrder:
        """Prices of one piece each, as the Total Price has it."""
        charged = order.facts.shipping or sum((line.shipping for line in order.lines), ZERO)
        taxed = order.facts.tax or sum((line.tax for line in order.lines), ZERO)
        lines = tuple(replace(line, shipping=ZERO, tax=ZERO) for line in order.lines)
        facts = replace(order.facts, shipping=charged, tax=taxed)
        total = facts.total or ZERO
        goods = [total - charged, total - charged - taxed]
        for priced in (lines, tuple(_of_one_piece(line) for line in lines)):
            if sum((line.gross for line in priced), ZERO) in goods:
                return replace(order, lines=priced, facts=facts)
        reason = f"Items, shipping of {charged:.2f} and tax of {taxed:.2f} do not add up to this."
        raise Refused(reason, column="Total Price", value=f"{total:.2f}")


def _of_one_piece(line: Line) -> Line:
    return replace(line, unit_price=(line.unit_price / line.quantity).quantize(FOUR_PLACES))


def _line(row: cells.Row, facts: Facts | None) -> Line:
    return Line(
        title=cells.title(row, "Item Title"),
        sku=cells.words(row, "Custom Label", 60),
        quantity=cells.pieces(row, "Quantity"),
        unit_price=cells.price(row, "Sold For"),
        shipping=ZERO if facts else cells.money(row, "Shipping And Handling"),
        tax=ZERO if facts else _tax(row),
    )


def _facts(row: cells.Row, zone: ZoneInfo, now: datetime) -> Facts:
    address = [cells.words(row, f"Ship To Address {number}", 255) for number in (1, 2)]
    return Facts(
        placed_at=cells.named_day(row, "Sale Date", zone=zone, now=now),
        standing=Standing.PAID if row["Paid On Date"].strip() else Standing.PLACED,
        buyer=Buyer(
            handle=cells.words(row, "Buyer Username", 120),
            name=cells.words(row, "Buyer Name", 160) or cells.words(row, "Ship To Name", 160),
            email=cells.words(row, "Buyer Email", 254),
            phone=cells.words(row, "Ship To Phone", 40),
            address=", ".join(filter(None, address))[:255],
            city=cells.words(row, "Ship To City", 80),
            region=cells.words(row, "Ship To State", 80),
            postcode=cells.postcode(row, "Ship To Zip"),
            country=cells.words(row, "Ship To Country", 60),
        ),
        shipping=cells.money(row, "Shipping And Handling"),
        tax=_tax(row),
        reference=cells.words(row, "Sales Record Number", 80),
        total=cells.price(row, "Total Price"),
    )


def _tax(row: cells.Row) -> Decimal:
    return cells.money(row, "Seller Collected Tax") + cells.money(row, "eBay Collected Tax")
