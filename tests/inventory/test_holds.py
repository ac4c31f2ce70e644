"""Holds keep pieces for someone until they end, expire or are bought."""

from decimal import Decimal

import pytest
from pieces import at, channel, piece

from customers.models import Customer
from inventory.services import OutOfStock, end_expired_holds, end_hold, hold
from sales.services import SaleLine, record_sale

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> Customer:
    return Customer.objects.create(name="Anna Ode")


def buy(product, *, customer=None, quantity=1, day="2026-03-03"):
    line = SaleLine(product=product, quantity=quantity, unit_price=Decimal("100"))
    return record_sale(channel=channel(), lines=[line], customer=customer, ordered_at=at(day))


def test_a_held_piece_is_reserved_and_free_again_when_the_hold_ends(anna, staff):
    bag = piece("BAG")
    held = hold(product=bag, customer=anna, at=at("2026-03-01"), note="until Friday", actor=staff)
    assert (bag.status, bag.quantity_available, held.actor) == ("reserved", 0, staff)
    end_hold(hold=held, at=at("2026-03-02"))
    bag.refresh_from_db()
    assert (bag.status, bag.quantity_available, held.ended_at) == ("active", 1, at("2026-03-02"))


def test_ending_a_hold_twice_frees_its_piece_once(anna):
    scarf = piece("SCARF", quantity=5, one_of_one=False)
    first = hold(product=scarf, customer=anna, quantity=2)
    hold(product=scarf, quantity=2)
    end_hold(hold=first)
    end_hold(hold=first)
    scarf.refresh_from_db()
    assert scarf.quantity_reserved == 2


def test_nobody_else_buys_or_holds_a_held_piece(anna):
    bag = piece("BAG")
    hold(product=bag, customer=anna, at=at("2026-03-01"))
    with pytest.raises(OutOfStock):
        buy(bag, customer=Customer.objects.create(name="Bella Ruiz"))
    with pytest.raises(OutOfStock):
        buy(bag)
    with pytest.raises(OutOfStock):
        hold(product=bag, at=at("2026-03-02"))


def test_the_one_it_is_held_for_buys_it(anna):
    bag = piece("BAG")
    held = hold(product=bag, customer=anna, at=at("2026-03-01"))
    buy(bag, customer=anna)
    held.refresh_from_db()
    assert (bag.status, bag.quantity_reserved, held.ended_at) == ("sold", 0, at("2026-03-03"))


def test_buying_fewer_than_held_frees_the_rest_and_buying_more_takes_free_ones(anna):
    scarf = piece("SCARF", quantity=10, one_of_one=False)
    hold(product=scarf, customer=anna, quantity=3, at=at("2026-03-01"))
    buy(scarf, customer=anna, quantity=2)
    assert (scarf.quantity_on_hand, scarf.quantity_reserved) == (8, 0)
    hold(product=scarf, customer=anna, quantity=3, at=at("2026-03-04"))
    buy(scarf, customer=anna, quantity=5, day="2026-03-05")
    assert (scarf.quantity_on_hand, scarf.quantity_reserved, scarf.quantity_sold) == (3, 0, 7)


def test_an_expired_hold_stops_nobody(anna):
    bag = piece("BAG")
    held = hold(product=bag, customer=anna, at=at("2026-03-01"), expires_at=at("2026-03-02"))
    buy(bag, customer=Customer.objects.create(name="Bella Ruiz"))
    held.refresh_from_db()
    assert bag.status == "sold"
    assert held.ended_at == at("2026-03-03")


def test_a_hold_holds_something(anna):
    with pytest.raises(ValueError, match="at least one"):
        hold(product=piece("BAG"), customer=anna, quantity=0)


def test_expired_holds_are_ended_without_anybody_asking(anna):
    bag, other = piece("BAG"), piece("OTHER")
    scarf = piece("SCARF", quantity=5, one_of_one=False)
    hold(product=bag, customer=anna, at=at("2026-03-01"), expires_at=at("2026-03-02"))
    hold(product=scarf, quantity=2, at=at("2026-03-01"), expires_at=at("2026-03-02"))
    hold(product=scarf, quantity=1, at=at("2026-03-01"), expires_at=at("2026-03-04"))
    hold(product=other, customer=anna, at=at("2026-03-01"))
    assert end_expired_holds(at=at("2026-03-03")) == 2
    for product in (bag, other, scarf):
        product.refresh_from_db()
    assert [bag.status, other.status, scarf.quantity_reserved] == ["active", "reserved", 1]
    assert end_expired_holds(at=at("2026-03-03")) == 0
