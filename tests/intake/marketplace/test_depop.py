"""Depop's sales, twenty rows of our own against a ledger reckoned by hand: the header is all that was seen of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from sales.models import Order, Refund, UnmatchedLine
from tests.intake.conftest import Run
from tests.intake.marketplace.conftest import ledger, reckoned

Intake = Callable[..., Run]
HEADER = (
    "Date of sale,Time of sale,Date of listing,Bundle,Bundle - amount of items,Buyer,Brand,Description,Size,Item price,"
    "Buyer shipping cost,Total,USPS Cost,Depop fee,Depop Payments fee,Buyer Marketplace Fee,Boosting fee,Payment type,"
    "Estimated payout date,Payout arrival date,Category,Name,Address Line 1,Address Line 2,City,State,Post Code,"
    "Country,US Sales tax,Refunded to buyer amount,Fees refunded to seller"
)
NAMES = (
    "Buyer", "Date of sale", "Time of sale", "Item price", "Buyer shipping cost", "USPS Cost", "Depop fee",
    "Depop Payments fee", "Boosting fee", "US Sales tax", "Refunded to buyer amount", "Fees refunded to seller",
    "Bundle", "Description",
)  # fmt: skip
TABLE = """
anna  |01/05/2025|10:00   |$120.00|$6.00|N/A  |$12.00|$4.45|N/A  |$8.00|$0.00  |$0.00 |No |Prada pouch
berta |01/05/2025|10:00   |80.00  |5.00 |5.00 |8.00  |3.25 |0.00 |0.00 |0.00   |0.00  |No |Silk scarf
carla |01/06/2025|2:05 PM |$50.00 |$0.00|$0.00|$5.00 |$2.10|$4.00|$3.10|$0.00  |$0.00 |No |Charm
dora  |01/06/2025|14:05:30|$0.00  |$5.00|$5.00|$0.00 |$0.00|N/A  |$0.00|$0.00  |$0.00 |No |Gift card
emma  |01/07/2025|09:00   |$40.00 |$5.00|N/A  |$4.00 |$1.75|N/A  |$2.00|$0.00  |$0.00 |Yes|Belt
emma  |01/07/2025|09:00   |$60.00 |$0.00|N/A  |$6.00 |$2.25|N/A  |$3.00|$0.00  |$0.00 |Yes|Gloves
emma  |01/07/2025|09:00   |$20.00 |$0.00|N/A  |$2.00 |$0.95|N/A  |$1.00|$0.00  |$0.00 |Yes|Key ring
emma  |01/08/2025|09:00   |$40.00 |$5.00|N/A  |$4.00 |$1.75|N/A  |$2.00|$0.00  |$0.00 |No |Belt
fay   |01/09/2025|12:00 AM|$99.99 |$0.00|N/A  |$10.00|$3.55|N/A  |$0.00|$99.99 |$13.55|No |Clutch
gina  |01/09/2025|12:30 PM|$90.00 |$9.00|N/A  |$9.00 |$3.40|N/A  |$7.20|-$106.20|-$12.40|No|Wallet
hanna |02/10/2025|08:15   |$70.00 |$0.00|N/A  |$7.00 |$2.55|N/A  |$0.00|$20.00 |$2.00 |No |Hat
ines  |02/11/2025|08:15   |$1,250.00|$0.00|$12.50|$125.00|$41.70|$50.00|$0.00|$0.00|$0.00|No|Kelly wallet
jana  |03/09/2025|01:59   |$10.00 |$3.00|N/A  |$1.00 |$0.90|N/A  |$0.00|$0.00  |$0.00 |No |Pin
kara  |03/09/2025|03:00   |$10.00 |$3.00|N/A  |$1.00 |$0.90|N/A  |$0.00|$0.00  |$0.00 |No |Pin
"""
WRONG = """
lena  |31/12/2024|10:00   |$10.00 |$3.00|N/A  |$1.00 |$0.90|N/A  |$0.00|$0.00  |$0.00 |No |Pin
      |01/05/2025|10:00   |$10.00 |$3.00|N/A  |$1.00 |$0.90|N/A  |$0.00|$0.00  |$0.00 |No |Pin
