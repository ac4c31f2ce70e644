"""eBay's orders report: junk lines, an order of several items, names of months."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum

from inventory.models import Product
from sales.models import Channel, FeeRule, Order, OrderLine
from tests.intake.conftest import Run
from tests.intake.marketplace.conftest import ledger, reckoned

Intake = Callable[..., Run]
HEADER = (
    "Sales Record Number,Order Number,Buyer Username,Buyer Name,Ship To Zip,Ship To Country,Item Number,Item Title,"
    "Custom Label,Quantity,Sold For,Shipping And Handling,Seller Collected Tax,eBay Collected Tax,Total Price,"
    "Sale Date,Paid On Date"
)


def order(number: str = "01-1", **more: str) -> dict[str, str]:
    row = {
        "Sales Record Number": "201",
        "Order Number": number,
        "Buyer Username": "anna_b",
        "Buyer Name": "--",
        "Ship To Zip": "06010",
        "Ship To Country": "United States",
        "Item Number": "205100000001",
        "Item Title": "Chanel wallet on chain",
        "Custom Label": "--",
        "Quantity": "1",
        "Sold For": "$1,999.00",
        "Shipping And Handling": "$10.00",
        "eBay Collected Tax": "$126.94",
        "Total Price": "$2,135.94",
        "Sale Date": "Jan 5, 2026",
        "Paid On Date": "Jan 6, 2026",
    }
    return row | more


def summary(number: str = "02-2", total: str = "$150.00") -> dict[str, str]:
    row = order(number, **{"Total Price": total, "Quantity": "2", "Sale Date": "Jan-07-26"})
    of_items = ("Item Number", "Item Title", "Sold For", "Shipping And Handling", "eBay Collected Tax")
    return {name: value for name, value in row.items() if name not in of_items}


def item(number: str = "02-2", price: str = "$80.00", title: str = "Coach card case", **more: str) -> dict[str, str]:
    row = {"Order Number": number, "Item Number": "2", "Item Title": title, "Quantity": "1", "Sold For": price}
    return row | more


def test_a_report_goes_in_without_its_junk_lines(intake: Intake, sheet: Callable[..., Path]) -> None:
    rows = [order(), summary(), item(), item(price="$70.00", title="Fendi key fob")]
    path = sheet(HEADER, *rows, before="\n", after='"3","record(s) downloaded"\nSeller ID : lace\n', bom=True)
    run = intake(path)
    assert (run.counts, run.error) == ({"rows": 4, "new": 4}, "")
    assert ledger() == {
        "01-1": reckoned(gross="1999", shipping="10", tax="126.94"),
        "02-2": reckoned(gross="150"),
    }
    one, two = Order.objects.order_by("number")
    assert (one.reference, one.state, one.customer.name) == ("201", Order.State.PAID, "anna_b")
    assert one.ordered_at == datetime(2026, 1, 5, 5, tzinfo=UTC)
    assert two.ordered_at == datetime(2026, 1, 7, 5, tzinfo=UTC)
    assert one.customer == two.customer
    assert list(two.lines.order_by("id").values_list("description", flat=True)) == ["Coach card case", "Fendi key fob"]
    assert intake(path).counts == {"rows": 4, "known": 4}


def test_sold_for_is_per_piece_or_for_all_as_the_total_says(intake: Intake, sheet: Callable[..., Path]) -> None:
    both = {"Quantity": "2", "Sold For": "$30.00", "eBay Collected Tax": ""}
    each = order("01-1", **both | {"Total Price": "$70.00"})
    together = order("01-2", **both | {"Total Price": "$40.00"})
    neither = order("01-3", **both | {"Total Price": "$55.00"})
    run = intake(sheet(HEADER, each, together, neither))
    assert run.counts == {"rows": 3, "new": 2, "rejected": 1}
    assert ledger() == {"01-1": reckoned(gross="60", shipping="10"), "01-2": reckoned(gross="30", shipping="10")}
    assert run.batch.rejections.get().column == "Total Price"


def test_an_order_that_lacks_an_item_is_refused_whole(intake: Intake, sheet: Callable[..., Path]) -> None:
    run = intake(sheet(HEADER, summary(), item(), summary("03-3"), item("03-3"), item("03-3", price="cheap")))
    assert run.counts == {"rows": 5, "rejected": 5}
    assert [row.row for row in run.batch.rejections.order_by("row")] == [2, 3, 4, 5, 6]


def test_fees_are_the_channels_rules(intake: Intake, sheet: Callable[..., Path]) -> None:
    ebay = Channel.objects.create(code="ebay", name="eBay")
    FeeRule.objects.create(channel=ebay, kind="commission", rate="0.10", base="total", valid_from="2025-01-01")
    intake(sheet(HEADER, order()))
    assert OrderLine.objects.get().fees == Decimal("213.59")


def test_a_sold_piece_is_a_conflict_of_all_rows_of_its_order(
    intake: Intake, sheet: Callable[..., Path], piece: Callable[..., Product]
) -> None:
    piece("CO-1")
    rows = [summary(), item(**{"Custom Label": "CO-1"}), item(price="$70.00", title="Fendi key fob")]
    intake(sheet(HEADER, *rows))
    again = [{**row, "Order Number": "09-9"} for row in rows]
    run = intake(sheet(HEADER, *again))
    assert run.counts == {"rows": 3, "conflicts": 3}
    assert {(r.column, r.value) for r in run.batch.rejections.all()} == {("sku", "CO-1")}


@pytest.mark.parametrize(("column", "value"), [("Sale Date", "Foo 5, 2026"), ("Sold For", "--"), ("Quantity", "0")])
def test_a_wrong_cell_is_named(intake: Intake, sheet: Callable[..., Path], column: str, value: str) -> None:
    run = intake(sheet(HEADER, order(**{column: value})))
    assert run.counts == {"rows": 1, "rejected": 1}
    assert (run.batch.rejections.get().column, run.batch.rejections.get().row) == (column, 2)


def test_the_real_sample(intake: Intake, real_data: Path) -> None:
    folder = real_data / "marketplace-exports"
    expected: Any = json.loads((folder / "expected.json").read_text())["expected"]["ebay"]
    run = intake(folder / "ebay_orders_report.csv")
    assert (run.counts, run.error) == ({"rows": 4, "new": 4}, "")
    assert Order.objects.count() == expected["orders"]
    assert OrderLine.objects.count() == expected["items"]
    assert OrderLine.objects.aggregate(sum=Sum("gross"))["sum"] == Decimal(expected["item_total"])
    assert intake(folder / "ebay_orders_report.csv").counts == {"rows": 4, "known": 4}
