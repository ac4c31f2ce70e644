"""Shopify's orders: several rows to an order, discounts, refunds, currencies, Instagram."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine

from customers.models import Customer
from inventory.models import Product
from sales.models import Order, OrderLine, Refund
from sales.services import refund
from tests.intake.conftest import Run
from tests.intake.marketplace.conftest import ledger, reckoned

Intake = Callable[..., Run]
HEADER = (
    "Name,Email,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Name,Shipping Zip,Shipping Country,"
    "Cancelled at,Refunded Amount,Id,Tags,Source,Lineitem discount"
)


def order(number: str = "#1", subtotal: str = "200.00", **more: str) -> dict[str, str]:
    row = {
        "Name": number,
        "Email": "anna@example.com",
        "Financial Status": "paid",
        "Currency": "USD",
        "Subtotal": subtotal,
        "Shipping": "10.00",
        "Taxes": "0.00",
        "Total": f"{Decimal(subtotal) + 10}",
        "Discount Amount": "0.00",
        "Created at": "2025-07-05 10:00:00 -0400",
        "Lineitem quantity": "1",
        "Lineitem name": "Gucci Dionysus",
        "Lineitem price": "200.00",
        "Shipping Name": "Anna Berg",
        "Shipping Zip": "'02139",
        "Shipping Country": "US",
        "Refunded Amount": "0.00",
        "Id": "5551001",
        "Source": "web",
    }
    return row | more


def also(number: str = "#1", price: str = "20.00", quantity: str = "2", **more: str) -> dict[str, str]:
    row = {"Name": number, "Email": "anna@example.com", "Created at": "2025-07-05 10:00:00 -0400"}
    return row | {"Lineitem quantity": quantity, "Lineitem name": "Dust bag", "Lineitem price": price} | more


def test_rows_of_an_order_are_its_lines(intake: Intake, sheet: Callable[..., Path]) -> None:
    first = order("#1", "216.00", **{"Discount Amount": "24.00", "Discount Code": "VIP10"})
    path = sheet(
        HEADER, first, also(), order("#2", "180.00", **{"Discount Amount": "20.00", "Lineitem discount": "20.00"})
    )
    assert intake(path).counts == {"rows": 3, "new": 3}
    assert ledger() == {
        "#1": reckoned(gross="240", discount="24", shipping="10"),
        "#2": reckoned(gross="200", discount="20", shipping="10"),
    }
    assert [line.discount for line in OrderLine.objects.filter(order__number="#1").order_by("id")] == [20, 4]
    one = Order.objects.get(number="#1")
    assert one.ordered_at == datetime(2025, 7, 5, 14, tzinfo=UTC)
    assert (one.reference, one.note, one.channel.code) == ("5551001", "Discount code VIP10", "shopify")
    anna = Customer.objects.get()
    assert (anna.name, anna.email, anna.postcode, anna.country) == ("Anna Berg", "anna@example.com", "02139", "US")
    assert intake(path).counts == {"rows": 3, "known": 3}


def test_offsets_change_with_daylight_saving(intake: Intake, sheet: Callable[..., Path]) -> None:
    intake(sheet(HEADER, order("#1"), order("#2", **{"Created at": "2025-01-05 10:00:00 -0500"})))
    assert Order.objects.get(number="#2").ordered_at == datetime(2025, 1, 5, 15, tzinfo=UTC)


def test_source_and_tags_tell_instagram(intake: Intake, sheet: Callable[..., Path]) -> None:
    intake(sheet(HEADER, order("#1", Source="instagram"), order("#2", Tags="vip, Instagram"), order("#3")))
    codes = dict(Order.objects.values_list("number", "channel__code"))
    assert codes == {"#1": "instagram", "#2": "instagram", "#3": "shopify"}
    assert set(Order.objects.values_list("source", flat=True)) == {"shopify"}


def test_void_orders_are_no_sales_and_unpaid_ones_are_placed(intake: Intake, sheet: Callable[..., Path]) -> None:
    at = "2025-07-06 09:30:00 -0400"
    rows = [
        order("#1", **{"Financial Status": "voided", "Cancelled at": at}),
        order("#2", **{"Financial Status": "expired"}),
    ]
    path = sheet(HEADER, *rows, order("#3", **{"Financial Status": "pending"}))
    assert intake(path).counts == {"rows": 3, "new": 1, "ignored": 2}
    assert Order.objects.get().state == Order.State.PLACED
    paid = sheet(HEADER, *rows, order("#3"))
    assert intake(paid).counts == {"rows": 3, "changed": 1, "ignored": 2}
    assert Order.objects.get().state == Order.State.PAID
    assert intake(path).counts == {"rows": 3, "known": 1, "ignored": 2}  # an older file takes nothing back


@time_machine.travel("2025-08-01T12:00:00Z", tick=False)
def test_a_refund_that_comes_later_is_booked_once(intake: Intake, sheet: Callable[..., Path]) -> None:
    intake(sheet(HEADER, order("#1", "240.00"), also()))
    part = {"Financial Status": "partially_refunded", "Refunded Amount": "40.00"}
    later = sheet(HEADER, order("#1", "240.00", **part), also())
    assert intake(later).counts == {"rows": 2, "changed": 2}
    assert intake(later).counts == {"rows": 2, "known": 2}
    assert ledger() == {"#1": reckoned(gross="240", refunded="40", shipping="10")}
    assert {row.refunded_at for row in Refund.objects.all()} == {datetime(2025, 8, 1, 12, tzinfo=UTC)}
    whole = {"Financial Status": "refunded", "Refunded Amount": "250.00"}
    intake(sheet(HEADER, order("#1", "240.00", **whole), also()))
    assert ledger() == {"#1": reckoned(gross="240", refunded="240", shipping="10")}  # the 10 were shipping


def test_what_the_shop_gave_back_itself_is_not_given_back_again(intake: Intake, sheet: Callable[..., Path]) -> None:
    intake(sheet(HEADER, order()))
    refund(order=Order.objects.get(), goodwill=Decimal(40))
    back = order(**{"Financial Status": "partially_refunded", "Refunded Amount": "40.00"})
    assert intake(sheet(HEADER, back)).counts == {"rows": 1, "known": 1}


def test_an_order_cancelled_since_puts_its_piece_back(
    intake: Intake, sheet: Callable[..., Path], piece: Callable[..., Product]
) -> None:
    bag = piece("GUC-1")
    intake(sheet(HEADER, order(**{"Lineitem sku": "GUC-1"})))
    gone = order(
        **{"Lineitem sku": "GUC-1", "Cancelled at": "2025-07-09 09:00:00 -0400", "Financial Status": "refunded"}
    )
    assert intake(sheet(HEADER, gone)).counts == {"rows": 1, "changed": 1}
    bag.refresh_from_db()
    assert (bag.status, Order.objects.get().state) == ("active", Order.State.CANCELLED)
    assert intake(sheet(HEADER, gone)).counts == {"rows": 1, "known": 1}
    assert intake(sheet(HEADER, order(**{"Lineitem sku": "GUC-1"}))).counts == {"rows": 1, "conflicts": 1}


def test_an_order_cancelled_after_a_refund_gives_back_the_rest(intake: Intake, sheet: Callable[..., Path]) -> None:
    intake(sheet(HEADER, order(**{"Financial Status": "partially_refunded", "Refunded Amount": "40.00"})))
    gone = order(**{"Cancelled at": "2025-07-09 09:00:00 -0400", "Financial Status": "refunded"})
    assert intake(sheet(HEADER, gone)).counts == {"rows": 1, "changed": 1}
    assert ledger() == {"#1": reckoned(gross="200", refunded="200", shipping="10")}
    assert intake(sheet(HEADER, gone)).counts == {"rows": 1, "known": 1}


def test_another_currency_needs_its_rate(intake: Intake, sheet: Callable[..., Path]) -> None:
    path = sheet(HEADER, order(Currency="EUR", **{"Refunded Amount": "50.00"}), order("#2"))
    run = intake(path)
    assert run.counts == {"rows": 2, "new": 1, "rejected": 1}
    refusal = run.batch.rejections.get()
    assert (refusal.row, refusal.column, refusal.value) == (2, "currency", "EUR")
    assert intake(path, option=["rates=EUR=1.10, GBP=1.27"]).counts == {"rows": 2, "new": 1, "known": 1}
    assert ledger()["#1"] == reckoned(gross="220", refunded="55", shipping="11")
    assert intake(path, option=["rates=EUR=1.25"]).counts == {"rows": 2, "known": 2}  # booked at the rate of its day
    assert "Rates are written" in intake(path, option=["rates=dear"]).error


def test_an_order_with_a_wrong_row_is_refused_whole(intake: Intake, sheet: Callable[..., Path]) -> None:
    run = intake(sheet(HEADER, order("#1", "240.00"), also(quantity="some"), order("#2"), also("#9")))
    assert run.counts == {"rows": 4, "new": 1, "rejected": 3}
    refused = {row.row: (row.column, row.value, row.reason) for row in run.batch.rejections.all()}
    assert refused[3][:2] == ("Lineitem quantity", "some")
    assert "Another row" in refused[2][2]
    assert "first row of this order is missing" in refused[5][2]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("Financial Status", "haunted", "do not know"),
        ("Subtotal", "300.00", "not the Subtotal"),
        ("Subtotal", "150.00", "not the Subtotal"),
        ("Taxes", "30.00", "contain the tax"),
        ("Created at", "07/05/2025", "Day or month"),
        ("Lineitem price", "-5", "not negative"),
        ("Total", "", "Missing"),
    ],
)
def test_what_does_not_add_up_is_refused(
    intake: Intake, sheet: Callable[..., Path], column: str, value: str, reason: str
) -> None:
    run = intake(sheet(HEADER, order(**{column: value})))
    assert run.counts == {"rows": 1, "rejected": 1}
    refusal = run.batch.rejections.get()
    assert (refusal.row, refusal.column, refusal.value) == (2, column, value)
    assert reason in refusal.reason


def test_orders_longer_than_a_chunk_stay_whole(
    intake: Intake, sheet: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lacelux.intake.running.CHUNK", 2)
    path = sheet(
        HEADER, order("#1", "260.00"), also(), also(price="10.00"), order("#2"), order("#3", "240.00"), also("#3")
    )
    assert intake(path).counts == {"rows": 6, "new": 6}
    assert {number: sums["gross"] for number, sums in ledger().items()} == {"#1": 260, "#2": 200, "#3": 240}


def test_one_transaction_carries_so_many_orders_whatever_their_rows(
    intake: Intake, sheet: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sales.formats.shopify_orders.ShopifyOrders.most_rows", 2)
    rows = [row for number in ("#1", "#2", "#3") for row in (order(number, "240.00"), also(number))]
    assert intake(sheet(HEADER, *rows[:4])).counts == {"rows": 4, "new": 4}
    assert intake(sheet(HEADER, *rows)).counts == {"rows": 6, "new": 2, "known": 4}
    more = [order(f"#{number}") for number in range(4, 7)]
    assert "3 orders to write" in intake(sheet(HEADER, *rows, *more)).error


def test_the_real_sample(intake: Intake, real_data: Path) -> None:
    folder = real_data / "marketplace-exports"
    expected: Any = json.loads((folder / "expected.json").read_text())["expected"]["shopify"]
    run = intake(folder / "shopify_orders_export.csv")
    assert run.counts == {"rows": expected["rows"], "new": 3, "ignored": 1}
    kept = ledger()
    total = sum(s["gross"] - s["discount"] - s["refunded"] + s["shipping"] + s["tax"] for s in kept.values())
    assert total == Decimal(expected["kept_after_refund_and_void"])
    assert (len(kept) + 1, OrderLine.objects.count() + 1) == (expected["orders"], expected["lines"])  # one is void
    assert Customer.objects.get(email="ann@example.com").postcode == "02139"
    assert intake(folder / "shopify_orders_export.csv").counts == {"rows": 4, "known": 3, "ignored": 1}
