"""Whatnot's orders of a show, one row per order.

Sourced (from files of other sellers): the columns, with spaces or underscores; `cancelled_or_failed` is text; an
order stands when it has a `shipment_id` and no word there; giveaways are orders at 0.00; titles repeat with #1, #2;
no fees, currency or zone; `sku`, `cost_per_item` and `total_cost` are the seller's own and may be absent; failed
orders may lack `placed_at`, which in some files is the time since the show began (H:MM:SS).
Assumed: `placed_at` is in settings.WHATNOT_TIME_ZONE; amounts are in the shop's currency; `order_id` is unique; a
coupon's payer is unknown, so it is noted and not subtracted; the show is the one running at that time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from customers.models import Customer, Handle
from inventory.models import Product
from lacelux.intake import values
from lacelux.intake.formats import Column, Comparison, Format, Importer, Located, Option
from lacelux.intake.models import Batch
from lacelux.intake.refusals import Refused
from lacelux.lib.money import cents
from sales.formats.history import Identities
from sales.models import Channel, Order, OrderLine, Show, UnmatchedLine
from sales.services import AlreadyRecorded, InvalidSale, OutOfStock, SaleLine, cancel_order, record_sale
from sales.services.settlement import match_ledger

CODE = "whatnot"
LONGEST_SHOW = timedelta(hours=12)  # of a show whose end nobody wrote down
_ELAPSED = re.compile(r"(\d{1,2}):([0-5]\d):([0-5]\d)(?:\.\d+)?", re.ASCII)


def whatnot() -> Channel:
    """The marketplace's channel, made where it is missing."""
    return Channel.objects.get_or_create(code=CODE, defaults={"name": "Whatnot", "is_live": True})[0]


@dataclass(frozen=True, slots=True)
class Sold:
    """One order of the file. `is_void`: cancelled, failed, or without a shipment."""

    number: str
    is_void: bool
    is_cancelled: bool = False
    reference: str = ""
    buyer: str = ""
    address: str = ""
    postcode: str = ""
    title: str = ""
    quantity: int = 1
    price: Decimal = Decimal(0)
    at: datetime = datetime.min
    sku: str = ""
    cost: Decimal | None = None
    note: str = ""


class WhatnotOrders(Format):
    name = "whatnot-orders"
    title = "Whatnot show orders"
    source = CODE
    most_rows = 2_000
    columns = (
        Column("order_id"),
        Column("order_numeric_id"),
        Column("buyer_username"),
        Column("product_name"),
        Column("product_quantity"),
        Column("original_item_price"),
        Column("placed_at"),
        Column("cancelled_or_failed"),
        Column("shipment_id"),
        Column("shipping_address", required=False),
        Column("postal_code", required=False),
        Column("coupon_code", required=False),
        Column("coupon_price", required=False),
        Column("gifted_to", required=False),
        Column("sku", required=False),
        Column("cost_per_item", required=False),
    )
    options = (
        Option("show", "The number of the show, where the time alone does not tell."),
        Option("show-start", "When the show began, where the file has times since then: 2026-06-11T00:00:00Z."),
    )

    def importer(self, *, options: Mapping[str, str], now: datetime) -> WhatnotOrdersImporter:
        return WhatnotOrdersImporter(options=options, now=now)


