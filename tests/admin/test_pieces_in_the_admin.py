"""Edits of pieces go through the services: every change of stock, price or cost leaves its entry."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pieces import piece

from customers.models import Customer
from inventory.models import CostEntry, Hold, PriceChange, Product, StockMovement
from sales.models import Adjustment

ClientAs = Callable[[User], Client]


def url(page: str, product: Product) -> str:
    return reverse("admin:inventory_product_change", args=[product.pk]).replace("change/", f"{page}/")


def form_of(client: Client, product: Product) -> dict[str, str]:
    """What a browser would send back unchanged."""
    page = client.get(url("change", product))
    fields = page.context["adminform"].form
    data = {name: fields.get_initial_for_field(field, name) for name, field in fields.fields.items()}
    for formset in page.context["inline_admin_formsets"]:
        for field in formset.formset.management_form:
            data[field.html_name] = field.value()
    return {name: value for name, value in data.items() if value is not None and value is not False and value != ""}


def test_a_new_price_is_written_into_the_price_ledger(owner: User, client_as: ClientAs) -> None:
    speedy = piece("LV-1", list_price=Decimal("500.00"))
    client = client_as(owner)
    answer = client.post(
        url("change", speedy), {**form_of(client, speedy), "list_price": "450.00", "title": "Speedy 30"}
    )
    assert answer.status_code == 302, answer.context["errors"]
    change = PriceChange.objects.get(product=speedy)
    assert (change.previous, change.price, change.actor) == (Decimal("500.00"), Decimal("450.00"), owner)
    speedy.refresh_from_db()
    assert (speedy.list_price, speedy.title) == (Decimal("450.00"), "Speedy 30")
    assert [row.list_price for row in speedy.history.all()][:2] == [Decimal("450.00"), Decimal("500.00")]


def test_quantities_and_status_are_no_fields_of_the_form(owner: User, client_as: ClientAs) -> None:
    speedy = piece("LV-1")
    client = client_as(owner)
    tampered = {**form_of(client, speedy), "quantity_on_hand": "7", "status": "sold", "landed_cost": "1"}
    assert client.post(url("change", speedy), tampered).status_code == 302
    speedy.refresh_from_db()
    assert (speedy.quantity_on_hand, speedy.status, speedy.landed_cost) == (1, "active", Decimal("0.00"))


def test_a_cost_written_below_a_piece_raises_its_landed_cost(owner: User, client_as: ClientAs) -> None:
    speedy = piece("LV-1", cost="300.00")
    client = client_as(owner)
    data = form_of(client, speedy) | {
        "costs-TOTAL_FORMS": "2",
        "costs-1-kind": "repair",
        "costs-1-amount": "25.50",
        "costs-1-incurred_on": "2026-03-01",
        "costs-1-product": str(speedy.pk),
    }
    answer = client.post(url("change", speedy), data)
    assert answer.status_code == 302, answer.context["errors"]
    speedy.refresh_from_db()
    assert speedy.landed_cost == Decimal("325.50")
    assert CostEntry.objects.get(product=speedy, kind="repair").actor == owner


def test_staff_add_costs_without_seeing_them(staff: User, client_as: ClientAs) -> None:
    speedy = piece("LV-1", cost="300.00")
    page = client_as(staff).get(url("change", speedy)).content.decode()
    assert "300.00" not in page
    assert "costs-TOTAL_FORMS" in page


def test_a_new_piece_comes_in_priced_and_offered(owner: User, client_as: ClientAs) -> None:
    sheet = {
        "sku": "CH-9", "title": "Flap", "is_one_of_one": "on", "list_price": "4000", "pieces": "1",
        "purchase": "2000", "offer": "on",
    }  # fmt: skip
    answer = client_as(owner).post(reverse("admin:inventory_product_add"), sheet)
    assert answer.status_code == 302, answer.context["errors"]
    flap = Product.objects.get(sku="CH-9")
    assert (flap.quantity_on_hand, flap.status, flap.list_price) == (1, "active", Decimal("4000.00"))
    assert (flap.landed_cost, flap.listed_at is not None) == (Decimal("2000.00"), True)
    assert [move.kind for move in flap.movements.all()] == ["receive"]
    assert PriceChange.objects.get(product=flap).previous is None


@pytest.mark.parametrize(
    ("page", "answers", "kind", "left"),
    [
        ("receive", {"quantity": "3", "reason": "box"}, "receive", 5),
        ("adjust", {"change": "-1", "reason": "count"}, "adjust", 1),
        ("write-off", {"quantity": "2", "reason": "fire"}, "write_off", 0),
    ],
)
def test_acts_on_stock_leave_movements(
    owner: User, client_as: ClientAs, page: str, answers: dict[str, str], kind: str, left: int
) -> None:
    organiser = piece("ORG", quantity=2, one_of_one=False, cost="10.00")
    client = client_as(owner)
    assert client.get(url(page, organiser)).status_code == 200
    assert client.post(url(page, organiser), answers).status_code == 302
    organiser.refresh_from_db()
    assert organiser.quantity_on_hand == left
    last = StockMovement.objects.filter(product=organiser).latest("id")
    assert (last.kind, last.actor, last.reason) == (kind, owner, answers["reason"])


def test_a_write_off_books_the_loss(owner: User, client_as: ClientAs) -> None:
    organiser = piece("ORG", quantity=2, one_of_one=False, cost="10.00")
    client_as(owner).post(url("write-off", organiser), {"quantity": "2", "reason": "fire"})
    assert Adjustment.objects.get().cost == Decimal("20.00")


def test_what_the_ledger_refuses_is_said_on_the_page(owner: User, client_as: ClientAs) -> None:
    speedy = piece("LV-1")
    answer = client_as(owner).post(url("adjust", speedy), {"change": "-2", "reason": "count"})
    assert answer.status_code == 200
    assert "2 wanted, 1 available" in answer.content.decode()
    assert StockMovement.objects.filter(product=speedy, kind="adjust").count() == 0


def test_a_piece_is_held_for_a_customer_and_let_go(staff: User, client_as: ClientAs) -> None:
    speedy, anna = piece("LV-1"), Customer.objects.create(name="Anna")
    client = client_as(staff)
    held = client.post(url("hold", speedy), {"customer": anna.pk, "quantity": "1", "until": "2030-01-31"})
    assert held.status_code == 302
    hold = Hold.objects.get()
    assert (hold.customer, f"{hold.expires_at:%Y-%m-%d %H:%M}") == (anna, "2030-02-01 05:00")  # midnight in New York
    speedy.refresh_from_db()
    assert speedy.status == "reserved"
    assert client.post(reverse("admin:inventory_hold_release", args=[hold.pk])).status_code == 302
    speedy.refresh_from_db()
    assert (speedy.status, speedy.quantity_reserved) == ("active", 0)


def test_listing_and_hiding(owner: User, client_as: ClientAs) -> None:
    speedy = piece("LV-1", listed=None)
    client = client_as(owner)
    client.post(url("list", speedy))
    speedy.refresh_from_db()
    assert (speedy.status, speedy.listed_at is not None) == ("active", True)
    client.post(url("hide", speedy))
    speedy.refresh_from_db()
    assert speedy.status == "hidden"


@pytest.mark.parametrize("page", ["receive", "adjust", "write-off", "hold", "list", "hide"])
def test_a_viewer_does_nothing(viewer: User, client_as: ClientAs, page: str) -> None:
    speedy = piece("LV-1")
    answer = client_as(viewer).post(url(page, speedy), {"quantity": "1", "change": "1", "reason": "x"})
    assert answer.status_code == 403
    assert "You may not see this" in answer.content.decode()