mara  |01/05/2025|noon    |$10.00 |$3.00|N/A  |$1.00 |$0.90|N/A  |$0.00|$0.00  |$0.00 |No |Pin
nora  |01/05/2025|10:00   |£10.00 |$3.00|N/A  |$1.00 |$0.90|N/A  |$0.00|$0.00  |$0.00 |No |Pin
olga  |01/05/2025|10:00   |$10.00 |$3.00|N/A  |$1.00 |$0.90|N/A  |$0.00|$0.00  |$0.00 |Yes|Pin
olga  |01/05/2025|10:00   |$10.00 |$3.00|N/A  |much  |$0.90|N/A  |$0.00|$0.00  |$0.00 |Yes|Ring
"""


def rows(table: str) -> list[dict[str, str]]:
    found = []
    for line in table.strip().splitlines():
        row = dict(zip(NAMES, (cell.strip() for cell in line.split("|")), strict=True))
        found.append(row | {"Date of listing": "12/01/2024", "Name": row["Buyer"].title(), "Country": "United States"})
    return found


def test_twenty_rows_come_to_the_ledger_reckoned_by_hand(intake: Intake, sheet: Callable[..., Path]) -> None:
    path = sheet(HEADER, *rows(TABLE), *rows(WRONG), after="Totals,,,,,,,,,$2600.00\n")
    run = intake(path)
    assert run.counts == {"rows": 20, "new": 14, "rejected": 6}
    assert ledger() == {
        "anna 01/05/2025 10:00": reckoned(gross="120", fees="16.45", shipping="6", tax="8"),
        "berta 01/05/2025 10:00": reckoned(gross="80", fees="16.25", shipping="5"),
        "carla 01/06/2025 2:05 PM": reckoned(gross="50", fees="11.10", tax="3.10"),
        "dora 01/06/2025 14:05:30": reckoned(fees="5", shipping="5"),
        "emma 01/07/2025 09:00": reckoned(gross="120", fees="16.95", shipping="5", tax="6"),
        "emma 01/08/2025 09:00": reckoned(gross="40", fees="5.75", shipping="5", tax="2"),
        "fay 01/09/2025 12:00 AM": reckoned(gross="99.99", fees="13.55", refunded="99.99"),
        "gina 01/09/2025 12:30 PM": reckoned(gross="90", fees="12.40", refunded="90", shipping="9", tax="7.20"),
        "hanna 02/10/2025 08:15": reckoned(gross="70", fees="9.55", refunded="20"),
        "ines 02/11/2025 08:15": reckoned(gross="1250", fees="229.20"),
        "jana 03/09/2025 01:59": reckoned(gross="10", fees="1.90", shipping="3"),
        "kara 03/09/2025 03:00": reckoned(gross="10", fees="1.90", shipping="3"),
    }
    returned = dict(Refund.objects.values_list("order__customer__name", "fees_returned"))
    assert returned == {"Fay": Decimal("13.55"), "Gina": Decimal("12.40"), "Hanna": Decimal("2.00")}
    emma = Order.objects.get(number="emma 01/07/2025 09:00")
    assert (emma.lines.count(), emma.note, emma.customer.orders.count()) == (3, "Bundle", 2)
    assert emma.ordered_at == datetime(2025, 1, 7, 14, tzinfo=UTC)
    assert Order.objects.get(number__startswith="carla").ordered_at == datetime(2025, 1, 6, 19, 5, tzinfo=UTC)
    assert UnmatchedLine.objects.filter(listed_at=datetime(2024, 12, 1, 5, tzinfo=UTC)).count() == 14
    assert intake(path).counts == {"rows": 20, "known": 14, "rejected": 6}


def test_wrong_rows_are_named(intake: Intake, sheet: Callable[..., Path]) -> None:
    run = intake(sheet(HEADER, *rows(WRONG)))
    assert [(r.row, r.column, r.value) for r in run.batch.rejections.order_by("row")] == [
        (2, "Date of sale", "31/12/2024"),
        (3, "Buyer", ""),
        (4, "Time of sale", "noon"),
        (5, "Item price", "£10.00"),
        (6, "Buyer", "olga 01/05/2025 10:00"),  # the other row of the bundle is wrong
        (7, "Depop fee", "much"),
    ]


def test_money_given_back_later_is_booked_once(intake: Intake, sheet: Callable[..., Path]) -> None:
    anna = rows(TABLE)[0]
    intake(sheet(HEADER, anna))
    later = sheet(HEADER, anna | {"Refunded to buyer amount": "$30.00", "Fees refunded to seller": "$4.00"})
    assert intake(later).counts == {"rows": 1, "changed": 1}
    assert intake(later).counts == {"rows": 1, "known": 1}
    assert (Refund.objects.get().amount, Refund.objects.get().fees_returned) == (Decimal(30), Decimal(4))


def test_the_real_header(intake: Intake, sheet: Callable[..., Path], real_data: Path) -> None:
    header = (real_data / "headers" / "depop_sales.header.csv").read_text().strip()
    assert header == HEADER
    assert intake(sheet(header, *rows(TABLE))).counts == {"rows": 14, "new": 14}


def test_a_buyer_is_known_again_in_any_case(intake: Intake, sheet: Callable[..., Path]) -> None:
    anna = rows(TABLE)[0]
    again = anna | {"Buyer": "ANNA", "Time of sale": "11:00"}
    intake(sheet(HEADER, anna, again))
    assert len(set(Order.objects.values_list("customer", flat=True))) == 1
