"""The marketplace's ledger settles what the orders left open."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum

from sales.formats.whatnot_orders import whatnot
from sales.models import Adjustment, MarketplaceLine, Order, OrderLine, Payout
from sales.services import SaleLine, record_sale
from tests.intake.conftest import Run

Intake = Callable[..., Run]
Ledger = Callable[..., Path]
HEADER = '"Created Date","Amount","Listing ID","Order ID","Message","Status","Transaction Type","Completed Date"'
EARNED = (
    '"Jun 12, 2026, 10:14:57 AM","$1,379.04","77","900001","Earnings for selling a Kelly 28 #1","processing","SALES",""'
)
GIVEAWAY = (
    '"Jun 12, 2026, 10:14:56 AM","-$0.78","78","999","Charged deduction of $0.78 for giveaway order OrdGift000001",'
    '"completed","SALES","Jun 12, 2026, 10:14:56 AM"'
)
BONUS = (
    '"Jun 10, 2026, 12:00:41 AM","$1,400.00","","","Match Bonus","completed","ADJUSTMENT","Jun 10, 2026, 1:00:41 AM"'
)
TIP = '"Jun 8, 2026, 10:55:32 PM","$1.00","","","Received a tip","completed","TIP","Jun 11, 2026, 11:20:45 PM"'
PAYOUT = (
    '"Jun 15, 2026, 1:00:00 PM","-$2,000.00","","","Payout to bank","completed","PAYOUT","Jun 15, 2026, 1:00:00 PM"'
)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    def write(*lines: str) -> Path:
        path = tmp_path / "ledger.csv"
        path.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
        return path

    return write


def sold(number: str, reference: str, *prices: str) -> Order:
    return record_sale(
        channel=whatnot(),
        lines=[SaleLine(unit_price=Decimal(price), description=f"Piece {price}") for price in prices],
        number=number,
        reference=reference,
    )


def fees(number: str) -> list[Decimal]:
    return list(OrderLine.objects.filter(order__number=number).order_by("id").values_list("fees", flat=True))


@pytest.mark.usefixtures("true_books")
def test_what_is_missing_from_the_earnings_is_the_fee_spread_over_the_lines(intake: Intake, ledger: Ledger) -> None:
    sold("OrdKelly00001", "900001", "1000.00", "500.00")
    run = intake(ledger(EARNED))
    assert (run.counts, run.error) == ({"rows": 1, "new": 1}, "")
    # 1500.00 − 1379.04 = 120.96, two thirds and one third
    assert fees("OrdKelly00001") == [Decimal("80.64"), Decimal("40.32")]
    line = MarketplaceLine.objects.get()
    assert (line.kind, line.amount, line.order.number) == ("earnings", Decimal("1379.04"), "OrdKelly00001")
    assert line.created_on_marketplace_at == datetime(2026, 6, 12, 10, 14, 57, tzinfo=UTC)


def test_a_giveaways_charge_finds_its_order_by_the_message(intake: Intake, ledger: Ledger) -> None:
    sold("OrdGift000001", "900003", "0.00")
    intake(ledger(GIVEAWAY))
    assert fees("OrdGift000001") == [Decimal("0.78")]


def test_bonuses_and_tips_are_adjustments_and_a_payout_is_no_income(intake: Intake, ledger: Ledger) -> None:
    intake(ledger(BONUS, TIP, PAYOUT))
    entries = Adjustment.objects.order_by("amount").values_list("amount", "description")
    assert list(entries) == [
        (Decimal(1), "TIP: Received a tip"),
        (Decimal(1400), "ADJUSTMENT: Match Bonus"),
    ]
    assert Adjustment.objects.latest("adjusted_at").adjusted_at == datetime(2026, 6, 10, 0, 0, 41, tzinfo=UTC)
    assert Payout.objects.get().amount == Decimal(2000)
    assert MarketplaceLine.objects.count() == 3


def test_the_same_ledger_again_changes_nothing(intake: Intake, ledger: Ledger) -> None:
    sold("OrdKelly00001", "900001", "1500.00")
    sold("OrdGift000001", "900003", "0.00")
    path = ledger(EARNED, GIVEAWAY, BONUS, TIP, TIP, PAYOUT)
    assert intake(path).counts == {"rows": 6, "new": 6}
    assert intake(path).counts == {"rows": 6, "known": 6}
    assert fees("OrdKelly00001") == [Decimal("120.96")]
    assert fees("OrdGift000001") == [Decimal("0.78")]
    assert Adjustment.objects.filter(description__startswith="TIP").count() == 2
    assert Payout.objects.count() == 1


def test_a_line_that_completes_is_changed_and_nothing_is_booked_again(intake: Intake, ledger: Ledger) -> None:
    sold("OrdKelly00001", "900001", "1500.00")
    intake(ledger(EARNED))
    done = EARNED.replace('"processing"', '"completed"').replace('"SALES",""', '"SALES","Jun 14, 2026, 9:00:00 AM"')
    assert intake(ledger(done)).counts == {"rows": 1, "changed": 1}
    line = MarketplaceLine.objects.get()
    assert (line.status, line.completed_at) == ("completed", datetime(2026, 6, 14, 9, tzinfo=UTC))
    assert fees("OrdKelly00001") == [Decimal("120.96")]


def test_lines_before_their_orders_are_kept_listed_and_settled_when_these_come(
    intake: Intake, ledger: Ledger, tmp_path: Path
) -> None:
    run = intake(ledger(EARNED, GIVEAWAY))
    assert "2 lines belong to orders that are not here yet: 900001, OrdGift000001" in run.output
    assert MarketplaceLine.objects.filter(order=None).count() == 2
    show = tmp_path / "show.csv"
    show.write_text(
        "order_id,order_numeric_id,buyer_username,product_name,product_quantity,original_item_price,placed_at,"
        "cancelled_or_failed,shipment_id\n"
        "OrdKelly00001,900001,anna,Kelly 28 #1,1,1500.0,2026-06-11 04:29:36,,1\n"
        "OrdGift000001,900003,berta,Gift #1,1,0.0,2026-06-11 04:31:00,,2\n"
    )
    assert "2 lines of the marketplace's ledger found their orders" in intake(show).output
    assert fees("OrdKelly00001") == [Decimal("120.96")]
    assert fees("OrdGift000001") == [Decimal("0.78")]
    assert not MarketplaceLine.objects.filter(order=None).exists()


def test_a_charge_comes_on_top_of_what_the_earnings_left(intake: Intake, ledger: Ledger) -> None:
    sold("OrdGift000001", "900001", "1500.00")
    intake(ledger(EARNED, GIVEAWAY))
    assert fees("OrdGift000001") == [Decimal("121.74")]


def test_what_we_do_not_know_how_to_book_is_rejected_with_its_reason(intake: Intake, ledger: Ledger) -> None:
    run = intake(
        ledger(
            EARNED.replace("$1,379.04", "-$1,379.04"),
            EARNED.replace('"SALES"', '"SURPRISE"'),
            EARNED.replace("$1,379.04", "1.379,04"),
            EARNED.replace("Jun 12", "Juin 12"),
            EARNED.replace("10:14:57 AM", "25:14:57 AM"),
            EARNED.replace('"900001"', '""'),
        )
    )
    assert run.counts == {"rows": 6, "rejected": 6}
    columns = [r.column for r in run.batch.rejections.order_by("row")]
    assert columns == ["Message", "Transaction Type", "Amount", "Created Date", "Created Date", "Order ID"]


def test_a_line_that_was_void_from_the_start_is_no_entry_and_one_that_became_so_is_shown(
    intake: Intake, ledger: Ledger
) -> None:
    assert intake(ledger(BONUS.replace("completed", "cancelled"))).counts == {"rows": 1, "ignored": 1}
    intake(ledger(BONUS))
    assert intake(ledger(BONUS.replace("completed", "cancelled"))).counts == {"rows": 1, "conflicts": 1}


def test_the_marketplaces_own_sample(intake: Intake, real_data: Path) -> None:
    folder = real_data / "marketplace-exports"
    expected = json.loads((folder / "expected.json").read_text())["expected"]["whatnot_ledger"]
    assert intake(folder / "whatnot_ledger.csv").counts == {"rows": expected["rows"], "new": expected["rows"]}
    assert MarketplaceLine.objects.aggregate(sum=Sum("amount"))["sum"] == Decimal(expected["sum"])
    intake(folder / "whatnot_show.csv")
    assert fees("Tst0001aBcDeFgHiJkLm") == [Decimal("32.96")]  # 412.00 − 379.04
    assert fees("Tst0004aBcDeFgHiJkLm") == [Decimal("0.78")]
