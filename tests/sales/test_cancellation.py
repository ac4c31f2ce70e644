"""A cancelled order is no sale."""

from decimal import Decimal as D

import pytest
from pieces import at, channel, piece

from sales.models import Order
from sales.services import InvalidSale, SaleLine, cancel_order, record_sale, refund

pytestmark = pytest.mark.django_db


def test_cancelling_puts_every_piece_back_and_lets_it_be_sold_again(manager):
    bag, scarf = piece("BAG"), piece("SCARF", quantity=5, one_of_one=False)
    lines = [
        SaleLine(product=bag, unit_price=D("100")),
        SaleLine(product=scarf, quantity=2, unit_price=D("10")),
        SaleLine(product=scarf, quantity=1, unit_price=D("9")),
    ]
    order = record_sale(channel=channel(), lines=lines)
    cancel_order(order=order, at=at("2026-03-05"), actor=manager, reason="changed her mind")
    bag.refresh_from_db()
    scarf.refresh_from_db()
    assert (bag.status, bag.quantity_on_hand, scarf.quantity_on_hand, scarf.quantity_sold) == ("active", 1, 5, 0)
    assert (order.state, order.cancelled_at) == ("cancelled", at("2026-03-05"))
    assert not Order.objects.counting().exists()
    said = order.history.first()
    assert (said.history_user, said.history_change_reason) == (manager, "changed her mind")
    record_sale(channel=channel(), lines=lines[:1])


def test_cancelling_twice_puts_pieces_back_once():
    scarf = piece("SCARF", quantity=5, one_of_one=False)
    order = record_sale(channel=channel(), lines=[SaleLine(product=scarf, unit_price=D("10"))])
    cancel_order(order=order, at=at("2026-03-05"))
    cancel_order(order=order, at=at("2026-03-06"))
    scarf.refresh_from_db()
    assert (scarf.quantity_on_hand, order.cancelled_at) == (5, at("2026-03-05"))


def test_cancelling_history_moves_no_stock():
    bag = piece("BAG")
    order = record_sale(channel=channel(), lines=[SaleLine(product=bag, unit_price=D("10"))], moves_stock=False)
    cancel_order(order=order)
    bag.refresh_from_db()
    assert bag.quantity_on_hand == 1


def test_an_order_that_gave_money_back_is_not_cancelled_and_a_cancelled_one_gives_none():
    order = record_sale(channel=channel(), lines=[SaleLine(unit_price=D("10"))])
    refund(order=order, goodwill=D("1.00"), approved=False)
    with pytest.raises(InvalidSale):
        cancel_order(order=order)
    other = cancel_order(order=record_sale(channel=channel(), lines=[SaleLine(unit_price=D("10"))]))
    with pytest.raises(InvalidSale):
        refund(order=other, goodwill=D("1.00"))
