"""A1, A2 and A3 at the services: writers at once, each on its own connection. Meaningful on PostgreSQL only.

Each protection has its control: the same race with the protection off, which must fail.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pieces import channel, piece

from customers.models import Customer
from inventory.models import Hold, Product
from inventory.services import ImpossibleMovement, OutOfStock, add_cost, adjust, end_hold, hold
from sales.models import Channel, Order, OrderLine, Refund
from sales.services import (
    AlreadyRecorded,
    InvalidSale,
    RefundLine,
    RefundTooLarge,
    SaleLine,
    cancel_order,
    record_sale,
    refund,
    refunds,
)

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

WRITERS = 8
PIECES = 100

Outcome = str | type[Exception]


def together(work: Callable[[int], list[Outcome]]) -> Counter[Outcome]:
    """What `work(n)` came to for eight writers that start at one moment; an exception nobody foresaw is raised."""
    start = threading.Barrier(WRITERS)

    def write(n: int) -> list[Outcome]:
        try:
            start.wait()
            return work(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        outcomes = list(pool.map(write, range(WRITERS)))
    return Counter(outcome for one in outcomes for outcome in one)


def tried(action: Callable[[], object], *refusals: type[Exception]) -> Outcome:
    try:
        action()
    except refusals as refusal:
        return type(refusal)
    return "done"


def sell(till: Channel, product: Product) -> None:
    record_sale(channel=till, lines=[SaleLine(product=product, unit_price=D("100"))])


def check_then_save(till: Channel, product: Product) -> None:
    """How not to: look, then write what was seen."""
    row = Product.objects.get(pk=product.pk)
    if row.quantity_on_hand < 1:
        raise OutOfStock(row, wanted=1, available=0)
    time.sleep(0.002)
    with transaction.atomic():
        row.quantity_on_hand, row.quantity_sold, row.status = 0, 1, "sold"
        row.save(update_fields=["quantity_on_hand", "quantity_sold", "status"])
        order = Order.objects.create(
            channel=till, source="till", number=str(random.random()), ordered_at=timezone.now(), currency="USD"
        )
        order.lines.create(product=row, unit_price=100, gross=100, sold_at=order.ordered_at)


def pieces_to_sell(number: int = PIECES) -> list[Product]:
    with transaction.atomic():
        return [piece(f"BAG-{n}") for n in range(number)]


def race_for(pieces: list[Product], by: Callable[[Channel, Product], None]) -> Counter[Outcome]:
    till = channel()

    meeting = threading.Barrier(WRITERS)

    def buy_all(_: int) -> list[Outcome]:
        return [buy(Product.objects.get(pk=one.pk)) for one in pieces]

    def buy(product: Product) -> Outcome:
        meeting.wait(timeout=60)  # all want each piece in the same moment
        return tried(lambda: by(till, product), OutOfStock)

    return together(buy_all)


def test_eight_writers_sell_each_of_a_hundred_pieces_once():
    outcomes = race_for(pieces_to_sell(), by=sell)
    assert outcomes == {"done": PIECES, OutOfStock: PIECES * (WRITERS - 1)}
    assert OrderLine.objects.living().values("product").distinct().count() == PIECES
    assert Order.objects.count() == OrderLine.objects.count() == PIECES
    assert set(Product.objects.values_list("quantity_on_hand", "quantity_sold", "status")) == {(0, 1, "sold")}


@pytest.mark.broken_books
def test_control_the_same_race_oversells_where_the_stock_is_checked_and_then_saved():
    outcomes = race_for(pieces_to_sell(25), by=check_then_save)
    assert outcomes["done"] > 25
    assert outcomes["done"] == OrderLine.objects.count()


def test_the_constraint_alone_sells_a_piece_once(monkeypatch):
    """With the stock taken out of the way, the living sale is what stops the second buyer."""
    monkeypatch.setattr("sales.services.sale.take", lambda *_, **__: None)
    bag = piece("BAG")
    outcomes = race_for([bag], by=sell)
    assert (outcomes["done"], outcomes[OutOfStock]) == (1, sum(outcomes.values()) - 1)
    Product.objects.filter(pk=bag.pk).update(status="active")
    OrderLine.objects.update(holds_piece=False)  # put the books right again


def test_orders_of_many_products_in_any_order_do_not_lock_each_other_out():
    scarves = [piece(f"SCARF-{n}", quantity=150, one_of_one=False) for n in range(5)]
    till = channel()

    def buy_bundles(n: int) -> list[Outcome]:
        dice = random.Random(n)
        return [tried(lambda: buy_bundle(dice), OutOfStock) for _ in range(25)]

    def buy_bundle(dice: random.Random) -> None:
        bundle = [Product.objects.get(pk=one.pk) for one in dice.sample(scarves, 4)]
        lines = [SaleLine(product=one, unit_price=D("10"), quantity=dice.randint(1, 3)) for one in bundle]
        record_sale(channel=till, lines=lines)

    outcomes = together(buy_bundles)
    assert outcomes["done"] == Order.objects.count() > 50
    assert sum(outcomes.values()) == WRITERS * 25


def test_one_number_recorded_by_all_at_once_is_one_order():
    scarf, till = piece("SCARF", quantity=50, one_of_one=False), channel()

    def record(_: int) -> list[Outcome]:
        product = Product.objects.get(pk=scarf.pk)
        lines = [SaleLine(product=product, unit_price=D("10"))]
        return [tried(lambda: record_sale(channel=till, lines=lines, number="W-1"), AlreadyRecorded)]

    assert together(record) == {"done": 1, AlreadyRecorded: WRITERS - 1}
    scarf.refresh_from_db()
    assert scarf.quantity_on_hand == 49


def refund_at_once(order: Order) -> Counter[Outcome]:
    def give_back(_: int) -> list[Outcome]:
        return [tried(lambda: refund(order=Order.objects.get(pk=order.pk), goodwill=D("60")), RefundTooLarge)]

    return together(give_back)


def test_refunds_at_once_give_back_no_more_than_was_paid():
    order = record_sale(channel=channel(), lines=[SaleLine(unit_price=D("100"))])
    assert refund_at_once(order) == {"done": 1, RefundTooLarge: WRITERS - 1}
    assert Refund.objects.get().amount == D("60")


@pytest.mark.broken_books
def test_control_refunds_at_once_give_back_too_much_without_the_lock(monkeypatch):
    def read_slowly(order: Order) -> object:
        found = standing_of(order)
        time.sleep(0.2)
        return found

    standing_of = refunds.standing_of
    monkeypatch.setattr(refunds, "standing_of", read_slowly)
    monkeypatch.setattr(refunds, "lock_order", lambda order: order)
    order = record_sale(channel=channel(), lines=[SaleLine(unit_price=D("100"))])
    assert refund_at_once(order)["done"] > 1


def test_a_piece_that_comes_back_many_times_at_once_comes_back_once():
    bag = piece("BAG")
    order = record_sale(channel=channel(), lines=[SaleLine(product=bag, unit_price=D("100"))])
    line = order.lines.get()

    def give_back(n: int) -> list[Outcome]:
        own = Order.objects.get(pk=order.pk)
        if n % 2:
            return [tried(lambda: cancel_order(order=own), InvalidSale)]
        back = RefundLine(line=line, quantity=1)
        return [tried(lambda: refund(order=own, lines=[back]), InvalidSale)]

    together(give_back)
    bag.refresh_from_db()
    assert (bag.quantity_on_hand, bag.movements.filter(kind="return").count()) == (1, 1)


class Errand:
    """Random errands of one writer among pieces that everybody wants; what is refused is refused, nothing breaks."""

    def __init__(self, n: int, skus: list[str]) -> None:
        self.dice = random.Random(n)
        self.skus = skus
        self.till = Channel.objects.get(code="till")
        self.customer = Customer.objects.create(name=f"Customer {n}")

    def product(self) -> Product:
        return Product.objects.get(sku=self.dice.choice(self.skus))

    def sell(self) -> None:
        lines = [
            SaleLine(product=product, unit_price=D("100"), quantity=1 if product.is_one_of_one else 2)
            for product in {self.product().pk: self.product() for _ in range(2)}.values()
        ]
        record_sale(channel=self.till, lines=lines, customer=self.customer)

    def hold(self) -> None:
        hold(product=self.product(), customer=self.customer)

    def end_hold(self) -> None:
        if open_hold := Hold.objects.filter(ended_at=None).order_by("?").first():
            end_hold(hold=open_hold)

    def adjust(self) -> None:
        adjust(product=self.product(), change=self.dice.choice([-1, 1]), reason="counted")

    def refund(self) -> None:
        if line := OrderLine.objects.order_by("?").select_related("order").first():
            refund(order=line.order, lines=[RefundLine(line=line, quantity=1)])

    def cancel(self) -> None:
        if order := Order.objects.counting().order_by("?").first():
            cancel_order(order=order)

    def spend(self) -> None:
        add_cost(product=self.product(), kind="repair", amount=D("0.10"), incurred_on=date(2026, 3, 1))

    def edit_in_the_admin(self) -> None:
        product = self.product()
        time.sleep(0.003)
        product.notes = f"{self.dice.random()}"
        product.save(update_fields=None)

    def run(self, errands: int) -> Iterator[Outcome]:
        every = [self.sell] * 3 + [self.hold, self.end_hold, self.adjust, self.refund, self.cancel]
        every += [self.spend, self.edit_in_the_admin]
        for _ in range(errands):
            yield tried(self.dice.choice(every), ImpossibleMovement, InvalidSale)


def test_any_errands_at_once_leave_the_books_right():
    """Eight hundred of sale, hold, count, refund, cancellation, bill and edit, of twelve products."""
    skus = [piece(f"BAG-{n}", cost="10.00").sku for n in range(8)]
    skus += [piece(f"SCARF-{n}", quantity=20, one_of_one=False, cost="1.00").sku for n in range(4)]
    channel()
    outcomes = together(lambda n: list(Errand(n, skus).run(100)))
    assert sum(outcomes.values()) == WRITERS * 100
    assert outcomes["done"] > 200
    assert outcomes[OutOfStock] > 20


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("first_buyer_commits", [True, False])
def test_the_second_buyer_waits_for_the_first_ones_commit(first_buyer_commits):
    bag, till = piece("BAG"), channel()
    outcomes: list[Outcome] = []

    def buy_second() -> None:
        outcomes.append(tried(lambda: sell(till, Product.objects.get(pk=bag.pk)), OutOfStock))
        connection.close()

    second = threading.Thread(target=buy_second)
    with suppress(InterruptedError), transaction.atomic():
        sell(till, bag)
        second.start()
        until = time.monotonic() + 20
        while not waits_for_a_lock():
            assert time.monotonic() < until, "the second buyer does not wait"
            time.sleep(0.01)
        if not first_buyer_commits:
            raise InterruptedError
    second.join()
    assert outcomes == [OutOfStock if first_buyer_commits else "done"]
    assert OrderLine.objects.living().count() == 1
