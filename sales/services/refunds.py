"""Money given back, and pieces taken back with it. Amounts are in the shop's currency, without tax and shipping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from inventory.models import Product
from inventory.services.standing import lock_products
from lacelux.lib.money import ZERO, cents
from sales.models import Order, OrderLine, Refund
from sales.services.errors import AlreadyRecorded, InvalidSale, RefundTooLarge, check_fields
from sales.services.lines import check_amount
from sales.services.pieces import put_back
from sales.services.sale import new_number
from sales.services.shares import spread_within, weights_of
from sales.services.standing import LineStanding, OrderStanding, lock_order, standing_of

State = Refund.State


@dataclass(frozen=True, kw_only=True)
class RefundLine:
    """What is given back on one line: `quantity` pieces that come back, or money only where it is 0.

    `amount` None: those pieces' share of the line's revenue, as far as it is left. `restock` false: the pieces came
    back, but not into stock.
    """

    line: OrderLine
    quantity: int = 0
    amount: Decimal | None = None
    restock: bool = True


def refund(
    *,
    order: Order,
    lines: Sequence[RefundLine] = (),
    goodwill: Decimal = ZERO,
    number: str = "",
    source: str = "",
    refunded_at: datetime | None = None,
    reason: str = "",
    actor: User | None = None,
    approved: bool = True,
    fees_returned: Decimal | None = None,
) -> list[Refund]:
    """Give money back: for `lines`, and `goodwill` spread over all lines; one row per line, all of one number.

    `fees_returned` is what the channel gave back of its fees (None: nothing), spread by the amounts. With `approved`
    false it is only asked for: no entry and no stock movement before `approve_refund`.

    Raises RefundTooLarge, AlreadyRecorded or InvalidSale.
    """
    at = refunded_at or timezone.now()
    with transaction.atomic():
        locked = lock_order(order)
        _check(locked, number=number, source=source or order.source, at=at)
        standing = standing_of(locked)
        rows = _rows(standing, lines, Decimal(goodwill))
        _spread_fees(standing.lines, rows, Decimal(fees_returned or 0))
        number = number or new_number()
        for row in rows:
            row.refunded_at, row.asked_by, row.state = at, actor, State.ASKED
            _address(row, locked, number=number, source=source or order.source, reason=reason)
        if approved:
            _complete(locked, rows, standing.lines, at=at, actor=actor)
        _save(rows, actor)
    return rows


def approve_refund(*, refunds: Iterable[Refund], at: datetime | None = None, actor: User | None = None) -> list[Refund]:
    """Make entries of what was asked for, dated now (or `at`), and put the pieces back. All are of one order.

    Raises InvalidSale where they are not open requests any more.
    """
    with transaction.atomic():
        order, rows = _open_requests(refunds)
        _complete(order, rows, standing_of(order).lines, at=at or timezone.now(), actor=actor)
        _save(rows, actor)
    return rows


def decline_refund(*, refunds: Iterable[Refund], reason: str = "", actor: User | None = None) -> list[Refund]:
    """Turn requests down; what they asked for is left to give back again."""
    with transaction.atomic():
        _, rows = _open_requests(refunds)
        for row in rows:
            row.state, row.reason = State.DECLINED, reason or row.reason
        _save(rows, actor)
    return rows


def _check(order: Order, *, number: str, source: str, at: datetime) -> None:
    if timezone.is_naive(at):
        raise InvalidSale("refunded_at", "The time needs its zone.")
    if order.state == Order.State.CANCELLED:
        raise InvalidSale("order", "The order is cancelled: it sold nothing that could be given back.")
    if number and Refund.staged.filter(order=order, source=source, number=number).exists():
        raise AlreadyRecorded(order, number)


def _rows(standing: OrderStanding, lines: Sequence[RefundLine], goodwill: Decimal) -> list[Refund]:
    """One row per line asked for and per line that goodwill falls on, within what the order has left."""
    left = standing.left
    rows = [_line_refund(standing.lines, wanted) for wanted in lines]
    rows += _goodwill_refunds(standing.lines, goodwill)
    if not rows:
        raise InvalidSale("lines", "Nothing was given back.")
    total = sum((row.amount for row in rows), ZERO)
    if total > left:
        raise RefundTooLarge("order", wanted=total, left=left)
    return rows


def _line_refund(standings: dict[int, LineStanding], wanted: RefundLine) -> Refund:
    standing = standings.get(wanted.line.pk)
    if standing is None:
        raise InvalidSale("lines", "The line is not of this order.")
    if wanted.quantity < 0 or (wanted.quantity == 0 and wanted.amount is None):
        raise InvalidSale("lines", "A refund gives back pieces or an amount.")
    if wanted.quantity > standing.pieces_left:
        raise RefundTooLarge("lines", wanted=wanted.quantity, left=standing.pieces_left)
    amount = standing.share(wanted.quantity) if wanted.amount is None else wanted.amount
    check_amount(amount, "lines")
    return _taken(standing, wanted.quantity, cents(amount), restock=wanted.restock and wanted.quantity > 0)


def _goodwill_refunds(standings: dict[int, LineStanding], goodwill: Decimal) -> list[Refund]:
    """Spread by gross; a line that has less left gives that, and the others the rest."""
    check_amount(goodwill, "goodwill")
    goodwill = cents(goodwill)
    limits = [standing.left for standing in standings.values()]
    if goodwill > sum(limits, ZERO):
        raise RefundTooLarge("goodwill", wanted=goodwill, left=sum(limits, ZERO))
    weights = weights_of([standing.line for standing in standings.values()])
    shares = zip(standings.values(), spread_within(goodwill, weights, limits), strict=True)
    return [_taken(standing, 0, share, restock=False) for standing, share in shares if share]


def _taken(standing: LineStanding, quantity: int, amount: Decimal, *, restock: bool) -> Refund:
    if amount > standing.left:
        raise RefundTooLarge("lines", wanted=amount, left=standing.left)
    row = Refund(line=standing.line, quantity=quantity, amount=amount, is_restocked=restock)
    standing.take(row)
    return row


def _spread_fees(standings: dict[int, LineStanding], rows: Sequence[Refund], fees: Decimal) -> None:
    """Fees returned by the amounts refunded, within each line's own; rows of one line share its limit."""
    check_amount(fees, "fees_returned")
    if not (fees := cents(fees)):
        return
    first = {row.line_id: row for row in reversed(rows)}
    lines = list(first)
    weights = [sum((row.amount for row in rows if row.line_id == line), ZERO) for line in lines]
    limits = [standings[line].fees_left for line in lines if line is not None]
    if fees > sum(limits, ZERO):
        raise RefundTooLarge("fees_returned", wanted=fees, left=sum(limits, ZERO))
    for line, share in zip(lines, spread_within(fees, weights, limits), strict=True):
        first[line].fees_returned = share


