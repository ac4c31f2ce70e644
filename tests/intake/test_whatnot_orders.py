"""Orders of a live show go in: pieces leave the stock once, giveaways are sales at 0.00, the void ones are none."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum

from customers.models import Customer, Handle
from inventory.models import Product
from inventory.services import add_cost, list_product, receive
from lacelux.intake.batches import begin, keep_files
from lacelux.intake.models import Batch
from lacelux.intake.plans import make_plan
from lacelux.intake.staging import publish, stage
from sales.models import Channel, FeeRule, Order, OrderLine, Show
from sales.services import SaleLine, record_sale, refund
from tests.intake.conftest import Run

Intake = Callable[..., Run]
HEADER = (
    "order_id,order_numeric_id,buyer_username,product_name,product_quantity,original_item_price,placed_at,"
    "cancelled_or_failed,shipment_id,sku,cost_per_item,coupon_code,coupon_price,gifted_to"
)
NEVERFULL = "OrdNeverfull1,900001,anna_b,Neverfull MM #1,1,410.0,2026-06-11 04:29:36.662,,77001,LV-NF-1,290.0,,,"
SCARF = "OrdScarf00001,900002,anna_b,Silk scarf #1,1,95.5,2026-06-11 04:40:00,,77002,,30.0,WELCOME10,15.0,"
GIFT = "OrdGift000001,900003,berta,Gift card #1,1,0.0,2026-06-11 04:41:08.172,,77003,,,,,carla"
CANCELLED = "OrdCancelled1,900004,berta,Kelly 28 #1,1,2855.0,2026-06-11 04:43:11,cancelled,,,2100.0,,,"
FAILED = "OrdFailed0001,900005,dora,Kelly 28 #1,1,2810.0,,failed,,,2100.0,,,"


@pytest.fixture
def show_file(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: str, header: str = HEADER, name: str = "show.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
        return path

    return write


@pytest.fixture
def neverfull(db: None) -> Product:
    product = Product.objects.create(sku="LV-NF-1", title="Louis Vuitton Neverfull MM")
    receive(product=product, at=datetime(2026, 5, 1, 12, tzinfo=UTC))
    add_cost(product=product, kind="purchase", amount=Decimal(250), incurred_on=datetime(2026, 5, 1).date())
    list_product(product=product, at=datetime(2026, 6, 1, 12, tzinfo=UTC))
    return product


@pytest.mark.usefixtures("true_books")
def test_a_show_goes_in(intake: Intake, show_file: Callable[..., Path], neverfull: Product) -> None:
    run = intake(show_file(NEVERFULL, SCARF, GIFT, CANCELLED, FAILED))

    assert (run.counts, run.error) == ({"rows": 5, "new": 3, "ignored": 2}, "")
    neverfull.refresh_from_db()
    assert (neverfull.status, neverfull.quantity_on_hand, neverfull.quantity_sold) == ("sold", 0, 1)
    assert neverfull.days_to_sell == 10  # sold on 11 June, 00:29 in New York
    lines = {line.order.number: line for line in OrderLine.objects.select_related("order")}
    assert lines["OrdNeverfull1"].cost == Decimal(250)  # our own landed cost, not the file's
    assert lines["OrdScarf00001"].cost == Decimal(30)
    assert lines["OrdGift000001"].gross == 0
    assert lines["OrdScarf00001"].discount == 0
    scarf = lines["OrdScarf00001"].order
    assert (scarf.reference, scarf.note) == ("900002", "Coupon WELCOME10 15.00")
    assert scarf.ordered_at == datetime(2026, 6, 11, 4, 40, tzinfo=UTC)
    assert lines["OrdGift000001"].order.note == "Gifted to carla"
    assert set(Customer.objects.values_list("name", flat=True)) == {"anna_b", "berta"}
    assert lines["OrdNeverfull1"].order.customer == scarf.customer
    assert "2 orders have no piece of ours" in run.output
    assert "15.00 in all" in run.output


@pytest.mark.usefixtures("true_books")
def test_the_same_show_again_changes_nothing(
    intake: Intake, show_file: Callable[..., Path], neverfull: Product
) -> None:
    path = show_file(NEVERFULL, SCARF, GIFT, CANCELLED)
    intake(path)
    assert intake(path).counts == {"rows": 4, "known": 3, "ignored": 1}
    assert Order.objects.count() == 3
    assert Handle.objects.count() == 2


@pytest.mark.usefixtures("true_books")
def test_a_piece_already_sold_is_a_listed_conflict_and_no_second_sale(
    intake: Intake, show_file: Callable[..., Path], neverfull: Product
) -> None:
    till = Channel.objects.create(code="till", name="Till")
    record_sale(channel=till, lines=[SaleLine(product=neverfull, unit_price=Decimal(400))])
    run = intake(show_file(NEVERFULL, SCARF))

    assert run.counts == {"rows": 2, "new": 1, "conflicts": 1}
    conflict = run.batch.rejections.get()
    assert (conflict.kind, conflict.row, conflict.column, conflict.value) == ("conflict", 2, "sku", "LV-NF-1")
    assert run.error
    assert OrderLine.objects.filter(product=neverfull).count() == 1


@pytest.mark.usefixtures("true_books")
def test_a_piece_that_the_till_sells_between_preview_and_publication_is_a_conflict(
    show_file: Callable[..., Path], neverfull: Product, manager: Any
) -> None:
    plan = make_plan([(show_file(NEVERFULL, SCARF), "show.csv")])
    batch = begin(plan, actor=None)
    keep_files(batch, plan)
    assert stage(batch, plan).new == 2
    assert not Order.staged.exists()
    till = Channel.objects.create(code="till", name="Till")
    record_sale(channel=till, lines=[SaleLine(product=neverfull, unit_price=Decimal(400))])

    tally = publish(batch, actor=manager)
    assert (tally.new, tally.conflicts) == (1, 1)
    batch.refresh_from_db()
    assert (batch.new, batch.conflicts, batch.published_by) == (1, 1, manager)
    assert not list(batch.directory.glob("*.upload"))


@pytest.mark.usefixtures("true_books")
def test_a_sale_cancelled_since_goes_back_into_stock(
    intake: Intake, show_file: Callable[..., Path], neverfull: Product
) -> None:
    intake(show_file(NEVERFULL))
    gone = NEVERFULL.replace(",,77001,", ",cancelled,,")
    assert intake(show_file(gone)).counts == {"rows": 1, "changed": 1}
    neverfull.refresh_from_db()
    assert (neverfull.status, neverfull.quantity_on_hand) == ("active", 1)
    assert Order.objects.get().state == Order.State.CANCELLED
    assert intake(show_file(gone)).counts == {"rows": 1, "known": 1}
    assert intake(show_file(NEVERFULL)).counts == {"rows": 1, "conflicts": 1}


def test_a_refunded_sale_that_the_file_cancels_is_left_to_a_person(
    intake: Intake, show_file: Callable[..., Path]
) -> None:
    intake(show_file(SCARF))
    refund(order=Order.objects.get(), goodwill=Decimal(5))
    run = intake(show_file(SCARF.replace(",,77002,", ",cancelled,77002,")))
    assert run.counts == {"rows": 1, "conflicts": 1}
    assert "Money was given back" in run.batch.rejections.get().reason


def test_a_cost_filled_in_later_changes_the_line_and_another_price_does_not(
    intake: Intake, show_file: Callable[..., Path]
) -> None:
    intake(show_file(SCARF))
    assert intake(show_file(SCARF.replace("30.0", "42.5"))).counts == {"rows": 1, "changed": 1}
    assert OrderLine.objects.get().cost == Decimal("42.50")
    run = intake(show_file(SCARF.replace("95.5", "80.0")))
    assert run.counts == {"rows": 1, "conflicts": 1}
    assert "1 × 95.50" in run.batch.rejections.get().reason


def test_one_order_twice_in_a_file_is_known_or_a_conflict(intake: Intake, show_file: Callable[..., Path]) -> None:
    run = intake(show_file(SCARF, SCARF, SCARF.replace("95.5", "80.0")))
    assert run.counts == {"rows": 3, "new": 1, "known": 1, "conflicts": 1}


def test_the_show_is_the_one_that_ran_then_and_its_host_sold(intake: Intake, show_file: Callable[..., Path]) -> None:
    whatnot = Channel.objects.create(code="whatnot", name="Whatnot", is_live=True)
    for title, day, hours in (("Wednesday", 10, (1, 3)), ("Thursday", 11, (4, 7))):
        start, end = (datetime(2026, 6, day, hour, tzinfo=UTC) for hour in hours)
        Show.objects.create(channel=whatnot, title=title, starts_at=start, ends_at=end)
    intake(show_file(SCARF))
    assert Order.objects.get().show.title == "Thursday"


def test_time_since_the_show_began_needs_to_know_when_that_was(intake: Intake, show_file: Callable[..., Path]) -> None:
    path = show_file(SCARF.replace("2026-06-11 04:40:00", "1:02:03"))
    refused = intake(path)
    assert refused.batch.rejections.get().column == "placed_at"
    assert "show-start" in refused.batch.rejections.get().reason
    assert intake(path, option=["show-start=2026-06-11T03:00:00Z"]).counts == {"rows": 1, "new": 1}
    assert Order.objects.get().ordered_at == datetime(2026, 6, 11, 4, 2, 3, tzinfo=UTC)


def test_the_zone_of_the_file_is_a_setting(intake: Intake, show_file: Callable[..., Path], settings: Any) -> None:
    settings.WHATNOT_TIME_ZONE = "America/Los_Angeles"
    intake(show_file(SCARF))
    assert Order.objects.get().ordered_at == datetime(2026, 6, 11, 11, 40, tzinfo=UTC)


def test_names_with_spaces_and_without_the_sellers_own_columns(intake: Intake, show_file: Callable[..., Path]) -> None:
    names = HEADER.split(",")[:9]
    header = ",".join(name.replace("_", " ").title() for name in names)
    line = ",".join(SCARF.split(",")[:9])
    assert intake(show_file(line, header=header)).counts == {"rows": 1, "new": 1}


def test_fees_are_the_channels_rules_until_the_ledger_tells(intake: Intake, show_file: Callable[..., Path]) -> None:
    whatnot = Channel.objects.create(code="whatnot", name="Whatnot", is_live=True)
    FeeRule.objects.create(channel=whatnot, kind="commission", rate="0.08", valid_from="2026-01-01")
    intake(show_file(SCARF))
    assert OrderLine.objects.get().fees == Decimal("7.64")  # 8 % of 95.50


def test_bad_cells_are_named(intake: Intake, show_file: Callable[..., Path]) -> None:
    run = intake(
        show_file(
            SCARF.replace("95.5", "free"),
            SCARF.replace("95.5", "-1"),
            SCARF.replace("OrdScarf00001", ""),
            SCARF.replace("#1,1,", "#1,0,"),
            SCARF.replace("30.0", "-30"),
            SCARF.replace("2026-06-11 04:40:00", "06/11/2026"),
            SCARF.replace("15.0", "ten"),
        )
    )
    assert run.counts == {"rows": 7, "rejected": 7}
    assert [r.column for r in run.batch.rejections.order_by("row")] == [
        "original_item_price",
        "original_item_price",
        "order_id",
        "product_quantity",
        "cost_per_item",
        "placed_at",
        "coupon_price",
    ]


def test_more_orders_than_one_transaction_carries_are_refused(intake: Intake, show_file: Callable[..., Path]) -> None:
    lines = [SCARF.replace("OrdScarf00001", f"Ord{i}") for i in range(2_001)]
    run = intake(show_file(*lines))
    assert "split the file" in run.error
    assert run.batch.state == Batch.State.FAILED
    assert not Order.staged.exists()


def test_the_marketplaces_own_sample(intake: Intake, real_data: Path) -> None:
    folder = real_data / "marketplace-exports"
    expected = json.loads((folder / "expected.json").read_text())["expected"]["whatnot_show"]
    run = intake(folder / "whatnot_show.csv")
    assert run.counts["rows"] == expected["rows"]
    assert run.counts["new"] == expected["sold"]
    assert run.counts["ignored"] == expected["cancelled"] + expected["failed"]
    assert OrderLine.objects.aggregate(sum=Sum("gross"))["sum"] == Decimal(expected["gross"])
    assert OrderLine.objects.filter(gross=0).count() == expected["giveaways"]
