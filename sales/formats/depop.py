"""Depop's sales report, one row per piece sold.

Sourced (a header of a public export): the columns, the money given back and the fees returned among them.
Unverified, for no file was seen; assumed: the report has no order number, so the buyer, the day and the time name the
order, and rows that share them are one bundle (of two rows alike in everything, one counts); `05/01/2025` is month
first; times are the shop's; amounts are in the shop's currency, with `$` or without; nothing is `N/A` or empty; `Item
price` is the price of the piece, and shipping, tax, fees and money given back stand on each row for that row; `USPS
Cost` is postage that the seller pays; the buyer's own marketplace fee is not ours. A cancelled sale is not told of.
"""

from __future__ import annotations

import re
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
from sales.formats.marketplace.orders import Buyer, Facts, Line, Part

FEES = ("USPS Cost", "Depop fee", "Depop Payments fee", "Boosting fee")
NOTHING = ("n/a", "-", "--", "none")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?(?: ?([AP]M))?", re.ASCII | re.IGNORECASE)


class DepopSales(MarketplaceFormat):
    name = "depop-sales"
    title = "Depop sales"
    source = "depop"
    channel_name = "Depop"
    number = "Buyer"
    repeats_facts = True
    columns = (
        Column("Date of sale"),
        Column("Time of sale"),
        Column("Date of listing"),
        Column("Bundle"),
        Column("Buyer"),
        Column("Description"),
        Column("Item price"),
        Column("Buyer shipping cost"),
        Column("Refunded to buyer amount"),
        Column("Fees refunded to seller"),
        *(Column(name, required=False) for name in FEES),
        *(
            Column(name, required=False)
            for name in (
                "Name",
                "Address Line 1",
                "Address Line 2",
                "City",
                "State",
                "Post Code",
                "Country",
                "US Sales tax",
            )
        ),
    )

    def is_aside(self, cells: Sequence[str]) -> bool:
        return cells[0].strip().rstrip(":").casefold() in ("total", "totals")

    def number_of(self, row: cells.Row) -> str:
        named = [row[column].strip() for column in ("Buyer", "Date of sale", "Time of sale")]
        return " ".join(named) if named[0] else ""

    def part(self, row: cells.Row, *, zone: ZoneInfo, now: datetime) -> Part:
        row = {name: "" if value.strip().casefold() in NOTHING else value for name, value in row.items()}
        at = _moment(row, zone, now)
        has_listing = bool(row["Date of listing"].strip())
        price = cells.price(row, "Item price")
        line = Line(
            title=cells.title(row, "Description"),
            unit_price=price,
            fees=sum((_unsigned(row, fee) for fee in FEES), ZERO),
            shipping=cells.money(row, "Buyer shipping cost"),
            tax=cells.money(row, "US Sales tax"),
            refunded=_unsigned(row, "Refunded to buyer amount"),
            fees_returned=_unsigned(row, "Fees refunded to seller"),
            listed_at=cells.american_day(row, "Date of listing", zone=zone, now=now) if has_listing else None,
        )
        note = "Bundle" if row["Bundle"].strip().casefold() in ("yes", "y", "true") else ""
        return Part(number=self.number_of(row), facts=Facts(placed_at=at, buyer=_buyer(row), note=note), line=line)


def _moment(row: cells.Row, zone: ZoneInfo, now: datetime) -> datetime:
    day = cells.american_day(row, "Date of sale", zone=zone, now=now).astimezone(zone)
    clock = row["Time of sale"].strip()
    if not (found := _CLOCK.fullmatch(clock)):
        raise Refused("Not a time like 14:05 or 2:05 PM.", column="Time of sale", value=clock)
    hour, half = int(found[1]), (found[4] or "").upper()
    if half:
        hour = hour % 12 + (12 if half == "PM" else 0)
    text = f"{day:%Y-%m-%d} {hour:02}:{found[2]}:{found[3] or '00'}"
    return values.moment(text, column="Time of sale", zone=zone, now=now)


def _unsigned(row: cells.Row, column: str) -> Decimal:
    """Written with or without a minus."""
    return abs(cells.stated(row, column) or ZERO)


def _buyer(row: cells.Row) -> Buyer:
    address = [cells.words(row, f"Address Line {number}", 255) for number in (1, 2)]
    return Buyer(
        handle=cells.words(row, "Buyer", 120),
        name=cells.words(row, "Name", 160),
        address=", ".join(filter(None, address))[:255],
        city=cells.words(row, "City", 80),
        region=cells.words(row, "State", 80),
        postcode=cells.postcode(row, "Post Code"),
        country=cells.words(row, "Country", 60),
    )