def _address(row: Refund, order: Order, *, number: str, source: str, reason: str) -> None:
    """Everything that the entry says about its sale."""
    line = row.line
    row.order, row.channel, row.customer, row.country = order, order.channel, order.customer, order.country
    row.product, row.description = (line.product, line.description) if line else (None, "")
    row.number, row.source, row.reason = number, source, reason
    check_fields(row)


def _complete(
    order: Order, rows: Sequence[Refund], standings: dict[int, LineStanding], *, at: datetime, actor: User | None
) -> None:
    """Turn requests into entries: dated, approved, the pieces back in stock with their cost."""
    coming = [row for row in rows if row.is_restocked]
    products = lock_products(row.product_id for row in coming if row.product_id is not None)
    for row in coming:
        product = products[row.product_id] if row.product_id is not None else None
        _restock(order, row, standings, product, at=at, actor=actor)
    for row in rows:
        row.state, row.refunded_at, row.approved_by = State.APPROVED, at, actor


def _restock(
    order: Order,
    row: Refund,
    standings: dict[int, LineStanding],
    product: Product | None,
    *,
    at: datetime,
    actor: User | None,
) -> None:
    assert row.line is not None
    standing = standings[row.line.pk]
    row.cost_returned = standing.cost_share(row.quantity)
    standing.give_back_cost(row)
    if product is None:
        return
    OrderLine.staged.living().filter(pk=row.line.pk).update(holds_piece=False)
    put_back(product, quantity=row.quantity, order=order, at=at, reason=f"refund {row.number}", actor=actor)


def _open_requests(refunds: Iterable[Refund]) -> tuple[Order, list[Refund]]:
    """The rows as they stand, their order locked."""
    wanted = list(refunds)
    orders = {row.order_id: row.order for row in wanted}
    order = next(iter(orders.values()), None)
    if order is None or len(orders) != 1:
        raise InvalidSale("refunds", "Refunds are decided order by order.")
    locked = lock_order(order)
    rows = Refund.staged.filter(pk__in=[row.pk for row in wanted]).select_related("line").order_by("id")
    found = list(rows)
    if len(found) != len(wanted) or any(row.state != State.ASKED for row in found):
        raise InvalidSale("refunds", "They are decided already.")
    return locked, found


def _save(rows: Sequence[Refund], actor: User | None) -> None:
    for row in rows:
        row._history_user = actor  # type: ignore[attr-defined]
        row.save()
