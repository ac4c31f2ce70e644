"""What a marketplace's own ledger says an order cost: it replaces what the fee rules had estimated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import Q

from lacelux.lib.money import ZERO, spread
from sales.models import Channel, MarketplaceLine, Order, OrderLine
from sales.services.shares import weights_of
from sales.services.standing import lock_order

Kind = MarketplaceLine.Kind
SETTLING = (Kind.EARNINGS, Kind.CHARGE)
PAYS_SHIPPING_OUT = frozenset({"ebay"})  # channels whose earnings hold the shipping that the buyer paid


def match_ledger(*, channel: Channel) -> int:
    """Tie the ledger lines that have no order yet to orders that came since, and settle those. Answers how many.

    Runs within the caller's transaction.
    """
    waiting = MarketplaceLine.objects.filter(channel=channel, order=None, kind__in=SETTLING)
    waiting = waiting.exclude(order_reference="").order_by("id")
    orders = orders_named(channel=channel, names={line.order_reference for line in waiting})
    found: dict[Order, list[MarketplaceLine]] = {}
    for line in waiting:
        if order := orders.get(line.order_reference):
            line.order = order
            found.setdefault(order, []).append(line)
    matched = [line for lines in found.values() for line in lines]
    MarketplaceLine.objects.bulk_update(matched, ["order"], batch_size=500)
    for order, lines in found.items():
        settle(order=order, arrived=lines)
    return len(matched)


def orders_named(*, channel: Channel, names: Iterable[str]) -> dict[str, Order]:
    """The channel's orders by either of their numbers."""
    wanted = set(names)
    rows = Order.objects.filter(Q(number__in=wanted) | Q(reference__in=wanted), source=channel.code)
    found: dict[str, Order] = {}
    for order in rows.order_by("id"):
        found[order.number] = order
        if order.reference:
            found[order.reference] = order
    return found


def settle(*, order: Order, arrived: Iterable[MarketplaceLine]) -> None:
    """Set the order's fees by its ledger lines, `arrived` being those not counted before.

    With earnings they are revenue (and shipping, where it is paid out) − earnings + charges. Without, charges come on
    top of what stands there. The whole is spread over the lines by gross. Runs within the caller's transaction.
    """
    locked = lock_order(order)
    lines = list(OrderLine.staged.filter(order=locked).order_by("id"))
    if not lines:
        return
    ledger = MarketplaceLine.objects.filter(order=locked).select_related("batch").order_by("id")
    earnings = _told_once([line for line in ledger if line.kind == Kind.EARNINGS])
    if earnings:
        revenue = sum((line.gross - line.discount for line in lines), ZERO)
        shipping = locked.shipping_charged if locked.channel.code in PAYS_SHIPPING_OUT else ZERO
        fees = revenue + shipping - sum(earnings, ZERO) + _charges(ledger)
    else:
        fees = sum((line.fees for line in lines), ZERO) + _charges(arrived)
    for line, share in zip(lines, spread(fees, weights_of(lines)), strict=True):
        if line.fees != share:
            line.fees = share
            line.save(update_fields=["fees"])


def _told_once(earnings: Sequence[MarketplaceLine]) -> list[Decimal]:
    """The amounts of the first report that told them: two reports of one marketplace tell the same money."""
    reports = [line.batch.format if line.batch else "" for line in earnings]
    return [line.amount for line, report in zip(earnings, reports, strict=True) if report == reports[0]]


def _charges(lines: Iterable[MarketplaceLine]) -> Decimal:
    return -sum((line.amount for line in lines if line.kind == Kind.CHARGE), ZERO)
