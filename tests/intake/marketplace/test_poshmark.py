"""Poshmark's sales report: both generations, bundles, costs, days to sell."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum

from inventory.models import Product
from sales.models import Order, OrderLine, UnmatchedLine
from tests.intake.conftest import Run
from tests.intake.marketplace.conftest import ledger, reckoned

Intake = Callable[..., Run]
HEADER = (
    "Listing Date,Order Date,SKU,Order Id,Listing Title,Brand,Bundle Order?,Cost Price,Order Price,Your Earnings,"
    "Buyer State,Buyer Zip Code,Buyer Username,Sales Tax (Paid by Buyer),Notes"
)
PREAMBLE = 'Poshmark Sales Report for @lace,"",""\n01/01/2025 - 03/31/2025\n""\n'


def sale(number: str = "P1", **more: str) -> dict[str, str]:
    row = {
        "Listing Date": "12/20/2024",
        "Order Date": "01/15/2025",
        "Order Id": number,
        "Listing Title": "Prada nylon pouch",
        "Bundle Order?": "N",
        "Order Price": "$110.00",
        "Your Earnings": "$88.00",
        "Buyer State": "NC",
        "Buyer Zip Code": "28164",
        "Buyer Username": "anna_b",
        "Sales Tax (Paid by Buyer)": "$8.27",
    }
    return row | more


def test_a_report_goes_in_without_its_preamble_and_totals(intake: Intake, sheet: Callable[..., Path]) -> None:
    rows = [
        sale("P1", **{"Cost Price": "$30.00"}),
        sale("P2", **{"Order Price": "$14.00", "Your Earnings": "$11.05", "Buyer Username": "berta"}),
        sale("P3", **{"Order Price": "$14.00", "Your Earnings": ""}),
        sale("P4", **{"Order Price": "$1,200.00", "Your Earnings": ""}),
        sale("P5", **{"Order Price": "$0.00", "Your Earnings": "$0.00"}),
    ]
    run = intake(sheet(HEADER, *rows, before=PREAMBLE, after='Totals,"",,,,,,,"$1,338.00"\n', bom=True))

    assert (run.counts, run.error) == ({"rows": 5, "new": 5}, "")
    assert ledger() == {
        "P1": reckoned(gross="110", fees="22", cost="30", tax="8.27"),
        "P2": reckoned(gross="14", fees="2.95", tax="8.27"),
        "P3": reckoned(gross="14", fees="2.95", tax="8.27"),  # by the rule
        "P4": reckoned(gross="1200", fees="240", tax="8.27"),
        "P5": reckoned(tax="8.27"),
    }
    order = Order.objects.get(number="P1")
    assert (order.channel.code, order.customer.name, order.customer.postcode) == ("poshmark", "anna_b", "28164")
    assert order.ordered_at == datetime(2025, 1, 15, 5, tzinfo=UTC)  # midnight in New York
    assert Order.objects.filter(customer=order.customer).count() == 4


def test_the_older_generation_is_the_same_report(intake: Intake, sheet: Callable[..., Path]) -> None:
    row = sale()
    row["Net Earnings"] = row.pop("Your Earnings")
    header = HEADER.replace("Your Earnings", "Net Earnings")
    assert intake(sheet(header, row)).counts == {"rows": 1, "new": 1}
    assert intake(sheet(HEADER, sale())).counts == {"rows": 1, "known": 1}
    assert ledger() == {"P1": reckoned(gross="110", fees="22", tax="8.27")}


def test_pieces_of_a_bundle_are_lines_of_one_order(intake: Intake, sheet: Callable[..., Path]) -> None:
    bundle = {"Bundle Order?": "Y"}
    second = sale(**bundle | {"Listing Title": "Silk scarf", "Order Price": "$40.00", "Your Earnings": "$32.00"})
    path = sheet(HEADER, sale(**bundle), second, second)
    assert intake(path).counts == {"rows": 3, "new": 2, "known": 1}
    assert ledger() == {"P1": reckoned(gross="150", fees="30", tax="16.54")}
    assert (Order.objects.get().note, OrderLine.objects.count()) == ("Bundle", 2)
    assert intake(path).counts == {"rows": 3, "known": 3}


def test_a_piece_found_by_its_sku_tells_days_to_sell(
    intake: Intake, sheet: Callable[..., Path], piece: Callable[..., Product]
) -> None:
    pouch = piece("PR-1", listed=False)
    intake(sheet(HEADER, sale(SKU="PR-1", **{"Cost Price": "$30.00"})))
    pouch.refresh_from_db()
    assert (pouch.status, pouch.days_to_sell) == ("sold", 26)  # 20 December to 15 January
    line = OrderLine.objects.get()
    assert (line.product, line.cost) == (pouch, Decimal(100))  # our own cost, not the file's
    assert not UnmatchedLine.objects.exists()


def test_earnings_and_costs_that_come_later_change_the_sale_once(intake: Intake, sheet: Callable[..., Path]) -> None:
    intake(sheet(HEADER, sale()))
    later = sheet(HEADER, sale(**{"Cost Price": "$30.00", "Your Earnings": "$85.50"}))
    assert intake(later).counts == {"rows": 1, "changed": 1}
    assert ledger() == {"P1": reckoned(gross="110", fees="24.50", cost="30", tax="8.27")}
    assert intake(later).counts == {"rows": 1, "known": 1}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Order Price", "free"),
        ("Order Price", "-$3.00"),
        ("Order Date", "2025/01/15"),
        ("Order Date", "13/45/2025"),
        ("Listing Date", "yesterday"),
        ("Your Earnings", "$111.00"),
        ("Order Id", ""),
        ("Listing Title", ""),
    ],
)
def test_a_wrong_cell_is_named_and_its_neighbour_goes_in(
    intake: Intake, sheet: Callable[..., Path], column: str, value: str
) -> None:
    run = intake(sheet(HEADER, sale("P1", **{column: value}), sale("P2"), before=PREAMBLE))
    assert run.counts == {"rows": 2, "new": 1, "rejected": 1}
    refusal = run.batch.rejections.get()
    assert (refusal.row, refusal.column, refusal.value) == (5, column, value)
    assert refusal.reason


def test_the_real_sample(intake: Intake, real_data: Path) -> None:
    folder = real_data / "marketplace-exports"
    expected: Any = json.loads((folder / "expected.json").read_text())["expected"]["poshmark"]
    run = intake(folder / "poshmark_sales_report.csv")
    assert run.counts == {"rows": expected["rows"], "new": expected["rows"]}
    sums = OrderLine.objects.aggregate(gross=Sum("gross"), fees=Sum("fees"))
    assert sums["gross"] == Decimal(expected["order_price"])
    assert sums["fees"] == Decimal(expected["fees"])
    assert sums["gross"] - sums["fees"] == Decimal(expected["earnings"])
    assert UnmatchedLine.objects.filter(listed_at__isnull=False).count() == 3
    assert intake(folder / "poshmark_sales_report.csv").counts == {"rows": 3, "known": 3}


@pytest.mark.parametrize("name", ["poshmark_sales_report_v2019", "poshmark_sales_report_v2025"])
def test_the_real_headers(intake: Intake, sheet: Callable[..., Path], real_data: Path, name: str) -> None:
    header = (real_data / "headers" / f"{name}.header.csv").read_text().strip()
    row = {column: value for column, value in sale().items() if column in header.split(",")}
    if "Your Earnings" not in row:
        row["Net Earnings"] = "$88.00"
    assert intake(sheet(header, row)).counts == {"rows": 1, "new": 1}
