"""Sales of a till or web shop: known again by their number there, and never changed once they are booked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from django.db.models import Sum
from django.utils import timezone
from django.utils.text import slugify
from simple_history.utils import bulk_update_with_history

from customers.models import Customer
from lacelux.lib.money import ZERO, cents
from sales.models import Adjustment, Channel, Order, Refund
from sales.services import BareSale, record_bare_sales
from sales.sync.customers import customers_of
from sales.sync.rows import CREATED, REJECTED, UPDATED, Row

SAME_MOMENT = timedelta(seconds=1)  # not every till keeps fractions


def write_sales(rows: Sequence[Row], *, source: str, actor: User) -> None:
    """Book what is new, and compare what is known with what was booked. Inside a transaction."""
    people = customers_of(source, [row.said["customer_id"] for row in rows if row.said.get("customer_id")])
    known = _known(source, rows)
    for row in rows:
        named = row.said.get("customer_id")
        if named and named.casefold() not in people:
            row.reject("customer_id", f"{source} has sent no customer {named!r}; send its customers first.")
    _compare([(row, known[row.id], _buyer(row, people)) for row in rows if row.id in known], actor)
    new = [row for row in rows if row.id not in known and row.outcome != REJECTED]
    _book(new, people, source, actor)


def _known(source: str, rows: Sequence[Row]) -> dict[str, Order]:
    orders = Order.staged.filter(source=source, number__in=[row.id for row in rows]).order_by()
    return {order.number: order for order in orders.annotate(gross=Sum("lines__gross"), off=Sum("lines__discount"))}


def _buyer(row: Row, people: dict[str, Customer]) -> Customer | None:
    return people.get((row.said.get("customer_id") or "").casefold())


def _book(rows: Sequence[Row], people: dict[str, Customer], source: str, actor: User) -> None:
    if not rows:
        return
    sales = [
        BareSale(
            number=row.id,
            amount=row.said["total_amount"],
            ordered_at=row.said["created_at"],
            customer=_buyer(row, people),
        )
        for row in rows
    ]
    orders = record_bare_sales(channel=channel_of(source), source=source, sales=sales, actor=actor)
    for row, order in zip(rows, orders, strict=True):
        row.outcome, row.record = CREATED, order.pk


def _compare(found: Sequence[tuple[Row, Order, Customer | None]], actor: User) -> None:
    """Refuse what contradicts the books, and give a nameless sale the customer that is known by now."""
    named = []
    for row, order, buyer in found:
        row.record = order.pk
        _refuse_changes(row, order, buyer)
        if row.outcome != REJECTED and buyer and order.customer_id is None:
            order.customer, row.outcome = buyer, UPDATED
            named.append(order)
    if named:
        bulk_update_with_history(named, Order, ["customer"], default_user=actor, manager=Order.staged)
        _bring_along(named)


def _bring_along(named: Sequence[Order]) -> None:
    """What was given back or adjusted on these orders is the customer's, too."""
    buyers: dict[int | None, int | None] = {order.pk: order.customer_id for order in named}
    for model in (Refund, Adjustment):
        for entry in model.staged.filter(order__in=buyers, customer=None):
            model.staged.filter(pk=entry.pk).update(customer=buyers[entry.order_id])


def _refuse_changes(row: Row, order: Order, buyer: Customer | None) -> None:
    """Money that is booked is corrected by a refund or an adjustment, which somebody answers for and dates.

    A new total may mean a mistake, a part refund or tax; guessing would move revenue of a month that is closed.
    """
    amount, at = row.said["total_amount"], row.said["created_at"]
    booked = _amounts(order)
    if amount not in booked:
        row.reject("total_amount", f"Recorded with {booked[0]}: a refund or an adjustment changes that, a sync never.")
    if abs(at - order.ordered_at) >= SAME_MOMENT:
        row.reject("created_at", f"Recorded at {timezone.localtime(order.ordered_at).isoformat()}.")
    if buyer and order.customer_id not in (None, buyer.pk):
        row.reject("customer_id", "Recorded for another customer.")


def _amounts(order: Order) -> tuple[Decimal, Decimal]:
    """What the goods came to; and with shipping and tax, which a sale recorded with its lines may have."""
    goods = cents((order.gross or ZERO) - (order.off or ZERO))  # type: ignore[attr-defined]
    return goods, cents(goods + order.shipping_charged + order.tax)


def channel_of(source: str) -> Channel:
    """The channel whose code is the source's name; made where there is none, without fees."""
    code = slugify(source)[:40] or "sync"
    if found := Channel.objects.filter(code=code).first():
        return found
    title = source.replace("-", " ").replace("_", " ").title()
    name = title if not Channel.objects.filter(name=title).exists() else f"{title} ({code})"
    return Channel.objects.create(code=code, name=name)
