"""Whatnot's financial report, rows of our own against a ledger reckoned by hand: the header is all that was seen."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum

from sales.models import Adjustment, MarketplaceLine, Payout, Refund
from tests.intake.conftest import Run
from tests.intake.marketplace.conftest import ledger, reckoned

Intake = Callable[..., Run]
ORDERS = (
    "order_id,order_numeric_id,buyer_username,product_name,product_quantity,original_item_price,placed_at,"
    "cancelled_or_failed,shipment_id"
)
LEDGER = "Created Date,Amount,Listing ID,Order ID,Message,Status,Transaction Type,Completed Date"
HEADER = (
    "transaction_completed_at_utc,order_placed_at_utc,seller_id,transaction_type,transaction_message,order_id,"
    "listing_title,listing_description,product_category,buy_format,sale_type,quantity_sold,sku,cost_of_goods,"
    "livestream_id,livestream_title,buyer_name,buyer_state,buyer_country,shipment_id,transaction_currency,"
    "transaction_amount,buyer_paid,original_item_price,coupon_cost,post_coupon_price,seller_shipping_charge,"
    "commission_fee,commission_tax,processing_fee,processing_fee_tax,ledger_transaction_id"
)
NAMES = ("transaction_type", "order_id", "transaction_amount", "original_item_price", "post_coupon_price",
         "seller_shipping_charge", "commission_fee", "processing_fee", "ledger_transaction_id",
         "transaction_currency")  # fmt: skip
TABLE = """
SALES        |1001|375.02 |412.00|412.00|    |24.72 |12.26|L1 |USD
SALES        |1002|352.00 |388.00|388.00|    |-24.20|-11.80|L2|USD
SALES        |1003|85.00  |95.00 |95.00 |0.78|6.00  |3.22 |L3 |USD
SALES        |1004|128.50 |150.00|140.00|    |7.50  |4.00 |L4 |USD
SALES        |1005|44.75  |50.00 |50.00 |    |3.50  |1.75 |L5 |usd
SALES        |1006|0.00   |0.00  |0.00  |    |0.00  |0.00 |L6 |USD
GIVEAWAY     |1006|-5.10  |0.00  |0.00  |    |      |     |L7 |USD
ORDER_REFUND |1005|-44.75 |50.00 |50.00 |    |3.50  |1.75 |L8 |USD
ORDER_REFUND |1004|-20.00 |20.00 |20.00 |    |      |     |L9 |USD
SHIPPING     |1001|-8.15  |      |      |    |      |     |L10|USD
SHIPPING     |1001|-2.00  |      |      |    |      |     |L11|USD
TIP          |    |1.00   |      |      |    |      |     |L12|USD
PAYOUT       |    |-900.00|      |      |    |      |     |L13|USD
ADJUSTMENT   |    |50.00  |      |      |    |      |     |L14|USD
SALES        |1001|375.02 |412.00|412.00|    |24.72 |12.26|L1 |USD
"""
WRONG = """
SALES        |1002|388.00 |388.00|388.00|    |24.20 |11.80|L20|USD
SALES        |1002|352.00 |388.00|388.00|    |24.20 |11.80|L21|EUR
ORDER_REFUND |1002|-352.00|      |      |    |24.20 |11.80|L22|USD
             |1002|352.00 |388.00|388.00|    |24.20 |11.80|L23|USD
