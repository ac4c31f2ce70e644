"""An order as a marketplace tells it. Formats make these of rows; whoever else makes them is booked the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum

from inventory.services.finding import Named
from lacelux.lib.money import ZERO, line_total


class Standing(Enum):
    """What an order is to us: `WAITING` is neither paid nor void, and comes in with a later file."""

    PAID = "paid"
    PLACED = "placed"
    CANCELLED = "cancelled"
    WAITING = "waiting"


SALES = (Standing.PAID, Standing.PLACED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Buyer:
    """Whoever bought, as far as it is told; `handle` is the name on the marketplace."""

    handle: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.handle or self.email or self.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line, in the order's currency; `discount`, `fees` and what follows are for the whole line.

    `fees` None: not stated. `cost` is what the seller told the marketplace, used where we know no piece. `refunded`
    is all the money that went back, tax and shipping with it.
    """

    title: str
    unit_price: Decimal
    quantity: int = 1
    sku: str = ""
    discount: Decimal = ZERO
    fees: Decimal | None = None
    cost: Decimal | None = None
    shipping: Decimal = ZERO
    tax: Decimal = ZERO
    refunded: Decimal = ZERO
    fees_returned: Decimal = ZERO
    listed_at: datetime | None = None

    @property
    def named(self) -> Named:
        return Named(sku=self.sku, title=self.title)

    @property
    def gross(self) -> Decimal:
        return line_total(quantity=self.quantity, unit_price=self.unit_price)


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is told once per order. `currency` empty: the shop's. Money beside that of the lines.

    `goods` and `total`, where the marketplace adds up itself: the lines after discounts, and all that was paid.
    """

    placed_at: datetime
    standing: Standing = Standing.PAID
    buyer: Buyer = field(default_factory=Buyer)
    currency: str = ""
    shipping: Decimal = ZERO
    tax: Decimal = ZERO
    discount: Decimal = ZERO
    fees: Decimal | None = None
    refunded: Decimal = ZERO
    refunded_at: datetime | None = None
    cancelled_at: datetime | None = None
    channel: str = ""
    reference: str = ""
    note: str = ""
    goods: Decimal | None = None
    total: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What one row says of its order: the facts, a line, or both. `item` is the row's own number, where it has one."""

    number: str
    item: str = ""
    facts: Facts | None = None
    line: Line | None = None


@dataclass(frozen=True, kw_only=True)
class MarketplaceOrder:
    """A whole order; `source` and `number` name it for good."""

    source: str
    number: str
    facts: Facts
    lines: tuple[Line, ...]

    @classmethod
    def of(cls, source: str, parts: Sequence[Part]) -> MarketplaceOrder | None:
        """The order that rows make up; None where the one with its facts is not among them.

        Where only some of the rows are cancelled, the order is a sale.
        """
        told = [part.facts for part in parts if part.facts]
        facts = next((one for one in told if one.standing in SALES), told[0] if told else None)
        lines = tuple(part.line for part in parts if part.line)
        return None if facts is None else cls(source=source, number=parts[0].number, facts=facts, lines=lines)

    @property
    def is_sale(self) -> bool:
        return self.facts.standing in SALES

    @property
    def shipping(self) -> Decimal:
        return self.facts.shipping + sum((line.shipping for line in self.lines), ZERO)

    @property
    def tax(self) -> Decimal:
        return self.facts.tax + sum((line.tax for line in self.lines), ZERO)

    @property
    def goods(self) -> Decimal:
        """What the pieces came to after discounts."""
        return sum((line.gross - line.discount for line in self.lines), ZERO) - self.facts.discount

    @property
    def refunded(self) -> Decimal:
        """What was given back for goods: all of it up to their price, for the rest was tax and shipping."""
        everything = self.facts.refunded + sum((line.refunded for line in self.lines), ZERO)
        return min(everything, self.goods)

    @property
    def fees_returned(self) -> Decimal:
        return sum((line.fees_returned for line in self.lines), ZERO)

    @property
    def fees(self) -> Decimal | None:
        """All fees the marketplace states, None where it states none."""
        stated = [fee for fee in (self.facts.fees, *(line.fees for line in self.lines)) if fee is not None]
        return sum(stated, ZERO) if stated else None
