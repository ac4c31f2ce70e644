"""Saying afterwards which piece an imported line sold."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from inventory.models import Product
from inventory.services import note_listing, remember_alias
from inventory.services.finding import Named
from inventory.services.standing import lock_product, mirror
from sales.models import Order, OrderLine, Refund, UnmatchedLine
from sales.services.errors import InvalidSale
from sales.services.lines import PricedLine, SaleLine, cost_of
from sales.services.pieces import take
from sales.services.standing import lock_order


def match_line(
    *, unmatched: UnmatchedLine, product: Product, remember: bool = True, actor: User | None = None
) -> OrderLine:
    """Let an imported line be the sale of `product`: it leaves the stock, its cost becomes the line's.

    The piece's listing date is the file's where we know none. `remember`: the next file that calls a piece so means
    this one. Raises OutOfStock or InvalidSale; then nothing was changed.
    """
    with transaction.atomic():
        order = lock_order(unmatched.line.order)
        line = OrderLine.staged.select_for_update(of=("self",), no_key=True).get(pk=unmatched.line_id)
        _check(order, line)
        if unmatched.listed_at is not None:
            note_listing(product=product, at=unmatched.listed_at, actor=actor)
        locked = lock_product(product)
        take(locked, quantity=line.quantity, order=order, at=line.sold_at, actor=actor)
        line.product, line.holds_piece = locked, locked.is_one_of_one
        line.cost = cost_of(_priced(line), locked)
        line.save(update_fields=["product", "holds_piece", "cost"])
        Refund.staged.filter(line=line).update(product=locked)
        if remember:
            name = Named(sku=unmatched.sku, title=unmatched.title)
            remember_alias(source=unmatched.source, name=name, product=locked)
        UnmatchedLine.objects.filter(pk=unmatched.pk).delete()
    mirror(locked, product)
    return line


def _check(order: Order, line: OrderLine) -> None:
    if order.state == Order.State.CANCELLED:
        raise InvalidSale("order", "The order is cancelled: it took no piece.")
    if line.product_id is not None:
        raise InvalidSale("line", "The line has its piece already.")
    if Refund.staged.standing().filter(line=line, quantity__gt=0).exists():
        raise InvalidSale("line", "Pieces of this line were taken back already: book the piece by hand.")


def _priced(line: OrderLine) -> PricedLine:
    """The line as it was booked, its cost left open."""
    sale = SaleLine(quantity=line.quantity, unit_price=line.unit_price)
    return PricedLine(
        line=sale, unit_price=line.unit_price, gross=line.gross, discount=line.discount, sold_at=line.sold_at
    )
