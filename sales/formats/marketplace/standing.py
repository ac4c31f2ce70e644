"""What is told of an order against what we have of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from inventory.models import Product
from lacelux.intake.refusals import Refused
from lacelux.lib.money import ZERO, cents
from sales.formats.marketplace.orders import MarketplaceOrder, Standing
from sales.models import MarketplaceLine, Order, OrderLine, Refund
from sales.services import SaleLine
from sales.services.lines import convert, price_lines


class Change(Enum):
    """What an order that we know has become since."""

    CANCELLED = "cancelled"
    PAID = "paid"
    REFUNDED = "refunded"
    FEES = "fees"
    COSTS = "costs"


@dataclass(frozen=True, kw_only=True)
class Known:
    """An order as it stands here. `has_ledger`: its fees are settled by the marketplace's own ledger."""

    order: Order
    lines: tuple[OrderLine, ...]
    refunded: Decimal
    has_ledger: bool

    @property
    def revenue(self) -> Decimal:
        return sum((line.gross - line.discount for line in self.lines), ZERO)


def known_orders(*, source: str, numbers: Collection[str]) -> dict[str, Known]:
    """The orders that are here already, with the same few queries whatever their number."""
    orders = list(Order.staged.filter(source=source, number__in=numbers).prefetch_related("lines"))
    earnings = MarketplaceLine.objects.filter(order__in=orders, kind=MarketplaceLine.Kind.EARNINGS)
    settled = set(earnings.values_list("order", flat=True))
    refunds: dict[int | None, Decimal] = {}
    for order, amount in Refund.staged.standing().filter(order__in=orders).values_list("order", "amount"):
        refunds[order] = refunds.get(order, ZERO) + amount
    return {
        order.number: Known(
            order=order,
            lines=tuple(sorted(order.lines.all(), key=lambda line: line.pk)),
            refunded=refunds.get(order.pk, ZERO),
            has_ledger=order.pk in settled,
        )
        for order in orders
    }


def changes(told: MarketplaceOrder, known: Known) -> frozenset[Change]:
    """What became of a known order. Raises Refused where the two contradict each other."""
    is_cancelled = known.order.state == Order.State.CANCELLED
    if told.facts.standing is Standing.CANCELLED:
        gone = is_cancelled or (bool(known.refunded) and known.refunded >= known.revenue)
        return frozenset() if gone else frozenset({Change.CANCELLED})
    if told.facts.standing is Standing.WAITING:
        return frozenset()
    if is_cancelled:
        raise Refused("Cancelled here, but sold in the file.")
    _check_same(told, known)
    return frozenset(_since(told, known))


def _since(told: MarketplaceOrder, known: Known) -> list[Change]:
    rate, found = known.order.rate, []
    if known.order.state == Order.State.PLACED and told.facts.standing is Standing.PAID:
        found.append(Change.PAID)
    if min(convert(told.refunded, rate), known.revenue) > known.refunded:
        found.append(Change.REFUNDED)
    fees = fees_in_shop_currency(told, rate)
    if fees is not None and not known.has_ledger and fees != sum((line.fees for line in known.lines), ZERO):
        found.append(Change.FEES)
    if costs_since(told, known):
        found.append(Change.COSTS)
    return found


def costs_since(told: MarketplaceOrder, known: Known) -> dict[int, Decimal]:
    """The costs that the seller filled in later, by line, where we know no piece."""
    pairs = list(zip(told.lines, known.lines, strict=False))
    if any((line.quantity, line.unit_price) != (ours.quantity, ours.unit_price) for line, ours in pairs):
        return {}  # the file has its lines in another order now
    return {
        ours.pk: cents(line.cost)
        for line, ours in pairs
        if line.cost is not None and ours.product_id is None and cents(line.cost) != ours.cost
    }


def fees_in_shop_currency(told: MarketplaceOrder, rate: Decimal) -> Decimal | None:
    """The fees as `record_sale` books them: per line where every line states its own, else the order's as one."""
    if told.fees is None:
        return None
    if fees_by_line(told):
        return sum((convert(line.fees, rate) for line in told.lines if line.fees is not None), ZERO)
    return convert(told.fees, rate)


def fees_by_line(told: MarketplaceOrder) -> bool:
    return told.facts.fees is None and all(line.fees is not None for line in told.lines)


def sale_lines(told: MarketplaceOrder, pieces: Sequence[Product | None]) -> list[SaleLine]:
    """The lines as they are booked, each with its piece where that can be told."""
    by_line = fees_by_line(told)
    return [
        SaleLine(
            product=product,
            quantity=line.quantity,
            unit_price=line.unit_price,
            discount=line.discount,
            description=line.title,
            cost=None if product else line.cost,
            fees=line.fees if by_line else None,
        )
        for line, product in zip(told.lines, pieces, strict=True)
    ]


def _check_same(told: MarketplaceOrder, known: Known) -> None:
    ours = sorted((line.quantity, line.unit_price) for line in known.lines)
    theirs = sorted((line.quantity, line.unit_price) for line in told.lines)
    if ours != theirs:
        here = ", ".join(f"{quantity} × {price:.2f}" for quantity, price in ours)
        raise Refused(f"Recorded here as {here}: correct it by hand.")
    priced = price_lines(
        lines=sale_lines(told, [None] * len(told.lines)),
        rate=known.order.rate,
        order_discount=told.facts.discount,
        ordered_at=told.facts.placed_at,
    )
    revenue = sum((line.revenue for line in priced), ZERO)
    if revenue != known.revenue:
        raise Refused(f"Recorded here for {known.revenue:.2f} after discounts, here {revenue:.2f}: correct it by hand.")
