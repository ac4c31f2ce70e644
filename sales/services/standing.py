"""What a sale's lines have left to give back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from lacelux.lib.money import ZERO, cents
from sales.models import Order, OrderLine, Refund

State = Refund.State


@dataclass(kw_only=True)
class LineStanding:
    """One line and what was taken off it. Open requests count, so that nothing is asked for twice."""

    line: OrderLine
    amount: Decimal = ZERO
    quantity: int = 0
    fees: Decimal = ZERO
    cost: Decimal = ZERO
    restocked: int = 0  # approved only, as is `cost`

    @property
    def revenue(self) -> Decimal:
        return self.line.gross - self.line.discount

    @property
    def left(self) -> Decimal:
        return max(self.revenue - self.amount, ZERO)

    @property
    def pieces_left(self) -> int:
        return max(self.line.quantity - self.quantity, 0)

    @property
    def fees_left(self) -> Decimal:
        return max(self.line.fees - self.fees, ZERO)

    def share(self, quantity: int) -> Decimal:
        """The revenue of the next `quantity` pieces; the last one takes what rounding left, never more than is left."""
        return min(self._part(self.revenue, self.quantity, quantity), self.left)

    def cost_share(self, quantity: int) -> Decimal:
        """The cost of the next `quantity` pieces that come back into stock."""
        return min(self._part(self.line.cost, self.restocked, quantity), max(self.line.cost - self.cost, ZERO))

    def _part(self, whole: Decimal, before: int, quantity: int) -> Decimal:
        upto = cents(whole * (before + quantity) / self.line.quantity)
        return upto - cents(whole * before / self.line.quantity)

    def take(self, refund: Refund) -> None:
        self.amount += refund.amount
        self.quantity += refund.quantity
        self.fees += refund.fees_returned

    def give_back_cost(self, refund: Refund) -> None:
        self.cost += refund.cost_returned
        self.restocked += refund.quantity


@dataclass(kw_only=True)
class OrderStanding:
    """An order's lines by id, in their order, and the refunds of imported files that name no line."""

    lines: dict[int, LineStanding]
    without_line: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        return max(sum((line.left for line in self.lines.values()), ZERO) - self.without_line, ZERO)


def lock_order(order: Order) -> Order:
    """The order as it stands now, locked until the transaction ends: one refund of it at a time."""
    rows = Order.staged.select_for_update(of=("self",), no_key=True)
    return rows.select_related("channel", "customer").get(pk=order.pk)


def standing_of(order: Order) -> OrderStanding:
    """How a locked order stands."""
    lines = OrderLine.staged.filter(order=order).select_related("product").order_by("id")
    standing = OrderStanding(lines={line.pk: LineStanding(line=line) for line in lines})
    for refund in Refund.staged.standing().filter(order=order):
        if refund.line_id is None:
            standing.without_line += refund.amount
            continue
        line = standing.lines[refund.line_id]
        line.take(refund)
        if refund.state == State.APPROVED and refund.is_restocked:
            line.give_back_cost(refund)
    return standing
