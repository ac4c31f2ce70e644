"""Fees by dated rules."""

from datetime import date
from decimal import Decimal as D

import pytest
from pieces import at, channel, fee_rule

from sales.services import SaleLine, record_sale

pytestmark = pytest.mark.django_db


def fees_of(*prices, code="poshmark", **fields):
    """The fees of an order's lines at these prices, one of each."""
    lines = [SaleLine(unit_price=D(price)) for price in prices]
    order = record_sale(channel=channel(code), lines=lines, **fields)
    return [line.fees for line in order.lines.order_by("id")]


def test_poshmark_takes_a_fixed_amount_below_fifteen_and_a_fifth_from_there():
    fee_rule(channel("poshmark"), fixed=D("2.95"), max_price=D("15"))
    fee_rule(channel("poshmark"), "0.20", min_price=D("15"))
    assert fees_of("14.99") == [D("2.95")]
    assert fees_of("15.00") == [D("3.00")]
    assert fees_of("120.00") == [D("24.00")]


def test_the_price_that_chooses_the_rule_is_the_one_paid_per_piece():
    fee_rule(channel("poshmark"), "0.20", min_price=D("15"))
    lines = [SaleLine(unit_price=D("20"), quantity=2, discount=D("12"))]  # 14.00 a piece
    assert record_sale(channel=channel("poshmark"), lines=lines).lines.get().fees == 0


def test_a_rule_holds_on_both_its_days_of_the_shops_calendar():
    shop = channel("poshmark")
    fee_rule(shop, "0.10", valid_from=date(2026, 3, 1), valid_to=date(2026, 3, 31))
    fee_rule(shop, "0.20", valid_from=date(2026, 4, 1))
    assert fees_of("100", ordered_at=at("2026-02-28", 23, 59)) == [D("0.00")]
    assert fees_of("100", ordered_at=at("2026-03-01", 0)) == [D("10.00")]
    assert fees_of("100", ordered_at=at("2026-03-31", 23, 59)) == [D("10.00")]  # in UTC it is April
    assert fees_of("100", ordered_at=at("2026-04-01", 0)) == [D("20.00")]


def test_the_base_is_the_items_after_discount_or_all_that_was_charged():
    fee_rule(channel("items"), "0.10")
    fee_rule(channel("total"), "0.10", base="total")
    extras = {"order_discount": D("20"), "shipping_charged": D("10"), "tax": D("5")}
    assert fees_of("100", code="items", **extras) == [D("8.00")]
    assert fees_of("100", code="total", **extras) == [D("9.50")]


def test_a_rule_for_some_lines_takes_their_part_of_the_shipping():
    """Of 10.00 shipping, 7.50 falls on the line at 75.00."""
    fee_rule(channel("total"), "0.10", base="total", min_price=D("50"))
    assert sum(fees_of("75", "25", code="total", shipping_charged=D("10"))) == D("8.25")


def test_each_rule_is_rounded_once_per_order_and_its_fixed_part_taken_once():
    fee_rule(channel("poshmark"), "0.029", kind="processing", fixed=D("0.30"))
    assert fees_of("33.33", "33.33", "33.33") == [D("1.07"), D("1.07"), D("1.06")]  # 2.90 + 0.30


def test_a_giveaway_costs_no_fee():
    fee_rule(channel("whatnot"), "0.08", fixed=D("0.30"))
    assert fees_of("0.00", code="whatnot") == [D("0.00")]


def test_another_channels_rules_are_not_ours():
    fee_rule(channel("ebay"), "0.13")
    assert fees_of("100") == [D("0.00")]


def test_fees_that_are_known_come_before_rules():
    fee_rule(channel("poshmark"), "0.20")
    assert fees_of("75", "25", fees=D("10.00")) == [D("7.50"), D("2.50")]
    assert fees_of("75", "25", fees=D("0")) == [D("0.00"), D("0.00")]
