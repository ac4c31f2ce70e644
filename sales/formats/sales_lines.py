"""Files with one sale line per row, and presets of them. They are history: stock on hand stays as it is.

Sourced (from the files themselves, UCI "Online Retail", CC BY 4.0): the columns; wall-clock times without a zone;
customer numbers written as `13995.0`; invoices starting with C cancel and have negative quantities only, those with
A adjust bad debt; negative quantities elsewhere have price 0; prices have up to three decimals.
Assumed: times are the shop's local time, amounts are in the shop's currency; negative quantities at price 0 are
write-offs; a cancellation cannot be tied to the invoice it cancels.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings

from lacelux.intake import values
from lacelux.intake.formats import Column, Format, Option
from lacelux.intake.refusals import Refused
from lacelux.lib.money import cents
from sales.formats.history import Entry, HistoryImporter, Kind

LARGEST_AMOUNT = Decimal(10) ** 12
_REMEMBERED = 100_000


class SalesLines(Format):
    """The general one: our own names for the columns. A preset maps other names and conventions onto it."""

    name = "sales-lines"
    title = "Sales lines"
    source = "sales-lines"
    writes_ahead = True
    options: tuple[Option, ...] = (
        Option("date-format", "How dates are written where that is ambiguous: %d/%m/%Y or %m/%d/%Y."),
        Option("source", "Whose ledger this is: keeps the order numbers of two ledgers apart."),
    )
    # Our words, in this order, to the file's.
    mapping: Mapping[str, str] = {
        "order": "order",
        "sku": "sku",
        "description": "description",
        "quantity": "quantity",
        "sold_at": "sold_at",
        "unit_price": "unit_price",
        "customer": "customer",
        "country": "country",
    }
    optional: frozenset[str] = frozenset({"sku", "description", "customer", "country"})
    refund_prefix = ""
    adjustment_prefix = ""
    has_write_offs = False

    @property
    def columns(self) -> tuple[Column, ...]:  # type: ignore[override]
        return tuple(Column(theirs, required=ours not in self.optional) for ours, theirs in self.mapping.items())

    def importer(self, *, options: Mapping[str, str], now: datetime) -> SalesLinesImporter:
        source = options.get("source") or self.source
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", source):
            raise Refused("A source is a short word of a-z, 0-9 and hyphens.", column="source", value=source)
        return SalesLinesImporter(self, source=source, options=options, now=now)

    def customer(self, value: str) -> str:
        """The customer's number or name as it is to be kept."""
        return value


class OnlineRetail(SalesLines):
    """The columns and habits of UCI's Online Retail ledger."""

    name = "online-retail"
    title = "Online Retail"
    source = "online-retail"
    options = ()
    mapping = {
        "order": "InvoiceNo",
        "sku": "StockCode",
        "description": "Description",
        "quantity": "Quantity",
        "sold_at": "InvoiceDate",
        "unit_price": "UnitPrice",
        "customer": "CustomerID",
        "country": "Country",
    }
    optional = frozenset()
    refund_prefix = "C"
    adjustment_prefix = "A"
    has_write_offs = True

    def customer(self, value: str) -> str:
        return value.removesuffix(".0")


class SalesLinesImporter(HistoryImporter):
    """Reads one row into one entry. What repeats from row to row is remembered as parsed."""

    def __init__(self, fmt: SalesLines, *, source: str, options: Mapping[str, str], now: datetime) -> None:
        super().__init__(source=source, options=options, now=now)
        self.format = fmt
        self.column = dict(fmt.mapping)
        self.zone = ZoneInfo(settings.SHOP_TIME_ZONE)
        self.notes.append(
            "The files name no currency and no time zone: the shop's own are taken"
            f" ({settings.SHOP_CURRENCY}, {settings.SHOP_TIME_ZONE})."
        )
        self._moments: dict[str, tuple[datetime, str]] = {}
        self._prices: dict[str, tuple[Decimal, str]] = {}
        self._texts: dict[tuple[str, str], str] = {}

    def parse(self, cells: Sequence[str]) -> Entry:
        order = self._text("order", cells[0], 80)
        if not order:
            raise Refused("Missing.", column=self.column["order"])
        sku = self._text("sku", cells[1], 60)
        description = self._text("description", cells[2], 200)
        quantity = values.whole(cells[3], column=self.column["quantity"])
        at, when = self._moments.get(cells[4]) or self._moment(cells[4])
        price, priced = self._prices.get(cells[5]) or self._price(cells[5])
        customer = self.format.customer(self._text("customer", cells[6], 100))
        country = self._text("country", cells[7], 60)
        kind = self._kind(order, quantity, price, cells)
        amount = self._amount(kind, quantity, price)
        identity = self.identities.of(at, order, sku, description, str(quantity), when, priced, customer, country)
        pieces = 0 if kind is Kind.ADJUSTMENT else abs(quantity)
        return Entry(kind, identity, order, sku, description, pieces, price, amount, at, customer, country)

    def _text(self, name: str, value: str, longest: int) -> str:
        try:
            return self._texts[name, value]
        except KeyError:
            parsed = values.text(value, column=self.column[name], longest=longest)
            if len(self._texts) > _REMEMBERED:
                self._texts.clear()
            self._texts[name, value] = parsed
            return parsed

    def _moment(self, value: str) -> tuple[datetime, str]:
        if len(self._moments) > _REMEMBERED:
            self._moments.clear()
        date_format = self.options.get("date-format", "")
        at = values.moment(value, column=self.column["sold_at"], zone=self.zone, now=self.now, date_format=date_format)
        self._moments[value] = at, at.isoformat()
        return self._moments[value]

    def _price(self, value: str) -> tuple[Decimal, str]:
        if len(self._prices) > _REMEMBERED:
            self._prices.clear()
        price = values.number(value, column=self.column["unit_price"], places=4)
        self._prices[value] = price, str(price.quantize(Decimal("0.0001")))
        return self._prices[value]

    def _kind(self, order: str, quantity: int, price: Decimal, cells: Sequence[str]) -> Kind:
        fmt = self.format
        if fmt.adjustment_prefix and order.startswith(fmt.adjustment_prefix):
            return Kind.ADJUSTMENT
        if price < 0:
            raise Refused("A price is not negative.", column=self.column["unit_price"], value=cells[5])
        if fmt.refund_prefix and order.startswith(fmt.refund_prefix):
            if quantity >= 0:
                raise Refused("A cancellation takes back: less than 0.", column=self.column["quantity"], value=cells[3])
            return Kind.REFUND
        if quantity < 0 and price == 0 and fmt.has_write_offs:
            return Kind.WRITE_OFF
        if quantity < 1:
            raise Refused("A sale is of 1 or more.", column=self.column["quantity"], value=cells[3])
        return Kind.SALE

    def _amount(self, kind: Kind, quantity: int, price: Decimal) -> Decimal:
        """The row's total to the cent: signed for an adjustment, else 0 or more."""
        amount = cents((quantity if kind is Kind.ADJUSTMENT else abs(quantity)) * price)
        if abs(amount) >= LARGEST_AMOUNT:
            raise Refused("Quantity times price is too large.", column=self.column["unit_price"], value=str(price))
        return amount