class WhatnotOrdersImporter(Importer[Sold]):
    def __init__(self, *, options: Mapping[str, str], now: datetime) -> None:
        super().__init__(options=options, now=now)
        self.zone = ZoneInfo(settings.WHATNOT_TIME_ZONE)
        self.show = _chosen_show(options.get("show", ""))
        self.began = self._began(options.get("show-start", ""))
        self._identities = Identities(CODE)
        self._earlier: dict[str, Sold] = {}  # orders of the files read so far
        self._claimed: Counter[str] = Counter()  # pieces of an SKU that they take
        self._without_piece: list[str] = []
        self._coupons: list[Decimal] = []
        self.notes.append(
            f"The files name no currency and no time zone: {settings.SHOP_CURRENCY} and"
            f" {settings.WHATNOT_TIME_ZONE} are taken."
        )

    def _began(self, text: str) -> datetime | None:
        if text:
            return values.moment(text, column="show-start", zone=self.zone, now=self.now)
        return self.show.starts_at if self.show else None

    def parse(self, cells: Sequence[str]) -> Sold:
        (number, reference, buyer, title, quantity, price, placed, word, shipment, address, postcode) = cells[:11]
        coupon_code, coupon, gifted, sku, cost = cells[11:16]
        number = values.text(number, column="order_id", longest=80, required=True)
        if word.strip() or not shipment.strip():
            return Sold(number, is_void=True, is_cancelled=bool(word.strip()))
        each = values.dollars(price, column="original_item_price")
        if each < 0:
            raise Refused("A price is not negative.", column="original_item_price", value=price)
        pieces = values.whole(quantity, column="product_quantity")
        if pieces < 1:
            raise Refused("A sale is of 1 or more.", column="product_quantity", value=quantity)
        paid = values.dollars(cost, column="cost_per_item") if cost.strip() else None
        if paid is not None and paid < 0:
            raise Refused("A cost is not negative.", column="cost_per_item", value=cost)
        return Sold(
            number,
            is_void=False,
            reference=values.text(reference, column="order_numeric_id", longest=80),
            buyer=values.text(buyer, column="buyer_username", longest=120),
            address=values.text(address, column="shipping_address", longest=255),
            postcode=values.text(postcode, column="postal_code", longest=20),
            title=values.text(title, column="product_name", longest=200),
            quantity=pieces,
            price=each,
            at=self._placed(placed),
            sku=values.text(sku, column="sku", longest=60),
            cost=None if paid is None else cents(paid * pieces),
            note=self._note(coupon_code, coupon, gifted),
        )

    def _placed(self, text: str) -> datetime:
        if not (elapsed := _ELAPSED.fullmatch(text.strip())):
            return values.moment(text, column="placed_at", zone=self.zone, now=self.now)
        if self.began is None:
            reason = "Time since the show began: say when that was with the option show or show-start."
            raise Refused(reason, column="placed_at", value=text)
        hours, minutes, seconds = (int(part) for part in elapsed.groups())
        return self.began + timedelta(hours=hours, minutes=minutes, seconds=seconds)

    def _note(self, code: str, coupon: str, gifted: str) -> str:
        parts = []
        if coupon.strip():
            amount = values.dollars(coupon, column="coupon_price")
            self._coupons.append(amount)
            parts.append(f"Coupon {code.strip()} {amount:.2f}".replace("  ", " "))
        if gifted.strip():
            parts.append(f"Gifted to {values.text(gifted, column='gifted_to', longest=120)}")
        return "; ".join(parts)

    def compare(self, rows: Sequence[Located[Sold]]) -> Comparison[Sold]:
        found: Comparison[Sold] = Comparison()
        orders = {
            order.number: order
            for order in Order.staged.filter(
                source=CODE, number__in={row.content.number for row in rows}
            ).prefetch_related("lines")
        }
        products = {p.sku: p for p in Product.objects.filter(sku__in={row.content.sku for row in rows} - {""})}
        for row in rows:
            sold = row.content
            if sold.number in self._earlier:
                self._compare_twice(row, found)
            elif order := orders.get(sold.number):
                self._compare_known(row, order, list(order.lines.all()), found)
            elif sold.is_void:
                found.ignored += 1
            else:
                self._compare_new(row, products.get(sold.sku), found)
            self._earlier.setdefault(sold.number, sold)
        self._write_notes()
        return found

    def _compare_twice(self, row: Located[Sold], found: Comparison[Sold]) -> None:
        if row.content == self._earlier[row.content.number]:
            found.known += 1
        else:
            reason = "The order stands in the files twice, and not the same."
            found.conflict(row, Refused(reason, column="order_id", value=row.content.number))

    def _compare_known(
        self, row: Located[Sold], order: Order, lines: Sequence[OrderLine], found: Comparison[Sold]
    ) -> None:
        sold = row.content
        is_cancelled = order.state == Order.State.CANCELLED
        if sold.is_void:
            if sold.is_cancelled and not is_cancelled:
                found.changed.append(row)
            else:
                found.known += 1
        elif is_cancelled:
            found.conflict(row, Refused("Cancelled here, but sold in the file.", column="order_id", value=sold.number))
        elif len(lines) != 1 or (lines[0].quantity, lines[0].unit_price) != (sold.quantity, sold.price):
            here = ", ".join(f"{line.quantity} × {line.unit_price:.2f}" for line in lines)
            reason = f"Recorded here as {here}: correct it by hand."
            found.conflict(row, Refused(reason, column="original_item_price", value=str(sold.price)))
        elif lines[0].product_id is None and sold.cost is not None and lines[0].cost != sold.cost:
            found.changed.append(row)
        else:
            found.known += 1

    def _compare_new(self, row: Located[Sold], product: Product | None, found: Comparison[Sold]) -> None:
        sold = row.content
        if product is None:
            self._without_piece.append(f"{sold.number} ({sold.title})")
        else:
            self._claimed[sold.sku] += sold.quantity
            # Reserved ones may be held for this very buyer: that shows when the sale is booked.
            if self._claimed[sold.sku] > product.quantity_on_hand:
                self._claimed[sold.sku] -= sold.quantity
                found.conflict(row, _gone(product))
                return
        found.new.append(row)

    def _write_notes(self) -> None:
        del self.notes[1:]
        if self._without_piece:
            shown = ", ".join(self._without_piece[:50]) + (" …" if len(self._without_piece) > 50 else "")
            self.notes.append(f"{len(self._without_piece)} orders have no piece of ours by their SKU: {shown}")
        if self._coupons:
            self.notes.append(
                f"{len(self._coupons)} coupons ({sum(self._coupons):.2f} in all) are noted on their orders and not"
                " subtracted: the file does not say who paid them."
            )

    def write(
        self, found: Comparison[Sold], *, batch: Batch, actor: User | None
    ) -> list[tuple[Located[Sold], Refused]]:
        channel = whatnot()
        shows = list(Show.objects.filter(channel=channel).order_by("-starts_at"))
        clashes = []
        for row in found.new:
            clashes += _attempt(row, lambda sold: self._sell(sold, channel, shows, batch, actor))
        for row in found.changed:
            clashes += _attempt(row, lambda sold: self._change(sold, batch, actor))
        return clashes

    def _sell(self, sold: Sold, channel: Channel, shows: Iterable[Show], batch: Batch, actor: User | None) -> None:
        product = Product.objects.filter(sku=sold.sku).first() if sold.sku else None
        line = SaleLine(
            product=product,
            quantity=sold.quantity,
            unit_price=sold.price,
            description=sold.title,
            cost=None if product else sold.cost,
            identity=UUID(self._identities.of(sold.at, sold.number)),
        )
        order = record_sale(
            channel=channel,
            lines=[line],
            number=sold.number,
            source=CODE,
            reference=sold.reference,
            customer=_buyer(sold, batch),
            show=self.show or _show_at(sold.at, shows),
            ordered_at=sold.at,
            note=sold.note,
            batch=batch,
            actor=actor,
        )
        if product is None:
            booked = OrderLine.staged.get(order=order)
            UnmatchedLine.objects.create(line=booked, source=CODE, sku=sold.sku, title=sold.title)

    def _change(self, sold: Sold, batch: Batch, actor: User | None) -> None:
        order = Order.staged.get(source=CODE, number=sold.number)
        if sold.is_void:
            cancel_order(order=order, actor=actor, reason=f"import {batch.pk}")
        else:
            OrderLine.staged.filter(order=order).update(cost=sold.cost)

    def finish(self, *, batch: Batch, actor: User | None) -> None:
        if matched := match_ledger(channel=whatnot()):
            self.notes.append(f"{matched} lines of the marketplace's ledger found their orders.")


