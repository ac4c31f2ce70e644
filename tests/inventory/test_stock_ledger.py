"""The stock ledger: what each movement does, and what it refuses."""

import pytest
from pieces import at, piece

from inventory.models import Product, StockMovement
from inventory.services import (
    ImpossibleMovement,
    OutOfStock,
    adjust,
    hide_product,
    list_product,
    receive,
    release,
    reserve,
    return_,
    sell,
    write_off,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def scarf() -> Product:
    return piece("SCARF", quantity=10, one_of_one=False)


def stands(product: Product) -> tuple[str, int, int, int]:
    """Status, on hand, reserved and sold, as the row says."""
    row = Product.objects.get(pk=product.pk)
    return row.status, row.quantity_on_hand, row.quantity_reserved, row.quantity_sold


def test_each_movement_changes_its_totals_and_is_noted(scarf, staff):
    reserve(product=scarf, quantity=4)
    release(product=scarf, quantity=1)
    sell(product=scarf, quantity=2)
    sell(product=scarf, quantity=3, from_reserved=True)
    return_(product=scarf, quantity=1)
    adjust(product=scarf, change=-2, reason="counted")
    write_off(product=scarf, quantity=1, at=at("2026-03-01"), reference="W 7", reason="torn", actor=staff)
    assert stands(scarf) == ("active", 3, 0, 4)  # 10 - 2 - 3 + 1 - 2 - 1
    changes = scarf.movements.values_list("kind", "on_hand_change", "reserved_change", "sold_change")
    assert list(changes) == [
        ("receive", 10, 0, 0),
        ("reserve", 0, 4, 0),
        ("release", 0, -1, 0),
        ("sell", -2, 0, 2),
        ("sell", -3, -3, 3),
        ("return", 1, 0, -1),
        ("adjust", -2, 0, 0),
        ("write_off", -1, 0, 0),
    ]
    last = scarf.movements.last()
    assert (last.moved_at, last.reference, last.reason, last.actor) == (at("2026-03-01"), "W 7", "torn", staff)


def test_the_product_in_hand_says_what_its_row_says(scarf):
    sell(product=scarf, quantity=4)
    assert (scarf.quantity_on_hand, scarf.quantity_available, scarf.quantity_total) == (6, 6, 10)


def test_no_more_is_sold_than_is_free(scarf):
    reserve(product=scarf, quantity=7)
    with pytest.raises(OutOfStock) as refusal:
        sell(product=scarf, quantity=4)
    assert (refusal.value.product.sku, refusal.value.wanted, refusal.value.available) == ("SCARF", 4, 3)
    with pytest.raises(OutOfStock):
        reserve(product=scarf, quantity=4)
    with pytest.raises(OutOfStock):
        write_off(product=scarf, quantity=4)
    with pytest.raises(OutOfStock):
        adjust(product=scarf, change=-4)
    assert stands(scarf) == ("active", 10, 7, 0)


@pytest.mark.parametrize("movement", [release, return_])
def test_no_more_comes_back_than_went(scarf, movement):
    with pytest.raises(ImpossibleMovement):
        movement(product=scarf, quantity=1)


def test_a_sale_from_what_is_reserved_takes_no_more_than_that(scarf):
    reserve(product=scarf, quantity=2)
    with pytest.raises(ImpossibleMovement, match="only 2 are reserved"):
        sell(product=scarf, quantity=3, from_reserved=True)


def test_a_movement_of_nothing_is_refused(scarf):
    for movement in (receive, reserve, release, sell, return_, write_off):
        with pytest.raises(ValueError, match="at least one"):
            movement(product=scarf, quantity=0)
    with pytest.raises(ValueError, match="changes something"):
        adjust(product=scarf, change=0)


def test_a_one_of_one_piece_is_there_once_and_sold_once():
    bag = piece("BAG")
    with pytest.raises(ImpossibleMovement):
        receive(product=bag)
    sell(product=bag)
    with pytest.raises(ImpossibleMovement):  # what was sold comes back as a return
        receive(product=bag)
    with pytest.raises(OutOfStock):
        sell(product=bag)
    return_(product=bag)
    assert stands(bag) == ("active", 1, 0, 0)


def test_status_follows_the_stock_from_draft_to_sold_and_back():
    bag = piece("BAG", listed=None, quantity=0)
    assert stands(bag)[0] == "draft"
    receive(product=bag)
    assert stands(bag)[0] == "draft"
    list_product(product=bag, at=at("2026-02-01"))
    assert stands(bag)[0] == "active"
    reserve(product=bag)
    assert stands(bag)[0] == "reserved"
    release(product=bag)
    assert stands(bag)[0] == "active"
    sell(product=bag, at=at("2026-02-10"))
    assert stands(bag)[0] == "sold"
    assert (bag.sold_at, bag.days_to_sell) == (at("2026-02-10"), 9)
    return_(product=bag)
    bag.refresh_from_db()
    assert (bag.status, bag.sold_at, bag.days_to_sell) == ("active", None, None)
    assert bag.listed_at == at("2026-02-01")


def test_a_piece_sold_before_it_was_listed_has_no_days_to_sell_and_is_listed_when_it_comes_back():
    bag = piece("BAG", listed=None)
    sell(product=bag, at=at("2026-02-10"))
    assert (bag.status, bag.days_to_sell) == ("sold", None)
    return_(product=bag, at=at("2026-02-12"))
    assert (bag.status, bag.listed_at) == ("active", at("2026-02-12"))


def test_a_hidden_piece_stays_hidden_while_it_is_held():
    bag = hide_product(product=piece("BAG"))
    reserve(product=bag)
    release(product=bag)
    assert stands(bag)[0] == "hidden"


def test_a_piece_written_off_is_offered_no_more():
    bag = piece("BAG")
    write_off(product=bag)
    assert stands(bag) == ("hidden", 0, 0, 0)


def test_only_the_last_piece_of_many_makes_a_product_sold(scarf):
    sell(product=scarf, quantity=9)
    assert (scarf.status, scarf.sold_at) == ("active", None)
    sell(product=scarf, at=at("2026-02-03"))
    assert (scarf.status, scarf.days_to_sell) == ("sold", 2)
    receive(product=scarf, quantity=5)
    assert stands(scarf) == ("active", 5, 0, 10)


@pytest.mark.broken_books  # sold, but without a sale
def test_days_to_sell_are_days_of_the_shops_calendar():
    """From 23:30 on the 7th to 00:30 on the 9th are 24 hours, as the 8th has 23, and two days."""
    bag = piece("BAG", listed=None)
    list_product(product=bag, at=at("2026-03-07", 23, 30))
    sell(product=bag, at=at("2026-03-09", 0, 30))
    assert (bag.sold_at - bag.listed_at).total_seconds() == 24 * 3600
    assert bag.days_to_sell == 2


def test_listing_again_keeps_the_first_date():
    bag = piece("BAG", listed="2026-02-01")
    list_product(product=hide_product(product=bag), at=at("2026-03-01"))
    assert (bag.status, bag.listed_at) == ("active", at("2026-02-01"))


@pytest.mark.broken_books  # sold, but without a sale
def test_a_change_of_status_leaves_an_audit_row_with_its_actor(staff):
    bag = piece("BAG")
    sell(product=bag, actor=staff, reason="over the counter")
    last = bag.history.first()
    assert (last.status, last.quantity_sold, last.history_type) == ("sold", 1, "~")
    assert (last.history_user, last.history_change_reason) == (staff, "over the counter")


def test_an_edit_begun_before_a_sale_does_not_undo_it(scarf):
    stale = Product.objects.get(pk=scarf.pk)
    sell(product=scarf, quantity=3)
    stale.title = "Carré 90"
    stale.save()
    assert stands(scarf) == ("active", 7, 0, 3)
    assert Product.objects.get(pk=scarf.pk).title == "Carré 90"


def test_a_movement_and_its_totals_are_kept_together_or_not_at_all(scarf, monkeypatch):
    def fails(**_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(StockMovement.objects, "create", fails)
    with pytest.raises(RuntimeError):
        sell(product=scarf, quantity=3)
    assert stands(scarf) == ("active", 10, 0, 0)


@pytest.mark.broken_books  # sold, but without a sale
def test_an_edit_begun_before_a_sale_does_not_put_the_piece_on_offer_again():
    bag = piece("BAG")
    stale = Product.objects.get(pk=bag.pk)
    sell(product=bag)
    stale.notes = "seen by Stella"
    stale.save()
    assert stands(bag) == ("sold", 0, 0, 1)
