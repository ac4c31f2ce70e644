"""eBay's transactions, rows of our own against a ledger reckoned by hand: the header is all that was seen of it."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum

from sales.models import Adjustment, Channel, FeeRule, MarketplaceLine, Order, Payout, Refund
from tests.intake.conftest import Run
from tests.intake.marketplace.conftest import ledger, reckoned

Intake = Callable[..., Run]
ORDERS = (
    "Order Number,Buyer Username,Item Number,Item Title,Quantity,Sold For,Shipping And Handling,eBay Collected Tax,"
    "Total Price,Sale Date,Paid On Date"
)
HEADER = (
    "Transaction creation date,Type,Order number,Legacy order ID,Buyer username,Buyer name,Ship to city,"
    "Ship to province/region/state,Ship to zip,Ship to country,Net amount,Payout currency,Payout date,Payout ID,"
    "Payout method,Payout status,Reason for hold,Item ID,Transaction ID,Item title,Custom label,Quantity,Item subtotal,"
    "Shipping and handling,Seller collected tax,eBay collected tax,Final Value Fee - fixed,Final Value Fee - variable,"
    'Regulatory operating fee,"Very high ""item not as described"" fee",Below standard performance fee,'
    "International fee,Charity donation,Deposit processing fee,Gross transaction amount,Transaction currency,"
    "Exchange rate,Reference ID,Description"
)
NAMES = ("Type", "Order number", "Net amount", "Item subtotal", "Shipping and handling", "Final Value Fee - fixed",
         "Final Value Fee - variable", "International fee", "Gross transaction amount", "Transaction ID",
         "Description")  # fmt: skip
TABLE = """
Order          |01-1|181.60 |200.00 |10.00|-0.40|-26.00|-2.00|210.00 |t1 |
Order          |01-2|64.97  |75.00  |--   |-0.30|-9.73 |--   |75.00  |t2 |
Order          |01-3|130.35 |150.00 |--   |-0.40|-19.25|--   |150.00 |t3 |
Order          |01-3|--     |80.00  |--   |--   |--    |--   |80.00  |t3a|
Order          |01-3|--     |70.00  |--   |--   |--    |--   |70.00  |t3b|
Order          |01-4|43.35  |50.00  |--   |-0.30|-6.35 |--   |50.00  |t4 |
Order          |01-5|0.00   |0.00   |--   |--   |--    |--   |0.00   |t5 |
Refund         |01-2|-64.97 |-75.00 |--   |0.30 |9.73  |--   |-75.00 |t6 |
Refund         |01-3|-17.41 |-20.00 |--   |--   |2.59  |--   |-20.00 |t7 |
Refund         |01-3|-8.71  |-10.00 |--   |--   |1.29  |--   |-10.00 |t8 |
Claim          |01-4|-50.00 |--     |--   |--   |--    |--   |-50.00 |t9 |Not received
Shipping label |01-1|-8.15  |--     |--   |--   |--    |--   |-8.15  |t10|USPS
Shipping label |01-1|1.15   |--     |--   |--   |--    |--   |1.15   |t11|USPS, adjusted
Other fee      |--  |-21.95 |--     |--   |--   |--    |--   |-21.95 |t12|Store subscription
Other fee      |01-1|-4.00  |--     |--   |--   |--    |--   |-4.00  |t13|Promoted listing
Hold           |01-1|-181.60|--     |--   |--   |--    |--   |-181.60|t14|
Adjustment     |--  |5.00   |--     |--   |--   |--    |--   |5.00   |t15|Goodwill of eBay
Payout         |--  |-240.00|--     |--   |--   |--    |--   |-240.00|t16|To the bank
Transfer       |--  |12.00  |--     |--   |--   |--    |--   |12.00  |t17|From the bank
Payment dispute|01-4|50.00  |--     |--   |--   |--    |--   |50.00  |t18|Won
"""


def orders(*, without: str = "") -> list[dict[str, str]]:
    prices = {"01-1": ("200.00", "10.00"), "01-2": ("75.00", ""), "01-3": ("150.00", ""), "01-4": ("50.00", "")}
    prices |= {"01-5": ("0.00", "")}
    return [
        {
            "Order Number": number,
            "Buyer Username": "anna_b",
            "Item Number": "2",
            "Item Title": "Bag",
            "Quantity": "1",
            "Sold For": price,
            "Shipping And Handling": shipping,
            "Total Price": f"{Decimal(price) + Decimal(shipping or 0)}",
            "Sale Date": "Jan 4, 2026",
            "Paid On Date": "Jan 4, 2026",
        }
        for number, (price, shipping) in prices.items()
        if number != without
    ]


def rows(table: str = TABLE) -> list[dict[str, str]]:
    found = []
    for line in table.strip().splitlines():
        row = dict(zip(NAMES, (cell.strip() for cell in line.split("|")), strict=True))
        row |= {"Transaction creation date": "Jan 7, 2026", "Payout currency": "USD", "Seller collected tax": "--"}
        found.append(row | {"Payout ID": "6655", "Item title": "Bag"})
    return found


EXPECTED = {
    "01-1": reckoned(gross="200", fees="39.40", shipping="10"),  # 28.40 of eBay, 7.00 of postage, 4.00 of promotion
    "01-2": reckoned(gross="75", fees="10.03", refunded="75"),
    "01-3": reckoned(gross="150", fees="19.65", refunded="30"),
    "01-4": reckoned(gross="50", fees="6.65", refunded="50"),
    "01-5": reckoned(),
}


def test_twenty_rows_come_to_the_ledger_reckoned_by_hand(intake: Intake, sheet: Callable[..., Path]) -> None:
    intake(sheet(ORDERS, *orders()))
    path = sheet(HEADER, *rows(), before="\n", after='20,"record(s) downloaded"\nSeller ID : lace\n')
    run = intake(path)
    assert (run.counts, run.error) == ({"rows": 20, "new": 17, "ignored": 3}, "")
    assert ledger() == EXPECTED
    assert Refund.objects.aggregate(sum=Sum("fees_returned"))["sum"] == Decimal("13.91")  # 10.03 + 2.59 + 1.29
    entries = Adjustment.objects.order_by("id").values_list("amount", "fees")
    assert list(entries) == [(0, Decimal("21.95")), (Decimal(5), 0), (Decimal(50), 0)]
    assert list(Payout.objects.order_by("id").values_list("amount", flat=True)) == [240, -12]
    assert Payout.objects.filter(reference="6655").count() == 1
    moved = sum(Decimal(row["Net amount"]) for row in rows() if row["Net amount"] != "--" and row["Type"] != "Hold")
    assert MarketplaceLine.objects.aggregate(sum=Sum("amount"))["sum"] == moved
    assert intake(path).counts == {"rows": 20, "known": 17, "ignored": 3}
    assert ledger() == EXPECTED


def test_fees_are_settled_when_the_orders_come_later_and_refunds_wait_for_them(
    intake: Intake, sheet: Callable[..., Path]
) -> None:
    path = sheet(HEADER, *rows())
    run = intake(path)
    assert run.counts == {"rows": 20, "new": 13, "ignored": 3, "conflicts": 4}
    assert {r.column for r in run.batch.rejections.all()} == {"Order number"}
    assert "import the orders" in run.batch.rejections.first().reason
    assert "found their orders" in intake(sheet(ORDERS, *orders(), name="orders.csv")).output
    assert intake(path).counts == {"rows": 20, "new": 4, "known": 13, "ignored": 3}
    assert ledger() == EXPECTED


def test_orders_told_again_leave_settled_fees_alone(intake: Intake, sheet: Callable[..., Path]) -> None:
    channel = Channel.objects.create(code="ebay", name="eBay")
    FeeRule.objects.create(channel=channel, kind="commission", rate="0.10", valid_from="2025-01-01")
    first = sheet(ORDERS, *orders(), name="orders.csv")
    intake(first)
    assert ledger()["01-1"]["fees"] == 20
    intake(sheet(HEADER, *rows()))
    assert intake(first).counts == {"rows": 5, "known": 5}
    assert ledger() == EXPECTED
    assert Order.objects.count() == 5


@pytest.mark.parametrize(
    ("more", "column"),
    [
        ({"Type": "Riddle"}, "Type"),
        ({"Net amount": "some"}, "Net amount"),
        ({"Order number": "--"}, "Order number"),
        ({"Payout currency": "EUR"}, "Payout currency"),
        ({"Seller collected tax": "4.00"}, "Seller collected tax"),
        ({"Transaction creation date": "Smarch 1, 2026"}, "Transaction creation date"),
        ({"Type": "Refund", "Net amount": "-5.00", "Item subtotal": "--", "Gross transaction amount": "--"},
         "Item subtotal"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named(intake: Intake, sheet: Callable[..., Path], more: dict[str, str], column: str) -> None:
    run = intake(sheet(HEADER, rows()[0] | more, rows()[1]))
    assert run.counts == {"rows": 2, "new": 1, "rejected": 1}
    assert (run.batch.rejections.get().row, run.batch.rejections.get().column) == (2, column)


def test_the_real_header(intake: Intake, sheet: Callable[..., Path], real_data: Path) -> None:
    header = (real_data / "headers" / "ebay_transaction_report.header.csv").read_text().strip()
    assert header == HEADER
    assert intake(sheet(header, *rows()[:7])).counts == {"rows": 7, "new": 5, "ignored": 2}
