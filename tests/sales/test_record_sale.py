"""Recording a sale: what it books, what it refuses, and that it is booked whole or not at all."""

import uuid
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction
from pieces import at, channel, piece

from customers.models import Customer
from inventory.models import Product, StockMovement
from sales.models import Host, Order, OrderLine, Show
from sales.services import AlreadyRecorded, InvalidSale, MissingRate, OutOfStock, SaleLine, record_sale

pytestmark = pytest.mark.django_db


def line(product: Product | None = None, price: str = "100.00", **fields: object) -> SaleLine:
    return SaleLine(product=product, unit_price=D(price), **fields)


def sale(*lines: SaleLine, **fields: object) -> Order:
    return record_sale(channel=channel(), lines=lines or [line()], **fields)


def discounts(order: Order) -> list[D]:
    return list(order.lines.order_by("id").values_list("discount", flat=True))


def test_a_sale_takes_its_pieces_and_knows_what_belongs_to_it(staff):
    bag = piece("BAG", title="Speedy 30", cost="60.00")
    show = Show.objects.create(
        channel=channel(),
        title="Friday",
        starts_at=at("2026-03-06", 19),
        host=Host.objects.create(name="Hanna"),
    )
    anna = Customer.objects.create(name="Anna Ode", country="US")
    order = sale(line(bag), customer=anna, show=show, ordered_at=at("2026-03-06", 20), actor=staff)
    sold = order.lines.get()
    assert (sold.description, sold.cost, sold.sold_at) == ("Speedy 30", D("60.00"), at("2026-03-06", 20))
    assert sold.holds_piece
    assert (order.source, order.host.name, order.country, order.currency) == ("till", "Hanna", "US", "USD")
    assert (bag.status, bag.days_to_sell) == ("sold", 33)
    moved = bag.movements.last()
    assert (moved.kind, moved.reference, moved.actor) == ("sell", f"order {order.pk}", staff)
    assert order.history.get().history_user == staff


def test_the_second_buyer_of_a_piece_is_refused_and_nothing_of_their_order_is_booked():
    bag, scarf = piece("BAG"), piece("SCARF", quantity=5, one_of_one=False)
    sale(line(bag), number="1")
    with pytest.raises(OutOfStock) as refusal:
        sale(line(scarf), line(bag), number="2")
    assert refusal.value.product == bag
    assert list(Order.staged.values_list("number", flat=True)) == ["1"]
    scarf.refresh_from_db()
    assert scarf.quantity_on_hand == 5


def test_one_piece_is_not_sold_twice_in_one_order_nor_in_twos():
    bag = piece("BAG")
    for lines in ([line(bag), line(bag)], [line(bag, quantity=2)]):
        with pytest.raises(OutOfStock):
            sale(*lines)


def test_the_database_itself_allows_one_living_sale_per_piece():
    bag = piece("BAG")
    order = sale(line(bag))
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderLine.objects.create(
            order=order, product=bag, unit_price=1, gross=1, sold_at=at("2026-03-01"), holds_piece=True
        )


def test_a_piece_that_the_stock_forgot_is_still_not_sold_twice():
    """The second line of defence: the living sale stands, although the quantities say that the piece is there."""
    bag = piece("BAG")
    order = sale(line(bag))
    rows = Product.objects.filter(pk=bag.pk)
    rows.update(quantity_on_hand=1, quantity_sold=0, status="active")
    with pytest.raises(OutOfStock):
        sale(line(bag))
    rows.update(quantity_on_hand=0, quantity_sold=1, status="sold")
    assert Order.staged.get() == order


def test_a_number_is_recorded_once_per_source():
    first = sale(number="1001", source="shopify")
    with pytest.raises(AlreadyRecorded) as refusal:
        sale(number="1001", source="shopify")
    assert refusal.value.order == first
    sale(number="1001", source="ebay")


def test_an_imported_line_is_recorded_once():
    identity = uuid.uuid4()
    first = sale(line(identity=identity))
    with pytest.raises(AlreadyRecorded) as refusal:
        sale(line(identity=identity))
    assert refusal.value.order == first


def test_sales_without_a_number_get_one_each():
    assert len({sale().number for _ in range(5)}) == 5


def test_history_leaves_the_stock_alone():
    bag = piece("BAG", cost="60.00")
    order = sale(line(bag), moves_stock=False)
    bag.refresh_from_db()
    assert (bag.status, bag.quantity_on_hand) == ("active", 1)
    sold = order.lines.get()
    assert (sold.cost, sold.holds_piece) == (D("60.00"), False)


def test_lines_without_a_product_are_sales_too():
    sold = sale(line(description="Postage", price="4.95", cost=D("3.10"))).lines.get()
    assert (sold.description, sold.gross, sold.cost, sold.product) == ("Postage", D("4.95"), D("3.10"), None)


def test_a_line_is_rounded_once_half_up_and_keeps_four_decimals_of_its_price():
    sold = sale(line(price="0.1250", quantity=3)).lines.get()  # 0.375
    assert (sold.gross, sold.unit_price) == (D("0.38"), D("0.1250"))
    assert sale(line(price="1.00005")).lines.get().unit_price == D("1.0001")


