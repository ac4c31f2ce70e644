"""A sale is booked whole or not at all: order, lines, fees, costs and stock in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.models import Customer
from inventory.models import Product
from inventory.services import OutOfStock
from inventory.services.standing import lock_products, mirror
from lacelux.intake.models import Batch
from lacelux.lib.money import ZERO, rate_to_shop
from sales.models import Campaign, Channel, Host, Order, OrderLine, Show
from sales.services.errors import AlreadyRecorded, InvalidSale, check_fields
from sales.services.fees import line_fees
from sales.services.lines import PricedLine, SaleLine, check_amount, convert, cost_of, price_lines
from sales.services.pieces import take

EIGHT_PLACES = Decimal("0.00000001")


def record_sale(
    *,
    channel: Channel,
    lines: Sequence[SaleLine],
    number: str = "",
    source: str = "",
    customer: Customer | None = None,
    show: Show | None = None,
    host: Host | None = None,
    campaign: Campaign | None = None,
    ordered_at: datetime | None = None,
    currency: str = "",
    rate: Decimal | None = None,
    order_discount: Decimal = ZERO,
    shipping_charged: Decimal = ZERO,
    tax: Decimal = ZERO,
    fees: Decimal | None = None,
    country: str = "",
    reference: str = "",
    state: str = Order.State.PAID,
    note: str = "",
    batch: Batch | None = None,
    actor: User | None = None,
    moves_stock: bool = True,
) -> Order:
    """Book a sale; amounts are in `currency` (empty: the shop's) and converted singly at `rate`.

    `fees` None: by the channel's rules on the local date. Empty `number` makes one, empty `source` is the channel's
    code; host and country default to the show's and the customer's. A history sale (`moves_stock` false) leaves the
    stock alone. Pieces held for this customer are sold to them.

    Raises OutOfStock, AlreadyRecorded, MissingRate or InvalidSale; then nothing was booked.
    """
    order = Order(
        source=source or channel.code,
        number=number or new_number(),
        reference=reference,
        state=state,
        channel=channel,
        customer=customer,
        show=show,
        host=host or (show.host if show else None),
        campaign=campaign,
        country=country or (customer.country if customer else ""),
        ordered_at=ordered_at or timezone.now(),
        note=note,
        batch=batch,
        actor=actor,
    )
    _convert_order(order, currency, rate, shipping_charged, tax)
    _check_order(order)
    if fees is not None:
        check_amount(fees, "fees", signed=True)
    priced = price_lines(
        lines=lines, rate=order.rate, order_discount=Decimal(order_discount), ordered_at=order.ordered_at
    )
    try:
        with transaction.atomic():
            products = _write(order, priced, fees, moves_stock)
    except IntegrityError as error:
        if explained := _explained(order, lines):
            raise explained from error
        raise
    for line in lines:
        if moves_stock and line.product is not None:
            mirror(products[line.product.pk], line.product)
    return order


def new_number() -> str:
    """A number for a sale that nobody has numbered: short enough to read out, too long to come up twice."""
    return secrets.token_hex(6).upper()


def _convert_order(order: Order, currency: str, rate: Decimal | None, shipping_charged: Decimal, tax: Decimal) -> None:
    order.currency = (currency or settings.SHOP_CURRENCY).upper()
    if rate is not None:
        check_amount(rate, "rate")
    rate = rate_to_shop(currency=order.currency, rate=rate, shop_currency=settings.SHOP_CURRENCY)
    order.rate = rate.quantize(EIGHT_PLACES, ROUND_HALF_UP)
    if not order.rate:
        raise InvalidSale("rate", "The rate is too small.")
    check_amount(shipping_charged, "shipping_charged")
    check_amount(tax, "tax")
    order.shipping_charged = convert(Decimal(shipping_charged), order.rate)
    order.tax = convert(Decimal(tax), order.rate)


def _check_order(order: Order) -> None:
    if timezone.is_naive(order.ordered_at):
        raise InvalidSale("ordered_at", "The time needs its zone.")
    if order.state == Order.State.CANCELLED:
        raise InvalidSale("state", "A sale is not recorded as cancelled.")
    check_fields(order)


def _write(order: Order, priced: Sequence[PricedLine], fees: Decimal | None, moves_stock: bool) -> dict[int, Product]:
    """Order first, so that a second one of its number waits here and not for the stock."""
    order._history_user = order.actor  # type: ignore[attr-defined]
    order.save(force_insert=True)
    known = {line.line.product.pk: line.line.product for line in priced if line.line.product is not None}
    products = lock_products(known) if moves_stock and known else known
    shares = line_fees(
        channel=order.channel,
        on=timezone.localdate(order.ordered_at),
        lines=priced,
        extras=order.shipping_charged + order.tax,
        fees=fees,
        rate=order.rate,
    )
    rows = []
    for place, (line, share) in enumerate(zip(priced, shares, strict=True)):
        product = products[line.line.product.pk] if line.line.product is not None else None
        if moves_stock and product is not None:
            take(product, quantity=line.quantity, order=order, at=line.sold_at, actor=order.actor)
        row = _line_row(order, line, product, share)
        row.holds_piece = moves_stock and product is not None and product.is_one_of_one
        check_fields(row, prefix=f"lines.{place}.")
        rows.append(row)
    OrderLine.objects.bulk_create(rows)
    return products


def _line_row(order: Order, priced: PricedLine, product: Product | None, fees: Decimal) -> OrderLine:
    return OrderLine(
        order=order,
        product=product,
        description=priced.line.description or (product.title if product else ""),
        quantity=priced.quantity,
        unit_price=priced.unit_price,
        gross=priced.gross,
        discount=priced.discount,
        fees=fees,
        cost=cost_of(priced, product),
        sold_at=priced.sold_at,
        identity=priced.line.identity,
        batch=order.batch,
    )


def _explained(order: Order, lines: Sequence[SaleLine]) -> Exception | None:
    """What a constraint of the database refused, in the words of the shop."""
    if known := Order.staged.filter(source=order.source, number=order.number).first():
        return AlreadyRecorded(known)
    identities = [line.identity for line in lines if line.identity]
    if again := OrderLine.staged.filter(identity__in=identities).select_related("order").first():
        return AlreadyRecorded(again.order)
    products = [line.product.pk for line in lines if line.product]
    sold = OrderLine.staged.living().filter(product__in=products).select_related("product").first()
    if sold is not None and sold.product is not None:
        return OutOfStock(sold.product, wanted=1, available=0)
    return None
