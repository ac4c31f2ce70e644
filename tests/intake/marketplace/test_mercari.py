"""Mercari's sales report: cancelled orders, totals, small exports, the custom report."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sales.models import Order, OrderLine
from tests.intake.conftest import Run
from tests.intake.marketplace.conftest import ledger, reckoned

Intake = Callable[..., Run]
HEADER = (
    "Item Id,Sold Date,Canceled Date,Completed Date,Item Title,Order Status,Item Price,Buyer Shipping Fee,"
    "Seller Shipping Fee,Mercari Selling Fee,Payment Processing Fee,Shipping Adjustment Fee,Net Seller Proceeds,"
    "Sales Tax Charged to Buyer"
)


def sold(number: str = "m1", **more: str) -> dict[str, str]:
    row = {
        "Item Id": number,
        "Sold Date": "2025-06-21",
        "Completed Date": "2025-06-25",
        "Item Title": "Dior spray",
        "Order Status": "Completed",
        "Item Price": "79.00",
        "Buyer Shipping Fee": "7.40",
        "Seller Shipping Fee": "0.00",
        "Mercari Selling Fee": "7.90",
        "Payment Processing Fee": "3.01",
        "Net Seller Proceeds": "68.09",
        "Sales Tax Charged to Buyer": "7.45",
    }
    return row | more


CANCELLED = {"Canceled Date": "2025-06-22", "Order Status": "Canceled", "Net Seller Proceeds": "0.00"}


def test_a_report_goes_in_without_its_totals(intake: Intake, sheet: Callable[..., Path]) -> None:
    rows = [sold("m1"), sold("m2", **CANCELLED), sold("m3", **{"Net Seller Proceeds": ""})]
    path = sheet(HEADER, *rows, after="Totals:,,,,,,237.00,,,,,,136.18\n", bom=True)
    assert intake(path).counts == {"rows": 3, "new": 2, "ignored": 1}
    expected = reckoned(gross="79", fees="10.91", tax="7.45")
    assert ledger() == {"m1": expected, "m3": expected}
    assert intake(path).counts == {"rows": 3, "known": 2, "ignored": 1}


def test_a_sale_cancelled_since_is_none(intake: Intake, sheet: Callable[..., Path]) -> None:
    intake(sheet(HEADER, sold()))
    assert intake(sheet(HEADER, sold(**CANCELLED))).counts == {"rows": 1, "changed": 1}
    assert Order.objects.get().state == Order.State.CANCELLED
    assert intake(sheet(HEADER, sold(**CANCELLED))).counts == {"rows": 1, "known": 1}


def test_a_shipping_adjustment_changes_the_fees_once(intake: Intake, sheet: Callable[..., Path]) -> None:
    intake(sheet(HEADER, sold()))
    later = sheet(HEADER, sold(**{"Shipping Adjustment Fee": "4.00", "Net Seller Proceeds": "64.09"}))
    assert intake(later).counts == {"rows": 1, "changed": 1}
    assert OrderLine.objects.get().fees == Decimal("14.91")
    assert intake(later).counts == {"rows": 1, "known": 1}


def test_a_small_export_and_the_custom_report(intake: Intake, sheet: Callable[..., Path]) -> None:
    few = "Item Id,Sold Date,Canceled Date,Item Title,Order Status,Item Price,Mercari Selling Fee"
    row = {name: value for name, value in sold().items() if name in few.split(",")}
    assert intake(sheet(few, row)).counts == {"rows": 1, "new": 1}
    custom = HEADER.replace("Payment Processing Fee", "Payment Processing Fee Charged To Seller") + ",Penalty Fee"
    row = sold("m2", **{"Net Seller Proceeds": "", "Penalty Fee": "5.00"})
    row["Payment Processing Fee Charged To Seller"] = row.pop("Payment Processing Fee")
    assert intake(sheet(custom, row)).counts == {"rows": 1, "new": 1}
    assert ledger() == {"m1": reckoned(gross="79", fees="7.90"), "m2": reckoned(gross="79", fees="15.91", tax="7.45")}


@pytest.mark.parametrize(
    ("column", "value"), [("Item Price", ""), ("Sold Date", "06/07/2025"), ("Net Seller Proceeds", "80.00")]
)
def test_a_wrong_cell_is_named(intake: Intake, sheet: Callable[..., Path], column: str, value: str) -> None:
    run = intake(sheet(HEADER, sold("m1"), sold("m2", **{column: value})))
    assert run.counts == {"rows": 2, "new": 1, "rejected": 1}
    refusal = run.batch.rejections.get()
    assert (refusal.row, refusal.column, refusal.value) == (3, column, value)


def test_the_real_sample(intake: Intake, real_data: Path) -> None:
    folder = real_data / "marketplace-exports"
    expected: Any = json.loads((folder / "expected.json").read_text())["expected"]["mercari"]
    run = intake(folder / "mercari_sales.csv")
    assert run.counts == {"rows": expected["rows"], "new": expected["completed"], "ignored": 1}
    line = OrderLine.objects.get()
    assert line.gross == Decimal(expected["gross"])
    assert line.gross - line.fees == Decimal(expected["net"])
    assert intake(folder / "mercari_sales.csv").counts == {"rows": 2, "known": 1, "ignored": 1}
