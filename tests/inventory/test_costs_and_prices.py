"""Landed cost is the sum of its entries; a price has its history."""

from datetime import date
from decimal import Decimal as D

import pytest
from pieces import at, channel, piece

from inventory.models import PriceChange
from inventory.services import add_cost, change_price
from sales.models import OrderLine
from sales.services import RefundLine, SaleLine, record_sale, refund

pytestmark = pytest.mark.django_db


def spend(product, amount, kind="repair", **fields):
    return add_cost(product=product, kind=kind, amount=D(amount), incurred_on=date(2026, 3, 1), **fields)


def sell_for(product, price):
    order = record_sale(channel=channel(), lines=[SaleLine(product=product, unit_price=D(price))])
    return order.lines.get()


def test_costs_add_up_exactly(staff):
    bag = piece("BAG", cost="0.10")
    for _ in range(2):
        spend(bag, "0.10", actor=staff)
    bag.refresh_from_db()
    assert bag.landed_cost == D("0.30")
    assert bag.history.first().history_user == staff
    assert bag.costs.last().actor == staff


def test_a_bill_after_the_sale_reaches_the_living_sale_of_the_piece():
    bag = piece("BAG", cost="100.00")
    line = sell_for(bag, "250")
    spend(bag, "12.50")
    line.refresh_from_db()
    assert line.cost == D("112.50")


def test_it_does_not_reach_a_sale_that_was_taken_back():
    bag = piece("BAG", cost="100.00")
    first = sell_for(bag, "250")
    refund(order=first.order, lines=[RefundLine(line=first, quantity=1)])
    second = sell_for(bag, "240")
    spend(bag, "5.00")
    assert [line.cost for line in OrderLine.objects.order_by("id")] == [D("100.00"), D("105.00")]
    assert second.pk != first.pk


def test_it_does_not_reach_sales_of_many_alike_nor_of_consigned_pieces():
    scarf = piece("SCARF", quantity=3, one_of_one=False, cost="10.00")
    kelly = piece("KELLY", is_consigned=True, consignor_share=D("0.5"))
    lines = [sell_for(scarf, "50"), sell_for(kelly, "50")]
    spend(scarf, "1.00")
    spend(kelly, "1.00")
    for line in lines:
        line.refresh_from_db()
    assert [line.cost for line in lines] == [D("10.00"), D("25.00")]


def test_a_cost_is_not_negative():
    with pytest.raises(ValueError, match="not negative"):
        spend(piece("BAG"), "-1")


def test_a_price_change_keeps_the_price_before(staff):
    bag = piece("BAG")
    change_price(product=bag, price=D("500"), at=at("2026-03-01"))
    change = change_price(product=bag, price=D("450"), at=at("2026-03-08"), reason="slow", actor=staff)
    assert (change.previous, change.price, change.actor) == (D("500"), D("450.00"), staff)
    bag.refresh_from_db()
    assert bag.list_price == D("450")
    assert bag.history.first().history_change_reason == "slow"


def test_the_same_price_again_is_no_change():
    bag = piece("BAG", list_price=D("500"))
    assert change_price(product=bag, price=D("500.00")) is None
    assert not PriceChange.objects.exists()
