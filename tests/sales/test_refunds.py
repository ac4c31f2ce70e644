"""Refunds: never more than was paid, never more pieces than were sold; asked for, approved or declined."""

from decimal import Decimal as D

import pytest
from pieces import at, channel, piece

from sales.models import Order, OrderLine, Refund
from sales.services import (
    AlreadyRecorded,
    InvalidSale,
    RefundLine,
    RefundTooLarge,
    SaleLine,
    approve_refund,
    decline_refund,
    record_sale,
    refund,
)

pytestmark = pytest.mark.django_db


def order_of(*lines: SaleLine, **fields: object) -> Order:
    return record_sale(channel=channel(), lines=lines, **fields)


def only_line(order: Order) -> OrderLine:
    return order.lines.get()


@pytest.fixture
def bag():
    return piece("BAG", cost="60.00")


@pytest.fixture
def bag_order(bag) -> Order:
    return order_of(SaleLine(product=bag, unit_price=D("100.00")))


@pytest.fixture
def scarves() -> Order:
    """Three scarves at 33.34 less 0.02: 100.00."""
    scarf = piece("SCARF", quantity=10, one_of_one=False, cost="3.3333")
    return order_of(SaleLine(product=scarf, quantity=3, unit_price=D("33.34"), discount=D("0.02")))


def test_a_piece_that_comes_back_is_for_sale_again(bag, bag_order):
    [row] = refund(order=bag_order, lines=[RefundLine(line=only_line(bag_order), quantity=1)])
    assert (row.amount, row.cost_returned, row.is_restocked) == (D("100.00"), D("60.00"), True)
    bag.refresh_from_db()
    assert (bag.status, bag.quantity_on_hand, bag.sold_at, bag.days_to_sell) == ("active", 1, None, None)
    assert not only_line(bag_order).holds_piece
    again = order_of(SaleLine(product=bag, unit_price=D("90.00")))
    assert only_line(again).holds_piece


def test_a_piece_that_comes_back_broken_stays_out_of_stock_and_keeps_its_cost(bag, bag_order):
    [row] = refund(order=bag_order, lines=[RefundLine(line=only_line(bag_order), quantity=1, restock=False)])
    assert (row.quantity, row.cost_returned, row.is_restocked) == (1, D("0.00"), False)
    bag.refresh_from_db()
    assert (bag.status, bag.quantity_on_hand) == ("sold", 0)


def test_pieces_that_come_back_one_by_one_bring_back_exactly_what_they_brought(scarves):
    rows = [refund(order=scarves, lines=[RefundLine(line=only_line(scarves), quantity=1)])[0] for _ in range(3)]
    assert [row.amount for row in rows] == [D("33.33"), D("33.34"), D("33.33")]
    assert sum(row.amount for row in rows) == D("100.00")
    assert sum(row.cost_returned for row in rows) == only_line(scarves).cost == D("9.99")


def test_no_more_pieces_come_back_than_were_sold(scarves):
    sold = only_line(scarves)
    refund(order=scarves, lines=[RefundLine(line=sold, quantity=2)])
    with pytest.raises(RefundTooLarge) as refusal:
        refund(order=scarves, lines=[RefundLine(line=sold, quantity=2)])
    assert (refusal.value.wanted, refusal.value.left) == (2, 1)


def test_no_more_money_is_given_back_than_was_paid(scarves):
    sold = only_line(scarves)
    refund(order=scarves, lines=[RefundLine(line=sold, amount=D("60.00"))])
    for wanted in ({"lines": [RefundLine(line=sold, amount=D("40.01"))]}, {"goodwill": D("40.01")}):
        with pytest.raises(RefundTooLarge) as refusal:
            refund(order=scarves, **wanted)
        assert (refusal.value.wanted, refusal.value.left) == (D("40.01"), D("40.00"))
    refund(order=scarves, goodwill=D("40.00"))
    with pytest.raises(RefundTooLarge):
        refund(order=scarves, goodwill=D("0.01"))


def test_two_lines_of_one_refund_share_one_limit(scarves):
    wanted = RefundLine(line=only_line(scarves), amount=D("60.00"))
    with pytest.raises(RefundTooLarge):
        refund(order=scarves, lines=[wanted, wanted])
    assert not Refund.staged.exists()


def test_a_return_after_goodwill_gives_back_what_is_left(bag_order):
    refund(order=bag_order, goodwill=D("15.00"))
    [row] = refund(order=bag_order, lines=[RefundLine(line=only_line(bag_order), quantity=1)])
    assert row.amount == D("85.00")


def test_a_refund_of_an_imported_file_that_names_no_line_counts_too(bag_order):
    Refund.objects.create(
        order=bag_order,
        channel=bag_order.channel,
        source="whatnot",
        number="1",
        amount=D("70.00"),
        refunded_at=at("2026-03-01"),
    )
    with pytest.raises(RefundTooLarge) as refusal:
        refund(order=bag_order, goodwill=D("30.01"))
    assert refusal.value.left == D("30.00")