SALES        |1002|dear   |388.00|388.00|    |24.20 |11.80|L24|USD
"""
EXPECTED = {
    "Ord1001": reckoned(gross="412", fees="47.13"),  # 36.98 of Whatnot, 10.15 of postage
    "Ord1002": reckoned(gross="388", fees="36.00"),
    "Ord1003": reckoned(gross="95", fees="10.00"),
    "Ord1004": reckoned(gross="150", fees="21.50", refunded="20"),
    "Ord1005": reckoned(gross="50", fees="5.25", refunded="50"),
    "Ord1006": reckoned(fees="5.10"),
}


def rows(table: str) -> list[dict[str, str]]:
    found = []
    for line in table.strip("\n").splitlines():
        row = dict(zip(NAMES, (cell.strip() for cell in line.split("|")), strict=True))
        found.append(row | {"transaction_completed_at_utc": "2025-06-13 10:00:00", "listing_title": "Bag"})
    return found


def orders() -> list[dict[str, str]]:
    prices = {"1001": "412.0", "1002": "388.0", "1003": "95.0", "1004": "150.0", "1005": "50.0", "1006": "0.0"}
    cells = "Ord{0},{0},anna_b,Bag #{0},1,{1},2025-06-11 04:30:00,,77{0}"
    return [
        dict(zip(ORDERS.split(","), cells.format(number, price).split(","), strict=True))
        for number, price in prices.items()
    ]


@pytest.fixture
def show(intake: Intake, sheet: Callable[..., Path]) -> Callable[[], Run]:
    return lambda: intake(sheet(ORDERS, *orders(), name="show.csv"))


def test_twenty_rows_come_to_the_ledger_reckoned_by_hand(
    intake: Intake, sheet: Callable[..., Path], show: Callable[[], Run]
) -> None:
    show()
    path = sheet(HEADER, *rows(TABLE), *rows(WRONG))
    assert intake(path).counts == {"rows": 20, "new": 11, "known": 1, "ignored": 3, "rejected": 5}
    assert ledger() == EXPECTED


def test_the_same_report_again_changes_nothing(
    intake: Intake, sheet: Callable[..., Path], show: Callable[[], Run]
) -> None:
    show()
    path = sheet(HEADER, *rows(TABLE)[:-1])
    assert intake(path).counts == {"rows": 14, "new": 11, "ignored": 3}
    assert ledger() == EXPECTED
    assert Refund.objects.aggregate(sum=Sum("fees_returned"))["sum"] == Decimal("5.25")
    assert not Adjustment.objects.exists()
    assert not Payout.objects.exists()
    assert intake(path).counts == {"rows": 14, "known": 11, "ignored": 3}
    assert ledger() == EXPECTED
    line = MarketplaceLine.objects.get(listing_reference="L3")
    assert line.message == "Bag; seller shipping charge 0.78; commission fee 6.00; processing fee 3.22"


def told_by_ledger() -> dict[str, str]:
    row = {"Created Date": "Jun 13, 2025, 10:14:57 AM", "Amount": "$375.02", "Order ID": "1001", "Status": "completed"}
    return row | {"Message": "Earnings for selling a Bag", "Transaction Type": "SALES"}


@pytest.mark.parametrize("order_first", [True, False])
@pytest.mark.parametrize("ledger_first", [True, False])
def test_two_reports_tell_the_same_earnings_once(
    intake: Intake, sheet: Callable[..., Path], show: Callable[[], Run], ledger_first: bool, order_first: bool
) -> None:
    if order_first:
        show()
    files = [sheet(LEDGER, told_by_ledger(), name="ledger.csv"), sheet(HEADER, rows(TABLE)[0], name="report.csv")]
    first, second = files if ledger_first else reversed(files)
    assert intake(first).counts == {"rows": 1, "new": 1}
    assert intake(second).counts == {"rows": 1, "known": 1}
    if not order_first:
        show()
    assert ledger()["Ord1001"]["fees"] == Decimal("36.98")


def test_reports_that_name_an_order_by_different_numbers_are_settled_once(
    intake: Intake, sheet: Callable[..., Path], show: Callable[[], Run]
) -> None:
    intake(sheet(LEDGER, told_by_ledger(), name="ledger.csv"))
    intake(sheet(HEADER, rows(TABLE)[0] | {"order_id": "Ord1001"}, name="report.csv"))
    show()
    assert ledger()["Ord1001"]["fees"] == Decimal("36.98")


def test_wrong_rows_are_named(intake: Intake, sheet: Callable[..., Path], show: Callable[[], Run]) -> None:
    show()
    run = intake(sheet(HEADER, *rows(WRONG)))
    assert [(r.row, r.column, r.value) for r in run.batch.rejections.order_by("row")] == [
        (2, "transaction_amount", "388.00"),
        (3, "transaction_currency", "EUR"),
        (4, "original_item_price", ""),
        (5, "transaction_type", ""),
        (6, "transaction_amount", "dear"),
    ]


def test_the_real_header(intake: Intake, sheet: Callable[..., Path], real_data: Path) -> None:
    header = (real_data / "headers" / "whatnot_financial_report.header.csv").read_text().strip()
    assert header == HEADER
    assert intake(sheet(header, *rows(TABLE)[:6])).counts == {"rows": 6, "new": 6}
