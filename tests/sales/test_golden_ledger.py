"""C1, the domain's half: every figure of the golden ledger equals the sum made by hand."""

from collections.abc import Iterable
from decimal import Decimal as D

import pytest
from golden import GOLDEN, GoldenShop, golden_shop
from pieces import at

from sales.models import Adjustment, Order, OrderLine, Refund

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> GoldenShop:
    return golden_shop()


def total(rows: Iterable[object], name: str) -> D:
    return sum((getattr(row, name) for row in rows), D(0))


def money(order: Order) -> list[tuple[str, D, D, D, D]]:
    lines = order.lines.order_by("id")
    return [(line.product.sku, line.gross, line.discount, line.fees, line.cost) for line in lines]


def test_every_figure_equals_the_sum_made_by_hand(shop):
    lines = OrderLine.objects.filter(order__in=Order.objects.counting())
    refunds, others = Refund.objects.approved(), Adjustment.objects.filter(kind="adjustment")
    assert total(lines, "gross") == GOLDEN["gross"]
    assert total(lines, "discount") == GOLDEN["discounts"]
    assert total(refunds, "amount") == GOLDEN["refunds"]
    assert total(others, "amount") == GOLDEN["adjustments"]
    revenue = total(lines, "gross") - total(lines, "discount") - total(refunds, "amount") + total(others, "amount")
    cost = total(lines, "cost") - total(refunds, "cost_returned") + total(others, "cost")
    fees = total(lines, "fees") - total(refunds, "fees_returned") + total(others, "fees")
    assert (revenue, cost, fees) == (GOLDEN["revenue"], GOLDEN["cost"], GOLDEN["fees"])
    assert revenue - cost - fees == GOLDEN["profit"]
    assert total(lines, "quantity") - total(refunds, "quantity") == GOLDEN["units"]
    assert total(Adjustment.objects.filter(kind="write_off"), "cost") == GOLDEN["write_offs"]


def test_discount_and_fees_of_an_order_are_spread_to_the_cent(shop):
    assert money(shop.live) == [
        ("LV-SPEEDY", D("600.00"), D("42.86"), D("62.40"), D("345.50")),  # with the bill that came later
        ("HE-SCARF", D("100.01"), D("7.14"), D("10.40"), D("37.02")),
    ]
    assert (shop.live.shipping_charged, shop.live.tax) == (D("12.00"), D("45.00"))


def test_a_consigned_piece_costs_its_consignors_share_of_what_it_brought(shop):
    assert money(shop.consigned) == [("HE-KELLY", D("4000.00"), D("400.00"), D("0.00"), D("2160.00"))]


def test_a_foreign_sale_is_kept_in_the_shops_currency_each_part_converted_singly(shop):
    assert money(shop.foreign) == [("CH-FLAP", D("3142.72"), D("108.37"), D("94.82"), D("2045.00"))]
    line = shop.foreign.lines.get()
    assert (shop.foreign.currency, shop.foreign.rate, line.unit_price) == ("EUR", D("1.0837"), D("2899.99"))
    assert shop.foreign.shipping_charged == D("27.09")  # 25.00 EUR


def test_refunds_carry_their_own_date_and_what_they_gave_back(shop):
    rows = Refund.objects.order_by("id")
    assert [(r.number, r.refunded_at, r.amount, r.quantity, r.cost_returned, r.fees_returned) for r in rows] == [
        ("R-1", at("2026-03-09"), D("30.96"), 1, D("12.34"), D("0.00")),
        ("R-2", at("2026-03-10"), D("17.14"), 0, D("0.00"), D("0.00")),
        ("R-2", at("2026-03-10"), D("2.86"), 0, D("0.00"), D("0.00")),
        ("R-3", at("2026-03-11"), D("3034.35"), 1, D("2045.00"), D("60.00")),
    ]


def test_stock_stands_where_the_fortnight_left_it(shop):
    stands = {}
    for product in (shop.speedy, shop.flap, shop.kelly, shop.wallet, shop.scarf):
        product.refresh_from_db()
        stands[product.sku] = (product.status, product.quantity_on_hand, product.quantity_sold, product.days_to_sell)
    assert stands == {
        "LV-SPEEDY": ("sold", 0, 1, 29),  # 1 February to 2 March
        "CH-FLAP": ("active", 1, 0, None),  # it came back
        "HE-KELLY": ("sold", 0, 1, 30),
        "GU-WALLET": ("active", 1, 0, None),  # its order was cancelled
        "HE-SCARF": ("active", 6, 3, None),  # 10 - 4 sold + 1 back - 1 torn
    }