def test_goodwill_falls_on_all_lines_by_gross_and_on_none_beyond_what_it_has_left():
    order = order_of(SaleLine(unit_price=D("100")), SaleLine(unit_price=D("300")))
    first, second = order.lines.order_by("id")
    assert [row.amount for row in refund(order=order, goodwill=D("10.00"))] == [D("2.50"), D("7.50")]
    refund(order=order, lines=[RefundLine(line=first, amount=D("97.00"))])
    rows = refund(order=order, goodwill=D("40.00"))  # by gross 10.00 and 30.00, but 0.50 are left on the first
    assert [(row.line, row.amount) for row in rows] == [(first, D("0.50")), (second, D("39.50"))]


def test_rows_of_one_refund_share_their_number_and_know_their_sale():
    order = order_of(SaleLine(unit_price=D("10")), SaleLine(unit_price=D("10")), country="US")
    rows = refund(order=order, goodwill=D("2.00"), reason="late")
    assert len({row.number for row in rows}) == 1
    assert {(row.source, row.channel, row.country, row.reason) for row in rows} == {("till", channel(), "US", "late")}


def test_fees_returned_follow_the_money_within_each_lines_fees():
    order = order_of(SaleLine(unit_price=D("100")), SaleLine(unit_price=D("300")), fees=D("40.00"))
    first, second = order.lines.order_by("id")
    wanted = [RefundLine(line=first, amount=D("50")), RefundLine(line=second, amount=D("50"))]
    rows = refund(order=order, lines=wanted, fees_returned=D("30.00"))
    assert [row.fees_returned for row in rows] == [D("10.00"), D("20.00")]  # the first has 10.00
    with pytest.raises(RefundTooLarge):
        refund(order=order, goodwill=D("4.00"), fees_returned=D("10.01"))


def test_a_refund_that_is_asked_for_is_no_entry_until_approved(bag, bag_order, staff, manager):
    [asked] = refund(
        order=bag_order,
        lines=[RefundLine(line=only_line(bag_order), quantity=1)],
        refunded_at=at("2026-03-01"),
        actor=staff,
        approved=False,
    )
    bag.refresh_from_db()
    assert (asked.state, asked.asked_by, asked.approved_by, bag.status) == ("asked", staff, None, "sold")
    assert not Refund.objects.approved().exists()
    [approved] = approve_refund(refunds=[asked], at=at("2026-03-05"), actor=manager)
    bag.refresh_from_db()
    assert (approved.state, approved.approved_by, approved.asked_by) == ("approved", manager, staff)
    assert (approved.refunded_at, approved.cost_returned, bag.status) == (at("2026-03-05"), D("60.00"), "active")


def test_what_is_asked_for_cannot_be_asked_for_twice_unless_declined(bag_order, staff, manager):
    wanted = [RefundLine(line=only_line(bag_order), quantity=1)]
    asked = refund(order=bag_order, lines=wanted, actor=staff, approved=False)
    with pytest.raises(RefundTooLarge):
        refund(order=bag_order, lines=wanted, actor=staff, approved=False)
    [declined] = decline_refund(refunds=asked, reason="worn", actor=manager)
    assert (declined.state, declined.reason) == ("declined", "worn")
    assert declined.history.first().history_user == manager
    refund(order=bag_order, lines=wanted)


def test_a_request_is_decided_once(bag_order):
    asked = refund(order=bag_order, goodwill=D("5.00"), approved=False)
    approve_refund(refunds=asked)
    for decide in (approve_refund, decline_refund):
        with pytest.raises(InvalidSale, match="decided already"):
            decide(refunds=asked)


def test_a_numbered_refund_is_recorded_once(bag_order):
    refund(order=bag_order, goodwill=D("5.00"), number="R-1")
    with pytest.raises(AlreadyRecorded):
        refund(order=bag_order, goodwill=D("5.00"), number="R-1")


def test_a_sale_of_history_takes_its_piece_into_stock_when_it_comes_back():
    bag = piece("BAG", quantity=0)
    order = record_sale(channel=channel(), lines=[SaleLine(product=bag, unit_price=D("100"))], moves_stock=False)
    refund(order=order, lines=[RefundLine(line=only_line(order), quantity=1)])
    bag.refresh_from_db()
    assert (bag.quantity_on_hand, bag.quantity_sold) == (1, 0)
    assert bag.movements.get().kind == "receive"


def test_nothing_is_given_back_on_anothers_line_for_nothing_or_below_nothing(bag_order):
    other = order_of(SaleLine(unit_price=D("10")))
    sold = only_line(bag_order)
    for lines in (
        [],
        [RefundLine(line=only_line(other), amount=D("1"))],
        [RefundLine(line=sold)],
        [RefundLine(line=sold, quantity=-1)],
        [RefundLine(line=sold, amount=D("-1"))],
        [RefundLine(line=sold, amount=D("NaN"))],
    ):
        with pytest.raises(InvalidSale):
            refund(order=bag_order, lines=lines)