def _attempt(row: Located[Sold], act: Callable[[Sold], None]) -> list[tuple[Located[Sold], Refused]]:
    """Do one thing whole or not at all; what stood in its way, with the row."""
    try:
        with transaction.atomic():
            act(row.content)
    except OutOfStock as error:
        return [(row, _gone(error.product))]
    except (AlreadyRecorded, InvalidSale) as error:
        return [(row, Refused(str(error), column="order_id", value=row.content.number))]
    return []


def _chosen_show(text: str) -> Show | None:
    if not text:
        return None
    show = Show.objects.filter(pk=int(text)).first() if text.isascii() and text.isdigit() else None
    if show is None:
        raise Refused("There is no such show.", column="show", value=text)
    return show


def _show_at(at: datetime, shows: Iterable[Show]) -> Show | None:
    """The show that ran at a time; of several the one that began last. `shows`: the latest first."""
    running = (show for show in shows if show.starts_at <= at <= (show.ends_at or show.starts_at + LONGEST_SHOW))
    return next(running, None)


def _buyer(sold: Sold, batch: Batch) -> Customer | None:
    if not sold.buyer:
        return None
    handle = Handle.objects.filter(platform=CODE, value__iexact=sold.buyer).select_related("customer").first()
    if handle:
        return handle.customer
    person = Customer.staged.create(
        name=sold.buyer,
        address=sold.address,
        postcode=sold.postcode,
        contact_preference=Customer.Contact.WHATNOT,
        batch=batch,
    )
    Handle.staged.create(customer=person, platform=CODE, value=sold.buyer, batch=batch)
    return person


def _gone(product: Product) -> Refused:
    return Refused("The piece is sold or not in stock: no second sale was made.", column="sku", value=product.sku)
