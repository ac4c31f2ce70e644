"""Shopify's export of orders: a row per line, the order's own fields on its first row only.

Sourced (headers of two public exports, 79 columns; the help pages of Shopify): the columns; times with their offset,
which changes with daylight saving; `'02139`; Subtotal is what the lines come to after discounts; voided orders; Source
and Tags tell where an order came from.
Assumed: `Name` names the order within the shop; an order without payment yet (pending, authorized) is placed; money
given back is for goods up to their price, what is more was shipping and tax; the file does not say when it was given
back (the day of the order where both are new to us, else today) nor whether the piece came back; prices are without
tax, and an order whose prices contain it is refused; fees are the channel's rules.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from lacelux.intake.formats import Column
from lacelux.intake.refusals import Refused
from lacelux.lib.money import ZERO
from sales.formats.marketplace import cells
from sales.formats.marketplace.importer import MarketplaceFormat
from sales.formats.marketplace.orders import Buyer, Facts, Line, MarketplaceOrder, Part, Standing

STANDINGS = {
    "paid": Standing.PAID,
    "partially_refunded": Standing.PAID,
    "refunded": Standing.PAID,
    "partially_paid": Standing.PLACED,
    "pending": Standing.PLACED,
    "authorized": Standing.PLACED,
    "voided": Standing.CANCELLED,
    "expired": Standing.CANCELLED,
}


class ShopifyOrders(MarketplaceFormat):
    name = "shopify-orders"
    title = "Shopify orders"
    source = "shopify"
    channel_name = "Shopify"
    number = "Name"
    columns = (
        Column("Name"),
        Column("Email"),
        Column("Financial Status"),
        Column("Currency"),
        Column("Subtotal"),
        Column("Shipping"),
        Column("Taxes"),
        Column("Total"),
        Column("Discount Amount"),
        Column("Created at"),
        Column("Lineitem quantity"),
        Column("Lineitem name"),
        Column("Lineitem price"),
        Column("Lineitem sku"),
        Column("Cancelled at"),
        Column("Refunded Amount"),
        *(
            Column(name, required=False)
            for name in (
                "Lineitem discount",
                "Discount Code",
                "Billing Name",
                "Shipping Name",
                "Shipping Street",
                "Shipping City",
                "Shipping Zip",
                "Shipping Province",
                "Shipping Country",
                "Billing Country",
                "Phone",
                "Id",
                "Tags",
                "Source",
                "Duties",
            )
        ),
    )

    def part(self, row: cells.Row, *, zone: ZoneInfo, now: datetime) -> Part:
        line = Line(
            title=cells.title(row, "Lineitem name"),
            sku=cells.words(row, "Lineitem sku", 60),
            quantity=cells.pieces(row, "Lineitem quantity"),
            unit_price=cells.price(row, "Lineitem price"),
            discount=cells.money(row, "Lineitem discount"),
        )
        is_first = bool(row["Financial Status"].strip() or row["Total"].strip())
        facts = _facts(row, zone, now) if is_first else None
        return Part(number=row["Name"].strip(), facts=facts, line=line)

    def completed(self, order: MarketplaceOrder) -> MarketplaceOrder:
        """The order's own discount is what its lines come to beyond its Subtotal."""
        subtotal, stated = order.facts.goods or ZERO, order.facts.discount
        lines = order.goods + stated
        if not 0 <= lines - subtotal <= stated:
            reason = f"The lines come to {lines:.2f}, with discounts of {stated:.2f}: that is not the Subtotal."
            raise Refused(reason, column="Subtotal", value=f"{subtotal:.2f}")
        return replace(order, facts=replace(order.facts, discount=lines - subtotal))


def _facts(row: cells.Row, zone: ZoneInfo, now: datetime) -> Facts:
    cancelled = row["Cancelled at"].strip()
    tags = f"{row['Source']} {row['Tags']}".casefold()
    return Facts(
        placed_at=cells.stamp(row, "Created at", zone=zone, now=now),
        standing=Standing.CANCELLED if cancelled else _standing(row),
        cancelled_at=cells.stamp(row, "Cancelled at", zone=zone, now=now) if cancelled else None,
        buyer=_buyer(row),
        currency=cells.words(row, "Currency", 3).upper(),
        shipping=cells.money(row, "Shipping"),
        tax=cells.money(row, "Taxes"),
        discount=cells.money(row, "Discount Amount"),
        refunded=cells.money(row, "Refunded Amount"),
        channel="instagram" if "instagram" in tags else "",
        reference=cells.words(row, "Id", 80),
        note=_note(row),
        goods=cells.price(row, "Subtotal"),
    )


def _standing(row: cells.Row) -> Standing:
    status = row["Financial Status"].strip().casefold()
    if status not in STANDINGS:
        raise Refused("A status we do not know.", column="Financial Status", value=row["Financial Status"])
    return STANDINGS[status]


def _buyer(row: cells.Row) -> Buyer:
    return Buyer(
        name=cells.words(row, "Shipping Name", 160) or cells.words(row, "Billing Name", 160),
        email=cells.words(row, "Email", 254),
        phone=cells.words(row, "Phone", 40).lstrip("'"),
        address=cells.words(row, "Shipping Street", 255),
        city=cells.words(row, "Shipping City", 80),
        region=cells.words(row, "Shipping Province", 80),
        postcode=cells.postcode(row, "Shipping Zip"),
        country=cells.words(row, "Shipping Country", 60) or cells.words(row, "Billing Country", 60),
    )


def _note(row: cells.Row) -> str:
    """The discount's code, and what the Total has beyond goods, shipping and tax: a tip, as a rule."""
    code = cells.words(row, "Discount Code", 200)
    parts = [f"Discount code {code}"] if code else []
    taxes, total = cells.money(row, "Taxes"), cells.price(row, "Total")
    before = cells.price(row, "Subtotal") + cells.money(row, "Shipping") + cells.money(row, "Duties")
    if taxes and total == before:
        raise Refused("The prices contain the tax: set the shop to show it apart.", column="Taxes", value=row["Taxes"])
    if total != before + taxes:
        parts.append(f"Total is {total - before - taxes:+.2f} beside goods, shipping and tax")
    return "; ".join(parts)