@pytest.mark.parametrize(
    ("lines", "discount", "shares"),
    [
        ([("30.00", 1), ("30.00", 1), ("30.00", 1)], "10.00", ["3.34", "3.33", "3.33"]),
        ([("99.99", 1), ("0.01", 1)], "50.00", ["50.00", "0.00"]),  # 49.995 and 0.005: the earlier on a tie
        ([("10.00", 3), ("10.00", 1)], "1.00", ["0.75", "0.25"]),
    ],
)
def test_an_order_discount_is_spread_by_gross_largest_remainder_last(lines, discount, shares):
    order = sale(*(line(price=price, quantity=n) for price, n in lines), order_discount=D(discount))
    assert discounts(order) == [D(share) for share in shares]


def test_a_line_is_never_discounted_below_nothing():
    """By gross, 40.00 were 20.00 each; the first line has 10.00 left, the second takes the rest."""
    order = sale(line(discount=D("90.00")), line(), order_discount=D("40.00"))
    assert discounts(order) == [D("100.00"), D("30.00")]


def test_fees_are_spread_by_quantity_where_nothing_was_paid():
    order = sale(line(price="0", quantity=3), line(price="0"), fees=D("1.00"))
    assert list(order.lines.order_by("id").values_list("fees", flat=True)) == [D("0.75"), D("0.25")]


def test_a_line_keeps_the_fees_it_came_with():
    order = sale(line(fees=D("7.00")), line(), line(price="300.00"), fees=D("8.00"))
    assert list(order.lines.order_by("id").values_list("fees", flat=True)) == [D("7.00"), D("2.00"), D("6.00")]


def test_another_currency_without_its_rate_is_an_error():
    for rate in (None, D(0)):
        with pytest.raises(MissingRate):
            sale(currency="EUR", rate=rate)
    assert not Order.staged.exists()


def test_a_discount_of_everything_leaves_nothing_whatever_rounding_made_of_the_lines():
    """At 0.4, three lines of 0.01 EUR are 0.00 each, and their discount of 0.03 EUR alone would be 0.01."""
    order = sale(*(line(price="0.01") for _ in range(3)), order_discount=D("0.03"), currency="EUR", rate=D("0.4"))
    assert [(sold.gross, sold.discount) for sold in order.lines.all()] == [(D("0.00"), D("0.00"))] * 3


def test_a_consigned_piece_takes_its_own_share_before_its_sellers(db):
    own = piece("OWN", is_consigned=True, consignor_share=D("0.5555"))
    assert sale(line(own, price="33.33")).lines.get().cost == D("18.51")  # 18.514815


def test_a_consigned_piece_without_a_share_is_refused():
    with pytest.raises(InvalidSale) as refusal:
        sale(line(piece("LOST", is_consigned=True)))
    assert refusal.value.field == "product"


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("lines.0.quantity", {"lines": [line(quantity=0)]}),
        ("lines.0.unit_price", {"lines": [line(price="-1")]}),
        ("lines.0.unit_price", {"lines": [line(price="NaN")]}),
        ("lines.0.unit_price", {"lines": [line(price="1e400")]}),
        ("lines.0.quantity", {"lines": [line(price="9999999999", quantity=2)]}),
        ("lines.1.discount", {"lines": [line(), line(discount=D("100.01"))]}),
        ("lines.0.description", {"lines": [line(description="x" * 201)]}),
        ("lines.0.sold_at", {"lines": [line(sold_at=at("2026-03-01").replace(tzinfo=None))]}),
        ("lines", {"lines": []}),
        ("order_discount", {"order_discount": D("100.01")}),
        ("order_discount", {"order_discount": D("-1")}),
        ("shipping_charged", {"shipping_charged": D("-1")}),
        ("tax", {"tax": D("Infinity")}),
        ("fees", {"fees": D("NaN")}),
        ("fees", {"fees": D("1"), "lines": [line(fees=D("1"))]}),
        ("rate", {"currency": "EUR", "rate": D("NaN")}),
        ("rate", {"currency": "EUR", "rate": D("1e-12")}),
        ("currency", {"currency": "EURO", "rate": D("1")}),
        ("number", {"number": "1" * 81}),
        ("state", {"state": "cancelled"}),
        ("state", {"state": "lost"}),
        ("ordered_at", {"ordered_at": at("2026-03-01").replace(tzinfo=None)}),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(field, fields):
    with pytest.raises(InvalidSale) as refusal:
        record_sale(**{"channel": channel(), "lines": [line()], **fields})
    assert refusal.value.field == field
    assert not Order.staged.exists()


def test_a_sale_costs_the_same_few_queries_however_many_there_were(django_assert_num_queries):
    for n in range(3):
        sale(line(piece(f"OLD-{n}")))
    bag, shop = piece("BAG"), channel()
    with django_assert_num_queries(10):  # order, lines, stock, the audit of each, fee rules, and the transaction
        record_sale(channel=shop, lines=[line(bag)])
    assert StockMovement.objects.filter(product=bag).count() == 2
