"""Which piece a line sold: found by SKU, by a remembered name, by its title; or said later by a person."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory.models import Product, ProductAlias
from inventory.services import OutOfStock, find_pieces, receive
from inventory.services.finding import Named
from sales.models import Channel, Order, OrderLine, UnmatchedLine
from sales.services import InvalidSale, RefundLine, SaleLine, cancel_order, match_line, record_sale, refund
from tests.intake.conftest import Run

Intake = Callable[..., Run]
HEADER = "Listing Date,Order Date,SKU,Order Id,Listing Title,Order Price,Your Earnings,Buyer Username"


def sale(number: str, title: str = "Prada pouch", sku: str = "") -> dict[str, str]:
    return {
        "Listing Date": "05/02/2024",
        "Order Date": "07/02/2024",
        "SKU": sku,
        "Order Id": number,
        "Listing Title": title,
        "Order Price": "$300.00",
        "Your Earnings": "$240.00",
        "Buyer Username": "anna_b",
    }


def test_sku_first_then_alias_then_the_title_of_the_only_free_piece(piece: Callable[..., Product]) -> None:
    by_sku, by_alias, by_title = piece("A-1", "Bag"), piece("B-1", "Bag"), piece("C-1", "Scarf")
    piece("D-1", "Belt"), piece("D-2", "Belt")
    ProductAlias.objects.create(source="poshmark", kind="sku", value="old-7", product=by_alias)
    ProductAlias.objects.create(source="poshmark", kind="title", value="Nice bag", product=by_alias)
    names = [
        Named("A-1", "Scarf"),
        Named("old-7", "Scarf"),
        Named("", "Nice bag"),
        Named("", "Scarf"),
        Named("", "Belt"),
    ]
    found = find_pieces(source="poshmark", names=names)
    pieces = [found[name].product if name in found else None for name in names]
    assert pieces == [by_sku, by_alias, by_alias, by_title, None]
    assert [found[name].is_certain for name in names[:4]] == [True, True, False, False]
    assert find_pieces(source="mercari", names=[Named("old-7", "")]) == {}


def test_the_same_title_twice_takes_the_piece_once(
    intake: Intake, sheet: Callable[..., Path], piece: Callable[..., Product]
) -> None:
    pouch = piece("PR-1", "Prada pouch")
    run = intake(sheet(HEADER, sale("P1"), sale("P2")))
    assert run.counts == {"rows": 2, "new": 2}
    assert "1 lines have no piece of ours" in run.output
    assert OrderLine.objects.get(product=pouch).order.number == "P1"
    assert UnmatchedLine.objects.get().line.order.number == "P2"


def test_the_same_sku_twice_is_a_conflict(
    intake: Intake, sheet: Callable[..., Path], piece: Callable[..., Product]
) -> None:
    piece("PR-1")
    run = intake(sheet(HEADER, sale("P1", sku="PR-1"), sale("P2", sku="PR-1")))
    assert run.counts == {"rows": 2, "new": 1, "conflicts": 1}
    assert run.batch.rejections.get().value == "PR-1"


def test_a_line_mapped_later_sells_the_piece_without_another_import(
    intake: Intake, sheet: Callable[..., Path], piece: Callable[..., Product], manager: User
) -> None:
    path = sheet(HEADER, sale("P1"))
    intake(path)
    pouch = piece("PR-1", listed=False)
    match_line(unmatched=UnmatchedLine.objects.get(), product=pouch, actor=manager)

    line = OrderLine.objects.get()
    assert (line.product, line.cost, line.fees, line.holds_piece) == (pouch, Decimal(100), Decimal(60), True)
    pouch.refresh_from_db()
    assert (pouch.status, pouch.quantity_on_hand, pouch.days_to_sell) == ("sold", 0, 61)  # 2 May to 2 July
    assert pouch.sold_at == datetime(2024, 7, 2, 4, tzinfo=UTC)
    assert not UnmatchedLine.objects.exists()
    assert intake(path).counts == {"rows": 1, "known": 1}
    alias = ProductAlias.objects.get()
    assert (alias.source, alias.kind, alias.value, alias.product) == ("poshmark", "title", "Prada pouch", pouch)


def test_a_remembered_title_of_a_sold_piece_does_not_stand_in_the_way_of_the_next(
    intake: Intake, sheet: Callable[..., Path], piece: Callable[..., Product]
) -> None:
    intake(sheet(HEADER, sale("P1")))
    match_line(unmatched=UnmatchedLine.objects.get(), product=piece("PR-1"))
    assert intake(sheet(HEADER, sale("P2"))).counts == {"rows": 1, "new": 1}
    other = piece("PR-2", "Prada pouch")
    assert intake(sheet(HEADER, sale("P3"))).counts == {"rows": 1, "new": 1}
    assert OrderLine.objects.get(product=other).order.number == "P3"


def test_a_remembered_sku_finds_the_piece_in_the_next_file(
    intake: Intake, sheet: Callable[..., Path], piece: Callable[..., Product]
) -> None:
    charms = Product.objects.create(sku="CH", title="Charm", is_one_of_one=False)
    receive(product=charms, quantity=5)
    intake(sheet(HEADER, sale("P1", "Little charm", "x-9")))
    match_line(unmatched=UnmatchedLine.objects.get(), product=charms)
    intake(sheet(HEADER, sale("P2", "Some charm", "x-9")))
    assert OrderLine.objects.filter(product=charms).count() == 2
    charms.refresh_from_db()
    assert charms.quantity_on_hand == 3


def test_what_cannot_be_mapped_says_why(
    intake: Intake, sheet: Callable[..., Path], piece: Callable[..., Product]
) -> None:
    intake(sheet(HEADER, sale("P1"), sale("P2"), sale("P3")))
    first, second, third = UnmatchedLine.objects.order_by("id")
    pouch = piece("PR-1")
    record_sale(channel=Channel.objects.get(), lines=[SaleLine(product=pouch, unit_price=Decimal(9))])
    with pytest.raises(OutOfStock):
        match_line(unmatched=first, product=pouch)
    assert not ProductAlias.objects.exists()
    cancel_order(order=Order.objects.get(number="P2"))
    with pytest.raises(InvalidSale, match="cancelled"):
        match_line(unmatched=second, product=piece("PR-2"))
    refund(order=third.line.order, lines=[RefundLine(line=third.line, quantity=1)])
    with pytest.raises(InvalidSale, match="taken back"):
        match_line(unmatched=third, product=piece("PR-3"))


def test_the_page_lists_lines_and_maps_one(
    intake: Intake, sheet: Callable[..., Path], piece: Callable[..., Product], manager: User, client_as: Any
) -> None:
    intake(sheet(HEADER, sale("P1"), sale("P2", "Silk scarf")))
    cancel_order(order=Order.objects.get(number="P2"))
    client: Client = client_as(manager)
    page = client.get(reverse("admin:sales_unmatchedline_changelist")).content.decode()
    assert "Prada pouch" in page
    assert "Silk scarf" not in page  # its order is cancelled
    row = UnmatchedLine.objects.get(title="Prada pouch")
    assert "Choose the piece" in client.get(reverse("admin:sales_unmatchedline_change", args=[row.pk])).content.decode()
    address = reverse("admin:sales_unmatchedline_choose", args=[row.pk])
    assert client.get(address).status_code == 200
    pouch = piece("PR-1")
    answer = client.post(address, {"product": pouch.pk, "remember": "on"}, follow=True)
    assert "is sold with order P1" in answer.content.decode()
    assert OrderLine.objects.get(product=pouch).order.number == "P1"
    assert client.get(reverse("admin:inventory_productalias_changelist")).status_code == 200


def test_the_page_says_why_not_and_is_for_managers(
    intake: Intake,
    sheet: Callable[..., Path],
    piece: Callable[..., Product],
    manager: User,
    staff: User,
    client_as: Any,
) -> None:
    intake(sheet(HEADER, sale("P1")))
    address = reverse("admin:sales_unmatchedline_choose", args=[UnmatchedLine.objects.get().pk])
    pouch = piece("PR-1")
    record_sale(channel=Channel.objects.get(), lines=[SaleLine(product=pouch, unit_price=Decimal(9))])
    assert "1 wanted, 0 available" in client_as(manager).post(address, {"product": pouch.pk}).content.decode()
    assert client_as(staff).post(address, {"product": pouch.pk}).status_code == 403
    assert client_as(staff).get(reverse("admin:sales_unmatchedline_changelist")).status_code == 200


def test_the_list_costs_the_same_number_of_queries_at_any_length(
    intake: Intake, sheet: Callable[..., Path], manager: User, client_as: Any
) -> None:
    client, address = client_as(manager), reverse("admin:sales_unmatchedline_changelist")
    counts = []
    for numbers in (range(2), range(2, 30)):
        intake(sheet(HEADER, *(sale(f"P{number}") for number in numbers)))
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_whatnot_line_without_a_piece_waits_as_well(
    intake: Intake, sheet: Callable[..., Path], piece: Callable[..., Product]
) -> None:
    header = (
        "order_id,order_numeric_id,buyer_username,product_name,product_quantity,original_item_price,placed_at,"
        "cancelled_or_failed,shipment_id"
    )
    cells = "OrdScarf1,900002,anna_b,Silk scarf #1,1,95.5,2025-06-11 04:40:00,,77002".split(",")
    path = sheet(header, dict(zip(header.split(","), cells, strict=True)))
    intake(path)
    match_line(unmatched=UnmatchedLine.objects.get(source="whatnot"), product=piece("SC-1"))
    assert OrderLine.objects.get().product.sku == "SC-1"
    assert intake(path).counts == {"rows": 1, "known": 1}
