"""Entries without a sale."""

from decimal import Decimal as D

import pytest
from pieces import at, channel, piece

from inventory.services import OutOfStock
from sales.models import Adjustment
from sales.services import InvalidSale, SaleLine, record_adjustment, record_sale, write_off_piece

pytestmark = pytest.mark.django_db


def test_a_chargeback_belongs_to_its_orders_channel_and_country(manager):
    order = record_sale(channel=channel("ebay"), lines=[SaleLine(unit_price=D("100"))], country="FR")
    row = record_adjustment(order=order, amount=D("-100"), fees=D("20"), actor=manager)
    assert (row.channel.code, row.country, row.source) == ("ebay", "FR", "ebay")
    assert (row.amount, row.fees, row.actor) == (D("-100.00"), D("20.00"), manager)


def test_a_fee_without_an_order_is_an_adjustment():
    row = record_adjustment(fees=D("29.95"), channel=channel("shopify"), description="subscription")
    assert (row.kind, row.amount, row.fees) == ("adjustment", D("0.00"), D("29.95"))


def test_a_written_off_piece_leaves_the_stock_and_its_cost_is_a_loss(staff):
    bag = piece("BAG", cost="60.00")
    entry = write_off_piece(product=bag, at=at("2026-03-01"), reason="stolen", actor=staff)
    assert (entry.kind, entry.quantity, entry.cost, entry.amount) == ("write_off", 1, D("60.00"), D("0.00"))
    assert (entry.adjusted_at, bag.quantity_on_hand, bag.status) == (at("2026-03-01"), 0, "hidden")
    moved = bag.movements.last()
    assert (moved.kind, moved.reason, moved.actor) == ("write_off", "stolen", staff)


def test_a_piece_that_is_not_there_is_not_written_off():
    bag = piece("BAG", quantity=0)
    with pytest.raises(OutOfStock):
        write_off_piece(product=bag, reason="lost")
    assert not Adjustment.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "write_off", "amount": D("1")},
        {"kind": "write_off", "fees": D("1")},
        {"cost": D("-1")},
        {"amount": D("NaN")},
        {"kind": "gift"},
        {"quantity": -1},
        {"adjusted_at": at("2026-03-01").replace(tzinfo=None)},
    ],
)
def test_what_cannot_be_is_refused(fields):
    with pytest.raises(InvalidSale):
        record_adjustment(**fields)
