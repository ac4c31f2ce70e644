"""The seam of order files: a format turns rows into parts of orders, everything after that is done here."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from inventory.models import Product
from inventory.services import ImpossibleMovement, find_pieces
from inventory.services.finding import Found, Named
from lacelux.intake import values
from lacelux.intake.formats import Comparison, Format, Importer, Located, Option
from lacelux.intake.models import Batch, Rejected
from lacelux.intake.refusals import Refused
from lacelux.lib.money import MissingRate
from sales.formats.marketplace.booking import Booking, apply, book, channel_named
from sales.formats.marketplace.buyers import Buyers
from sales.formats.marketplace.orders import MarketplaceOrder, Part
from sales.formats.marketplace.standing import Known, changes, known_orders
from sales.models import Channel
from sales.services import AlreadyRecorded, InvalidSale
from sales.services.settlement import match_ledger

Row = Located[Part]
Clash = tuple[Row, Refused]
SHOWN = 50  # names in a note
GONE = "The piece is sold or not in stock: no second sale was made."
_RATE = re.compile(r"([A-Z]{3})\s*[=: ]\s*(\d+(?:\.\d+)?)", re.ASCII)


@dataclass
class _Group:
    """The rows of one order, and those that only repeat one of them."""

    rows: list[Row] = field(default_factory=list)
    repeated: list[Row] = field(default_factory=list)

    @property
    def number(self) -> str:
        return self.rows[0].content.number


class MarketplaceFormat(Format):
    """Orders of a marketplace. `number` is the column that names the order, `channel_name` what we call the market.

    `repeats_facts`: every row tells the facts of its order anew; otherwise a row that has them begins an order.
    """

    most_rows = 2_000
    counts = "orders"
    number: str
    channel_name: str
    repeats_facts: bool = False
    options: tuple[Option, ...] = (
        Option("rates", "What other currencies are worth in the shop's: EUR=1.08, GBP=1.27."),
    )

    def number_of(self, row: Mapping[str, str]) -> str:
        """What names the order that a row belongs to, in every file alike."""
        return row[self.number].strip()

    @abstractmethod
    def part(self, row: Mapping[str, str], *, zone: ZoneInfo, now: datetime) -> Part:
        """What one row says; `row` by the names of the columns, '' where one is absent. Raises Refused."""

    def completed(self, order: MarketplaceOrder) -> MarketplaceOrder:
        """The order once all its rows are there. Raises Refused where they do not add up to what it says of itself."""
        return order

    def importer(self, *, options: Mapping[str, str], now: datetime) -> MarketplaceImporter:
        return MarketplaceImporter(self, options=options, now=now)


class MarketplaceImporter(Importer[Part]):
    def __init__(self, fmt: MarketplaceFormat, *, options: Mapping[str, str], now: datetime) -> None:
        super().__init__(options=options, now=now)
        self.format, self.source = fmt, fmt.source
        self.zone = ZoneInfo(settings.SHOP_TIME_ZONE)
        self.rates = _rates(options.get("rates", ""))
        self._names = [column.name for column in fmt.columns]
        self._file = ""
        self._broken: set[tuple[str, str]] = set()  # orders of which a row is refused
        self._earlier: dict[str, MarketplaceOrder] = {}  # orders of the files read so far
        self._claimed: Counter[int] = Counter()  # pieces of a product that they take
        self._pending: dict[str, tuple[MarketplaceOrder, list[Product | None]]] = {}
        self._known: dict[str, Known] = {}
        self._unmatched: list[str] = []
        self._to_write = 0  # orders, new and changed

    def begin_file(self, name: str) -> None:
        self._file = name

    def parse(self, cells: Sequence[str]) -> Part:
        row = dict(zip(self._names, cells, strict=True))
        try:
            values.text(self.format.number_of(row), column=self.format.number, longest=80, required=True)
            return self.format.part(row, zone=self.zone, now=self.now)
        except Refused:
            self._broken.add((self._file, self.format.number_of(row)))
            raise

    def continues(self, before: Part, row: Part) -> bool:
        return before.number == row.number and (row.facts is None or self.format.repeats_facts)

    def compare(self, rows: Sequence[Row]) -> Comparison[Part]:
        found: Comparison[Part] = Comparison()
        self._pending.clear()  # written by now
        groups = self._groups(rows)
        self._known = known_orders(source=self.source, numbers={group.number for group in groups})
        orders = [self._assembled(group, found) for group in groups]
        new = [order for order in orders if order and order.is_sale and order.number not in self._known]
        pieces = find_pieces(source=self.source, names={line.named for order in new for line in order.lines})
        for group, order in zip(groups, orders, strict=True):
            if order:
                self._sort(group, order, pieces, found)
            found.known += len(group.repeated) if order else 0
        self._to_write += len(self._pending)
        self._write_notes()
        return found

    def load(self, rows: int) -> int:
        return self._to_write

    def _groups(self, rows: Sequence[Row]) -> list[_Group]:
        """The rows order by order, as they follow each other."""
        groups: list[_Group] = []
        for row in rows:
            last = groups[-1] if groups else None
            same_file = last is not None and last.rows[0].file == row.file
            if last is None or not same_file or not self.continues(last.rows[-1].content, row.content):
                groups.append(_Group([row]))
            elif self.format.repeats_facts and any(row.content == other.content for other in last.rows):
                last.repeated.append(row)
            else:
                last.rows.append(row)
        return groups

    def _assembled(self, group: _Group, found: Comparison[Part]) -> MarketplaceOrder | None:
        """The order that the rows make up; they are refused together where they make up none."""
        try:
            if (group.rows[0].file, group.number) in self._broken:
                raise Refused("Another row of this order is refused: put that one right first.")
            order = MarketplaceOrder.of(self.source, [row.content for row in group.rows])
            if order is None:
                raise Refused("The first row of this order is missing or refused.")
            return self._checked(order) if order.is_sale else order
        except Refused as refused:
            refused.column = refused.column or self.format.number
            refused.value = refused.value or group.number
            found.refused += [(row, refused, Rejected.Kind.REJECTED) for row in group.rows + group.repeated]
            return None

    def _checked(self, order: MarketplaceOrder) -> MarketplaceOrder:
        if not order.lines:
            raise Refused("The order has no line.")
        currency = order.facts.currency
        if currency not in ("", settings.SHOP_CURRENCY, *self.rates):
            reason = f"Not in {settings.SHOP_CURRENCY}: say what it is worth with the option rates, as {currency}=1.08."
            raise Refused(reason, column="currency", value=currency)
        order = self.format.completed(order)
        if order.goods < 0:
            raise Refused(f"Discounts are more than the {order.goods + order.facts.discount:.2f} of the lines.")
        return order

    def _sort(
        self, group: _Group, order: MarketplaceOrder, pieces: dict[Named, Found], found: Comparison[Part]
    ) -> None:
        """Say of the rows of one order what they are."""
        try:
            if order.number in self._earlier:
                if order != self._earlier[order.number]:
                    raise Refused("The order stands in the files twice, and not the same.")
                found.known += len(group.rows)
            elif known := self._known.get(order.number):
                self._sort_known(group, order, known, found)
            elif order.is_sale:
                self._sort_new(group, order, pieces, found)
            else:
                found.ignored += len(group.rows)
        except Refused as refused:
            refused.column, refused.value = refused.column or self.format.number, refused.value or order.number
            for row in group.rows:
                found.conflict(row, refused)
        self._earlier.setdefault(order.number, order)

    def _sort_known(self, group: _Group, order: MarketplaceOrder, known: Known, found: Comparison[Part]) -> None:
        try:
            is_changed = bool(changes(order, known))
        except InvalidSale as error:
            raise Refused(str(error)) from error
        if is_changed:
            found.changed += group.rows
            self._pending[order.number] = order, []
        else:
            found.known += len(group.rows)

    def _sort_new(
        self, group: _Group, order: MarketplaceOrder, pieces: dict[Named, Found], found: Comparison[Part]
    ) -> None:
        own = self._claim(order, pieces)
        self._pending[order.number] = order, own
        pairs = zip(order.lines, own, strict=True)
        self._unmatched += [f"{order.number} ({line.title})" for line, product in pairs if product is None]
        found.new += group.rows

    def _claim(self, order: MarketplaceOrder, pieces: dict[Named, Found]) -> list[Product | None]:
        """The piece of each line. Raises Refused for one that its SKU names and that is gone."""
        own: list[Product | None] = []
        wanted: Counter[int] = Counter()
        for line in order.lines:
            known = pieces.get(line.named)
            product = known.product if known else None
            # Reserved ones may be held for this very buyer: that shows when the sale is booked.
            if product and self._claimed[product.pk] + wanted[product.pk] + line.quantity > product.quantity_on_hand:
                if known and known.is_certain:
                    raise Refused(GONE, column="sku", value=product.sku)
                product = None
            if product:
                wanted[product.pk] += line.quantity
            own.append(product)
        self._claimed.update(wanted)
        return own

    def _write_notes(self) -> None:
        if self._unmatched:
            shown = ", ".join(self._unmatched[:SHOWN]) + (" …" if len(self._unmatched) > SHOWN else "")
            note = f"{len(self._unmatched)} lines have no piece of ours, to be told later: {shown}"
            self.notes[:] = [*(one for one in self.notes if "no piece of ours" not in one), note]

    def write(self, found: Comparison[Part], *, batch: Batch, actor: User | None) -> list[Clash]:
        buyers = Buyers(self.source)
        buyers.look_up([order.facts.buyer for order, _ in self._pending.values()])
        booking = Booking(batch=batch, actor=actor, now=self.now, buyers=buyers, rates=self.rates)
        channels: dict[str, Channel] = {}

        def sell(number: str) -> None:
            order, pieces = self._pending[number]
            code = order.facts.channel or self.source
            if code not in channels:
                name = self.format.channel_name if code == self.source else code.title()
                channels[code] = channel_named(code, name)
            book(order, channel=channels[code], pieces=pieces, booking=booking)

        def change(number: str) -> None:
            order, known = self._pending[number][0], self._known[number]
            apply(order, known, changes(order, known), booking)

        return self._attempts(found.new, sell) + self._attempts(found.changed, change)

    def finish(self, *, batch: Batch, actor: User | None) -> None:
        for channel in Channel.objects.filter(code=self.source):
            if matched := match_ledger(channel=channel):
                self.notes.append(f"{matched} lines of the marketplace's ledger found their orders.")

    def _attempts(self, rows: Sequence[Row], act: Callable[[str], None]) -> list[Clash]:
        """Do each order whole or not at all; what stood in its way, with all its rows."""
        clashes: list[Clash] = []
        for number in dict.fromkeys(row.content.number for row in rows):
            try:
                with transaction.atomic():
                    act(number)
            except ImpossibleMovement as error:
                clashes += _all(rows, number, Refused(GONE, column="sku", value=error.product.sku))
            except (AlreadyRecorded, InvalidSale, MissingRate) as error:
                clashes += _all(rows, number, Refused(str(error), column=self.format.number, value=number))
        return clashes


def _all(rows: Iterable[Row], number: str, refused: Refused) -> list[Clash]:
    return [(row, refused) for row in rows if row.content.number == number]


def _rates(text: str) -> dict[str, Decimal]:
    """`EUR=1.08, GBP=1.27` as rates by currency."""
    rates = {}
    for one in filter(None, (part.strip() for part in re.split(r"[,;]", text))):
        if not (found := _RATE.fullmatch(one)) or not Decimal(found[2]):
            raise Refused("Rates are written as EUR=1.08, GBP=1.27.", column="rates", value=text)
        rates[found[1]] = Decimal(found[2])
    return rates
