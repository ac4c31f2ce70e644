"""Sale lines as they are handed in, and what they come to in the shop's currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.utils import timezone

from inventory.models import Product
from lacelux.lib.money import ZERO, cents, line_total
from sales.services.errors import InvalidSale
from sales.services.shares import spread_within, weights_of

FOUR_PLACES = Decimal("0.0001")
MOST = Decimal(10) ** 10


@dataclass(frozen=True, kw_only=True)
class SaleLine:
    """One line of a sale. `unit_price`, `discount` and `fees` are in the order's currency, for the whole line but the
    price; they are converted singly. `cost` is in the shop's, for the whole line.

    `cost` None: the landed cost of the pieces, or the consignor's share of the line's revenue for consigned ones.
    `fees` None: its part of the order's fees. `sold_at` None: when ordered.
    """

    product: Product | None = None
    quantity: int = 1
    unit_price: Decimal
    discount: Decimal = ZERO
    description: str = ""
    cost: Decimal | None = None
    fees: Decimal | None = None
    sold_at: datetime | None = None
    identity: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class PricedLine:
    """A line's money in the shop's currency, whole cents; `discount` holds its part of the order's, too."""

    line: SaleLine
    unit_price: Decimal  # in the order's currency
    gross: Decimal
    discount: Decimal
    sold_at: datetime

    @property
    def quantity(self) -> int:
        return self.line.quantity

    @property
    def revenue(self) -> Decimal:
        return self.gross - self.discount


def price_lines(
    *, lines: Sequence[SaleLine], rate: Decimal, order_discount: Decimal, ordered_at: datetime
) -> list[PricedLine]:
    """The lines priced, the order's discount spread over them by gross. Raises InvalidSale."""
    if not lines:
        raise InvalidSale("lines", "A sale has at least one line.")
    for place, line in enumerate(lines):
        _check_line(line, f"lines.{place}.")
    _check_order_discount(lines, order_discount)
    priced = [_price(line, rate, ordered_at) for line in lines]
    room = [line.revenue for line in priced]
    shares = spread_within(min(convert(order_discount, rate), sum(room, ZERO)), weights_of(priced), room)
    return [replace(one, discount=one.discount + share) for one, share in zip(priced, shares, strict=True)]


def cost_of(priced: PricedLine, product: Product | None) -> Decimal:
    """What the line's pieces cost the shop. Raises InvalidSale for a consigned piece whose share nobody knows."""
    if priced.line.cost is not None:
        return cents(priced.line.cost)
    if product is None:
        return ZERO
    if not product.is_consigned:
        return cents(product.landed_cost * priced.quantity)
    share = product.consignor_share
    if share is None and product.seller is not None:
        share = product.seller.consignor_share
    if share is None:
        raise InvalidSale("product", f"{product.sku} is consigned, but has neither a seller nor a share.")
    return cents(priced.revenue * share)


def convert(amount: Decimal, rate: Decimal) -> Decimal:
    """An amount in the order's currency, rounded there, in the shop's."""
    return line_total(quantity=1, unit_price=amount, rate=rate)


def _price(line: SaleLine, rate: Decimal, ordered_at: datetime) -> PricedLine:
    unit_price = _unit_price(line)
    return PricedLine(
        line=line,
        unit_price=unit_price,
        gross=line_total(quantity=line.quantity, unit_price=unit_price, rate=rate),
        discount=convert(line.discount, rate),
        sold_at=line.sold_at or ordered_at,
    )


def _unit_price(line: SaleLine) -> Decimal:
    return line.unit_price.quantize(FOUR_PLACES, ROUND_HALF_UP)


def _check_line(line: SaleLine, prefix: str) -> None:
    if not 1 <= line.quantity < 2**31:
        raise InvalidSale(f"{prefix}quantity", "A line sells at least one piece.")
    for name in ("unit_price", "discount", "cost"):
        amount = getattr(line, name)
        if amount is not None:
            check_amount(amount, f"{prefix}{name}")
    if line.fees is not None:
        check_amount(line.fees, f"{prefix}fees", signed=True)
    own = line_total(quantity=line.quantity, unit_price=_unit_price(line))
    check_amount(own, f"{prefix}quantity")
    if cents(line.discount) > own:
        raise InvalidSale(f"{prefix}discount", f"{line.discount} is more than the line's {own}.")
    if line.sold_at is not None and timezone.is_naive(line.sold_at):
        raise InvalidSale(f"{prefix}sold_at", "The time needs its zone.")


def _check_order_discount(lines: Sequence[SaleLine], discount: Decimal) -> None:
    check_amount(discount, "order_discount")
    gross = (line_total(quantity=line.quantity, unit_price=_unit_price(line)) for line in lines)
    room = sum(gross, ZERO) - sum((cents(line.discount) for line in lines), ZERO)
    if cents(discount) > room:
        raise InvalidSale("order_discount", f"{discount} is more than the {room} of the lines.")


def check_amount(amount: Decimal, field: str, *, signed: bool = False) -> None:
    """Raise InvalidSale for what is no amount of money: NaN, infinite, beyond ten billion, or negative."""
    if not Decimal(amount).is_finite() or abs(amount) >= MOST:
        raise InvalidSale(field, f"{amount} is no amount of money.")
    if amount < 0 and not signed:
        raise InvalidSale(field, "The amount is not negative.")
