"""Sales of which only the total is known, many at once: the bulk sister of `record_sale`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from customers.models import Customer
from lacelux.lib.money import ZERO
from sales.models import Channel, FeeRule, Order, OrderLine
from sales.services.fees import fees_due, holds_on
from sales.services.lines import PricedLine, SaleLine, price_lines

WORDS = "Sale without lines"


@dataclass(frozen=True, kw_only=True)
class BareSale:
    """One sale in the shop's currency, of no known piece."""

    number: str
    amount: Decimal
    ordered_at: datetime
    customer: Customer | None = None


def record_bare_sales(*, channel: Channel, source: str, sales: Sequence[BareSale], actor: User | None) -> list[Order]:
    """Book each as an order with one line without a piece; fees by the channel's rules, as `record_sale` has them.

    A handful of queries whatever the number of sales. All of them or, where one cannot be, none: the caller has
    checked them, and that their numbers are new to the source. Raises InvalidSale.
    """
    rules = list(FeeRule.objects.filter(channel=channel))
    booked = [(_order(channel, source, sale, actor), _priced(sale)) for sale in sales]
    if not booked:
        return []
    orders = [order for order, _ in booked]
    with transaction.atomic():
        bulk_create_with_history(orders, Order, default_user=actor)
        OrderLine.objects.bulk_create(_line(order, line, rules) for order, line in booked)
    return orders


def _order(channel: Channel, source: str, sale: BareSale, actor: User | None) -> Order:
    return Order(
        source=source,
        number=sale.number,
        channel=channel,
        customer=sale.customer,
        country=sale.customer.country if sale.customer else "",
        ordered_at=sale.ordered_at,
        currency=settings.SHOP_CURRENCY,
        actor=actor,
    )


def _priced(sale: BareSale) -> PricedLine:
    line = SaleLine(unit_price=sale.amount, description=WORDS)
    [priced] = price_lines(lines=[line], rate=Decimal(1), order_discount=ZERO, ordered_at=sale.ordered_at)
    return priced


def _line(order: Order, priced: PricedLine, rules: Sequence[FeeRule]) -> OrderLine:
    on: date = timezone.localdate(order.ordered_at)
    in_force = [rule for rule in rules if holds_on(rule, on)]
    return OrderLine(
        order=order,
        description=WORDS,
        quantity=1,
        unit_price=priced.unit_price,
        gross=priced.gross,
        fees=fees_due(rules=in_force, lines=[priced], extras=ZERO),
        sold_at=priced.sold_at,
    )
