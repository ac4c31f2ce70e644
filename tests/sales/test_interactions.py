"""What people say and do: what each kind needs, and every way in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from customers.models import Customer, Handle
from inventory.models import Brand, Product
from lacelux.access.keys import issue
from sales.models import Campaign, Channel, Interaction, Show
from sales.services import InvalidInteraction, record_interaction, record_interactions

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 6, 18, tzinfo=UTC)


@pytest.fixture
def speedy() -> Product:
    return Product.objects.create(sku="LV-1", title="Speedy 30")


@pytest.fixture
def anna() -> Customer:
    anna = Customer.objects.create(name="Anna Alvarez", email="anna@example.com")
    Handle.objects.create(customer=anna, platform="instagram", value="@anna.bags")
    return anna


# --- What each kind needs ------------------------------------------------------------------------------------------


def good(kind: str, speedy: Product) -> dict[str, Any]:
    facts: dict[str, dict[str, Any]] = {
        "enquiry": {"topic": "price"},
        "bid": {"product": speedy, "amount": Decimal(120)},
        "hold": {"product": speedy},
        "like": {"product": speedy},
        "question": {"text": "Is it real?"},
        "click": {"campaign": Campaign.objects.create(name="Spring", starts_on="2026-03-01")},
        "complaint": {"topic": "delivery"},
        "rating": {"score": 5},
    }
    return facts[kind]


@pytest.mark.parametrize("kind", Interaction.Kind.values)
def test_each_kind_is_noted_with_what_it_needs_and_not_without(kind: str, speedy: Product) -> None:
    row = record_interaction(kind=kind, occurred_at=AT, **good(kind, speedy))
    assert Interaction.objects.get(kind=kind) == row
    with pytest.raises(InvalidInteraction):
        record_interaction(kind=kind)
    assert Interaction.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("kind", {"kind": "shout", "text": "hey"}),
        ("score", {"kind": "rating"}),
        ("score", {"kind": "rating", "score": 0}),
        ("score", {"kind": "rating", "score": 6}),
        ("score", {"kind": "question", "text": "?", "score": 5}),
        ("amount", {"kind": "rating", "score": 5, "amount": Decimal(1)}),
        ("outcome", {"kind": "rating", "score": 5, "outcome": "won"}),
        ("outcome", {"kind": "question", "text": "?", "outcome": "won"}),
        ("topic", {"kind": "question", "text": "?", "topic": "x" * 81}),
        ("occurred_at", {"kind": "question", "text": "?", "occurred_at": datetime(2026, 3, 6)}),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(field: str, facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidInteraction) as refused:
        record_interaction(**facts)
    assert refused.value.field == field
    assert not Interaction.objects.exists()


@pytest.mark.parametrize("amount", [None, Decimal(0), Decimal("-5"), Decimal("0.001"), Decimal("1e12")])
def test_a_bid_has_an_amount_that_its_column_holds(amount: Decimal | None, speedy: Product) -> None:
    with pytest.raises(InvalidInteraction, match="amount"):
        record_interaction(kind="bid", product=speedy, amount=amount)


def test_nothing_is_noted_from_the_future() -> None:
    with pytest.raises(InvalidInteraction, match="future"):
        record_interaction(kind="question", text="?", occurred_at=timezone.now() + timedelta(hours=1))


def test_a_question_without_an_outcome_is_not_solved_yet() -> None:
    assert record_interaction(kind="question", text="?").outcome == Interaction.Outcome.OPEN
    solved = record_interaction(kind="complaint", topic="scent", outcome=Interaction.Outcome.TEMPLATE)
    assert solved.get_kind_display() == "Complaint"
    assert solved.outcome == "solved by template"


def test_a_bid_in_a_show_is_on_its_channel(speedy: Product) -> None:
    whatnot = Channel.objects.create(code="whatnot", name="Whatnot", is_live=True)
    show = Show.objects.create(channel=whatnot, title="Friday", starts_at=AT)
    assert record_interaction(kind="bid", show=show, amount=Decimal(50)).channel == whatnot


def test_many_are_noted_together_or_not_at_all(speedy: Product) -> None:
    like = Interaction(kind="like", product=speedy, occurred_at=AT)
    with pytest.raises(InvalidInteraction):
        record_interactions(rows=[like, Interaction(kind="rating", occurred_at=AT)])
    assert not Interaction.objects.exists()
    record_interactions(rows=[like])
    assert Interaction.objects.count() == 1


# --- Every way in --------------------------------------------------------------------------------------------------


def by_quick_entry(tmp_path: Path, manager: User, anna: Customer) -> None:
    client = Client()
    client.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
    said = {"kind": "rating", "customer": anna.pk, "sku": "lv-1", "score": "4", "text": "Lovely"}
    assert client.post("/admin/sales/interaction/quick/", said).status_code == 302


def by_full_form(tmp_path: Path, manager: User, anna: Customer) -> None:
    client = Client()
    client.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
    piece = Product.objects.get(sku="LV-1")
    said = {
        "kind": "rating", "customer": anna.pk, "product": piece.pk, "score": "4", "text": "Lovely",
        "occurred_at_0": "2026-03-06", "occurred_at_1": "13:00:00",
    }  # fmt: skip
    assert client.post("/admin/sales/interaction/add/", said).status_code == 302


def by_api(tmp_path: Path, manager: User, anna: Customer) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {issue(name='till', role='staff')[1]}")
    said = {"kind": "rating", "customer": anna.pk, "sku": "LV-1", "score": 4, "text": "Lovely"}
    assert client.post("/api/v1/interactions/", said).status_code == 201


def by_file(tmp_path: Path, manager: User, anna: Customer) -> None:
    path = tmp_path / "said.csv"
    path.write_text("kind,occurred_at,customer,sku,score,text\nrating,2026-03-06 13:00,anna.bags,LV-1,4,Lovely\n")
    call_command("intake", str(path))


def by_service(tmp_path: Path, manager: User, anna: Customer) -> None:
    piece = Product.objects.get(sku="LV-1")
    record_interaction(kind="rating", customer=anna, product=piece, score=4, text="Lovely", actor=manager)


WAYS = (by_quick_entry, by_full_form, by_api, by_file, by_service)


@pytest.mark.parametrize("way", WAYS)
def test_one_goes_in_by_each_way_and_is_found_again(
    way: Callable[..., None], tmp_path: Path, settings: Any, manager: User, anna: Customer, speedy: Product
) -> None:
    settings.INTAKE_DIR = tmp_path / "kept"
    way(tmp_path, manager, anna)
    row = Interaction.objects.get()
    assert (row.kind, row.customer, row.product, row.score, row.text) == ("rating", anna, speedy, 4, "Lovely")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {issue(name='reader', role='manager')[1]}")
    [found] = client.get("/api/v1/interactions/", {"search": "lovely", "sku": "lv-1"}).json()["results"]
    assert (found["id"], found["customer_name"]) == (row.pk, "Anna Alvarez")


def test_who_noted_it_is_kept(manager: User, anna: Customer, tmp_path: Path, speedy: Product) -> None:
    by_quick_entry(tmp_path, manager, anna)
    by_full_form(tmp_path, manager, anna)
    assert list(Interaction.objects.values_list("actor__username", flat=True)) == ["marcus", "marcus"]


# --- Quick entry ---------------------------------------------------------------------------------------------------


def test_quick_entry_says_what_is_wrong_and_keeps_what_was_typed(
    client_as: Callable[[User], Client], staff: User, speedy: Product
) -> None:
    client = client_as(staff)
    page = client.post("/admin/sales/interaction/quick/", {"kind": "bid", "sku": "LV-1", "topic": "hurry"})
    assert page.status_code == 200
    assert "A bid has an amount" in page.content.decode()
    assert 'value="hurry"' in page.content.decode()
    wrong = client.post("/admin/sales/interaction/quick/", {"kind": "like", "sku": "NONE"}).content.decode()
    assert "There is no such piece." in wrong
    assert not Interaction.objects.exists()


def test_kind_channel_and_campaign_stay_for_the_next_entry(
    client_as: Callable[[User], Client], staff: User, speedy: Product
) -> None:
    client = client_as(staff)
    channel = Channel.objects.create(code="instagram", name="Instagram")
    answer = client.post(
        "/admin/sales/interaction/quick/", {"kind": "like", "sku": "LV-1", "channel": channel.pk}, follow=True
    )
    page = answer.content.decode()
    assert "Noted: like, LV-1." in page
    assert '<option value="like" selected' in page
    assert f'<option value="{channel.pk}" selected' in page
    assert "autofocus" in page


def test_quick_entry_is_for_those_who_may_note_interactions(
    client_as: Callable[[User], Client], viewer: User, staff: User
) -> None:
    assert client_as(staff).get("/admin/sales/interaction/quick/").status_code == 200
    assert client_as(viewer).get("/admin/sales/interaction/quick/").status_code == 403


def test_the_form_holds_to_the_same_rules(client_as: Callable[[User], Client], staff: User, speedy: Product) -> None:
    client = client_as(staff)
    row = record_interaction(kind="rating", product=speedy, score=3, occurred_at=AT)
    said = {"kind": "rating", "occurred_at_0": "2026-03-06", "occurred_at_1": "13:00:00", "outcome": "won", "score": 3}
    page = client.post(f"/admin/sales/interaction/{row.pk}/change/", said)
    assert "A rating has no outcome" in page.content.decode()
    row.refresh_from_db()
    assert row.outcome == ""


def test_a_brand_asked_for_is_a_gap(anna: Customer) -> None:
    goyard = Brand.objects.create(name="Goyard")
    row = record_interaction(kind="enquiry", customer=anna, brand=goyard, outcome="not in stock", occurred_at=AT)
    assert row.outcome == "not in stock"
