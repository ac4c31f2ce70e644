"""A wholesaler's ledger goes in: small files, sums by hand."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum
from django.utils import timezone

from customers.models import Customer, Handle
from inventory.models import Product, StockMovement
from inventory.services import receive
from lacelux.intake.batches import Busy, begin, discard
from lacelux.intake.models import Batch
from lacelux.intake.plans import make_plan
from lacelux.intake.staging import publish, stage
from sales.models import Adjustment, Order, OrderLine, Refund
from tests.intake.conftest import Run

Intake = Callable[..., Run]
Retail = Callable[..., Path]

LANTERN = "536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom"
HEART = "536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom"
LATER = "536365,84406B,CREAM CUPID HANGER,8,2010-12-01 08:28:00,2.75,17850.0,United Kingdom"
NOBODY = "536366,71053,WHITE METAL LANTERN,1,2010-12-01 08:28:00,3.39,,France"
GIVEN = "536367,22841,ROUND CAKE TIN,1,2010-12-01 09:00:00,0.0,,France"
CANCELLED = "C536379,85123A,WHITE HANGING HEART,-2,2010-12-02 09:41:00,2.55,17850.0,United Kingdom"
LOST = "536589,21777,,-10,2010-12-01 16:50:00,0.0,,United Kingdom"
BAD_DEBT = "A563185,B,Adjust bad debt,1,2011-08-12 14:50:00,-11062.06,,United Kingdom"
ALL = (HEART, LANTERN, LATER, NOBODY, GIVEN, CANCELLED, LOST, BAD_DEBT)


def total(queryset: object, column: str) -> Decimal:
    return queryset.aggregate(sum=Sum(column))["sum"] or Decimal(0)  # type: ignore[attr-defined]


def test_each_kind_of_row_becomes_its_kind_of_entry(intake: Intake, retail: Retail) -> None:
    run = intake(retail("day.csv", *ALL))

    assert run.counts == {"rows": 8, "new": 8}
    # 6×2.55 + 6×3.39 + 8×2.75 + 3.39 + 0.00 = 15.30 + 20.34 + 22.00 + 3.39
    assert total(OrderLine.objects, "gross") == Decimal("61.03")
    refund = Refund.objects.get()
    assert (refund.number, refund.quantity, refund.amount) == ("C536379", 2, Decimal("5.10"))
    assert (refund.order, refund.product.sku, refund.customer.name) == (None, "85123A", "Customer 17850")
    assert refund.refunded_at == datetime(2010, 12, 2, 14, 41, tzinfo=UTC)  # 09:41 in New York
    written_off = Adjustment.objects.get(kind="write_off")
    assert (written_off.quantity, written_off.amount, written_off.number) == (10, 0, "536589")
    bad_debt = Adjustment.objects.get(kind="adjustment")
    assert (bad_debt.amount, bad_debt.quantity) == (Decimal("-11062.06"), 0)
    assert not Order.objects.filter(number__in=["C536379", "536589", "A563185"]).exists()


def test_an_order_starts_with_its_first_line_and_each_line_keeps_its_time(intake: Intake, retail: Retail) -> None:
    intake(retail("day.csv", LATER, HEART))
    order = Order.objects.get()
    assert order.ordered_at == datetime(2010, 12, 1, 13, 26, tzinfo=UTC)
    times = order.lines.order_by("sold_at").values_list("sold_at", flat=True)
    assert [t.minute for t in times] == [26, 28]
    assert (order.country, order.customer.handles.get().value) == ("United Kingdom", "17850")


def test_history_makes_hidden_products_and_moves_no_stock(intake: Intake, retail: Retail) -> None:
    intake(retail("day.csv", HEART))
    product = Product.objects.get()
    assert (product.sku, product.title, product.status) == ("85123A", "WHITE HANGING HEART", "hidden")
    assert (product.is_one_of_one, product.quantity_on_hand, product.quantity_sold) == (False, 0, 0)
    assert not StockMovement.objects.exists()


def test_skus_that_differ_by_case_are_two_products(intake: Intake, retail: Retail) -> None:
    intake(retail("day.csv", HEART, HEART.replace("85123A", "85123a")))
    assert set(Product.objects.values_list("sku", flat=True)) == {"85123A", "85123a"}


def test_the_same_file_again_changes_nothing(intake: Intake, retail: Retail) -> None:
    path = retail("day.csv", *ALL)
    intake(path)
    assert intake(path).counts == {"rows": 8, "known": 8}
    assert (OrderLine.objects.count(), Refund.objects.count(), Adjustment.objects.count()) == (5, 1, 2)
    assert Customer.objects.count() == 1


def test_an_overlapping_file_adds_only_what_is_new(intake: Intake, retail: Retail) -> None:
    intake(retail("one.csv", HEART, LANTERN))
    assert intake(retail("two.csv", LANTERN, LATER)).counts == {"rows": 2, "new": 1, "known": 1}
    assert Order.objects.get().lines.count() == 3


def test_equal_lines_of_one_file_are_real_and_counted_once_over_several_files(intake: Intake, retail: Retail) -> None:
    assert intake(retail("one.csv", HEART, HEART, HEART)).counts == {"rows": 3, "new": 3}
    assert intake(retail("two.csv", HEART, HEART)).counts == {"rows": 2, "known": 2}
    assert intake(retail("a.csv", LANTERN, LANTERN), retail("b.csv", LANTERN)).counts == {
        "rows": 3,
        "new": 2,
        "known": 1,
    }


def test_how_a_number_is_written_does_not_make_it_another_line(intake: Intake, retail: Retail) -> None:
    intake(retail("one.csv", HEART))
    assert intake(retail("two.csv", HEART.replace("2.55", "2.5500"))).counts == {"rows": 1, "known": 1}


def test_three_decimals_are_rounded_once_half_up(intake: Intake, retail: Retail) -> None:
    intake(retail("one.csv", HEART.replace(",6,", ",3,").replace("2.55", "0.335")))  # 1.005
    line = OrderLine.objects.get()
    assert (line.unit_price, line.gross) == (Decimal("0.335"), Decimal("1.01"))


def test_nothing_is_seen_before_publication_and_all_of_it_after(retail: Retail, db: None) -> None:
    plan = make_plan([(retail("day.csv", *ALL), "day.csv")])
    batch = begin(plan, actor=None)
    stage(batch, plan)

    for model in (Order, OrderLine, Refund, Adjustment, Customer, Handle, Product):
        assert not model.objects.exists()
        assert model.staged.exists()
    publish(batch, actor=None)
    assert OrderLine.objects.count() == 5
    assert Product.objects.count() == 6


def test_discarding_takes_everything_back_but_what_was_there_before(intake: Intake, retail: Retail) -> None:
    intake(retail("one.csv", HEART))
    plan = make_plan([(retail("all.csv", *ALL), "all.csv")])
    batch = begin(plan, actor=None)
    stage(batch, plan)
    discard(batch)

    batch.refresh_from_db()
    assert batch.state == Batch.State.DISCARDED
    for model in (Refund, Adjustment):
        assert not model.staged.exists()
    assert OrderLine.staged.get().gross == Decimal("15.30")
    assert (Order.staged.count(), Customer.staged.count(), Product.staged.count()) == (1, 1, 1)


def test_a_product_that_somebody_came_to_use_stays_when_its_import_is_discarded(retail: Retail, db: None) -> None:
    plan = make_plan([(retail("one.csv", HEART), "one.csv")])
    batch = begin(plan, actor=None)
    stage(batch, plan)
    product = Product.staged.get()
    receive(product=product)
    discard(batch)
    assert Product.objects.get() == product


def test_a_waiting_import_keeps_the_next_one_out_and_says_what_to_do(intake: Intake, retail: Retail) -> None:
    plan = make_plan([(retail("one.csv", HEART), "one.csv")])
    waiting = begin(plan, actor=None)
    stage(waiting, plan)

    run = intake(retail("two.csv", LANTERN))
    assert run.batch is None
    assert f"--publish {waiting.pk}" in run.error
    assert f"--discard {waiting.pk}" in run.error
    assert intake(publish=waiting.pk).error == ""
    assert intake(retail("two.csv", LANTERN)).counts == {"rows": 1, "new": 1}


def test_an_import_whose_reader_fell_silent_is_cleared_away(intake: Intake, retail: Retail) -> None:
    plan = make_plan([(retail("one.csv", HEART), "one.csv")])
    silent = begin(plan, actor=None)
    with pytest.raises(Busy):
        begin(plan, actor=None)
    Batch.objects.filter(pk=silent.pk).update(
        process="elsewhere 1", heartbeat_at=timezone.now() - timedelta(seconds=61)
    )
    assert intake(retail("two.csv", LANTERN)).counts == {"rows": 1, "new": 1}
    silent.refresh_from_db()
    assert silent.state == Batch.State.DISCARDED


def test_good_rows_go_in_and_bad_ones_to_a_file(intake: Intake, retail: Retail) -> None:
    formula = HEART.replace("2.55", "=1+1")
    run = intake(retail("day.csv", HEART, formula, LANTERN))

    assert run.counts == {"rows": 3, "new": 2, "rejected": 1}
    assert run.batch.state == Batch.State.PUBLISHED
    assert str(run.batch.rejected_path) in run.error
    with run.batch.rejected_path.open(newline="") as file:
        header, row = csv.reader(file)
    assert header == ["file", "row", "column", "value", "reason"]
    assert row == ["day.csv", "3", "UnitPrice", "'=1+1", "Not a number like 1234.56."]


def test_strict_publishes_nothing_where_a_row_is_rejected(intake: Intake, retail: Retail) -> None:
    run = intake(retail("day.csv", HEART, HEART.replace("2.55", "x")), strict=True)
    assert "Nothing was published" in run.error
    assert run.batch.state == Batch.State.DISCARDED
    assert run.batch.rejected_path.exists()
    assert not OrderLine.staged.exists()


def test_a_dry_run_counts_and_writes_nothing(intake: Intake, retail: Retail) -> None:
    intake(retail("one.csv", HEART))
    run = intake(retail("two.csv", HEART, LANTERN, LANTERN.replace("3.39", "")), dry_run=True)
    assert run.batch is None
    words = run.output.split()
    assert words[:10] == ["rows", "3", "new", "1", "known", "1", "changed", "0", "ignored", "0"]
    assert "two.csv:4 UnitPrice" in run.output
    assert run.error
    assert OrderLine.staged.count() == 1
    assert Batch.objects.count() == 1


def test_a_line_of_somebody_elses_order_is_a_conflict(intake: Intake, retail: Retail) -> None:
    run = intake(retail("day.csv", HEART, LANTERN.replace("17850.0", "13047.0")))
    assert run.counts == {"rows": 2, "new": 1, "conflicts": 1}
    assert "Order 536365 is of customer 17850." in run.batch.rejections.get().reason


def test_an_order_that_learns_its_customer_later_gets_one(intake: Intake, retail: Retail) -> None:
    intake(retail("day.csv", HEART.replace("17850.0", ""), LANTERN))
    assert Order.objects.get().customer.name == "Customer 17850"


def test_the_general_format_reads_our_own_names_and_keeps_ledgers_apart(intake: Intake, retail: Retail) -> None:
    header = "Order;Sold At;Quantity;Unit Price;SKU"
    path = retail("old.csv", "1001;25/12/2024 18:30;1;450.00;LV-1", header=header)
    assert intake(path, option=["source=old-shop"]).counts == {"rows": 1, "new": 1}
    assert intake(path, option=["source=older-shop"]).counts == {"rows": 1, "new": 1}
    orders = Order.objects.order_by("source")
    assert [(o.source, o.number, o.channel.name) for o in orders] == [
        ("old-shop", "1001", "Old Shop"),
        ("older-shop", "1001", "Older Shop"),
    ]
    assert orders[0].ordered_at == datetime(2024, 12, 25, 23, 30, tzinfo=UTC)


def test_a_date_that_can_be_meant_two_ways_needs_a_word(intake: Intake, retail: Retail) -> None:
    path = retail("old.csv", "1,2,10.00,03/04/2025", header="order,quantity,unit_price,sold_at")
    refused = intake(path)
    assert refused.counts == {"rows": 1, "rejected": 1}
    assert "date-format=%d/%m/%Y" in refused.batch.rejections.get().reason
    assert intake(path, option=["date-format=%d/%m/%Y"]).counts == {"rows": 1, "new": 1}
    assert OrderLine.objects.get().sold_at.date().isoformat() == "2025-04-03"
