"""GET /api/customers/{id}/insights: what the till is told of the customer before it, and what it is not."""

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from boutique import OWNER, Boutique, ask, boutique, rows_by
from rest_framework.test import APIClient

from analytics.mart import replica
from customers.models import Customer, Tag
from inventory.models import Brand, Category, Product
from inventory.services import hold
from lacelux.intake.models import Batch
from sales.models import Order
from sales.services import cancel_order

Api = Callable[[str], APIClient]
pytestmark = pytest.mark.django_db


@pytest.fixture
def march(clock: Any) -> Boutique:
    clock.move_to("2026-03-31T12:00:00-04:00")
    return boutique()


def insights(api: Api, customer: Customer, role: str = "pos") -> dict[str, Any]:
    answer = api(role).get(f"/api/customers/{customer.pk}/insights")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_what_a_customer_bought_is_told(api: Api, march: Boutique) -> None:
    told = insights(api, march.namesake)
    # February: one scarf at 50.00. March, live: a Speedy at 600.00, two scarves at 40.00, one of them given back.
    assert (told["orders"], told["segment"], told["averageOrder"]) == (2, "regular", 365.0)
    assert told["lifetimeValue"] == {"revenue": 690.0}
    assert told["daysSinceLastPurchase"] == 26
    assert told["preferredProducts"] == {
        "brands": [{"name": "Hermès", "count": 3, "share": 0.75}, {"name": "Louis Vuitton", "count": 1, "share": 0.25}],
        "categories": [{"name": "Bags", "count": 1, "share": 0.25}],
        "models": [{"name": "Speedy 30", "count": 1, "share": 0.25}],
    }
    last = told["lastPurchase"]
    assert (last["at"], last["channel"], last["amount"]) == ("2026-03-05T20:30:00-05:00", "whatnot", 680.0)
    assert [(item["sku"], item["brand"], item["quantity"], item["amount"]) for item in last["items"]] == [
        ("LV-2", "Louis Vuitton", 1, 600.0),
        ("HE-1", "Hermès", 2, 80.0),
    ]


def test_the_figures_are_those_of_the_questions(api: Api, march: Boutique) -> None:
    top = rows_by(ask("customers/top", OWNER, period="all"), "customer_id")
    for person in (march.anna, march.namesake, march.carla):
        told, row = insights(api, person, "owner"), top[person.pk]
        value = told["lifetimeValue"]
        assert (told["orders"], Decimal(str(value["revenue"])), Decimal(str(value["profit"]))) == (
            row["orders"], row["revenue"], row["profit"],
        )  # fmt: skip


def test_a_giveaway_is_no_purchase(api: Api, march: Boutique) -> None:
    told = insights(api, march.bella)
    assert (told["orders"], told["segment"], told["lastPurchase"], told["averageOrder"]) == (0, "new", None, None)
    assert told["daysSinceLastPurchase"] is None


def test_a_cancelled_order_is_none(api: Api, march: Boutique) -> None:
    cancel_order(order=march.orders["T-3"])
    told = insights(api, march.anna)
    assert (told["orders"], told["lastPurchase"]["order"]) == (2, march.orders["W-2"].pk)


def test_somebody_new_is_shown_the_newest_pieces(api: Api, shop: SimpleNamespace) -> None:
    told = insights(api, shop.anna)
    assert told["preferredProducts"] == {"brands": [], "categories": [], "models": []}
    assert {one["sku"] for one in told["recommended"]} == {"LV-1", "LV-2", "SC-1"}


def test_vips_are_made_by_orders_and_revenue_or_by_hand(api: Api, march: Boutique, settings: Any) -> None:
    assert insights(api, march.anna)["segment"] == "regular"  # 3 orders, 2,535.00
    settings.VIP_REVENUE = 2_535
    assert insights(api, march.anna)["segment"] == "vip"
    march.bella.tags.add(Tag.objects.create(name="VIP"))
    assert insights(api, march.bella)["segment"] == "vip"


@pytest.fixture
def wanting(shop: SimpleNamespace, sell: Callable[..., Any]) -> SimpleNamespace:
    """Anna has bought a bag of Louis Vuitton's."""
    sell("LV-1", customer=shop.anna.pk)
    return shop


def test_pieces_of_the_preferred_brand_and_category_come_first_newest_first(
    api: Api, wanting: SimpleNamespace, make_piece: Callable[..., Product]
) -> None:
    vuitton, bags = Brand.objects.get(), Category.objects.get()
    make_piece("GU-BAG", brand=Brand.objects.create(name="Gucci"), category=bags)
    make_piece("LV-SHOE", brand=vuitton, category=Category.objects.create(name="Shoes"))
    make_piece("LV-NEW", brand=vuitton, category=bags)
    found = [one["sku"] for one in insights(api, wanting.anna)["recommended"]]
    assert found == ["LV-NEW", "LV-2", "LV-SHOE", "GU-BAG"]


def test_what_cannot_be_sold_now_is_never_shown(
    api: Api, wanting: SimpleNamespace, make_piece: Callable[..., Product], sell: Callable[..., Any]
) -> None:
    facts = {"brand": Brand.objects.get(), "category": Category.objects.get()}
    hold(product=make_piece("HELD", **facts), customer=Customer.objects.create(name="Bella"))
    make_piece("SOLD", **facts)
    sell("SOLD")
    Product.objects.filter(pk=make_piece("HIDDEN", **facts).pk).update(status="hidden")
    unseen = Batch.objects.create(format="x", source="x")
    Product.objects.filter(pk=make_piece("UNSEEN", **facts).pk).update(batch=unseen)
    assert [one["sku"] for one in insights(api, wanting.anna)["recommended"]] == ["LV-2"]


def test_nothing_says_who_the_customer_is(api: Api, wanting: SimpleNamespace) -> None:
    for role in ("owner", "pos"):
        text = api(role).get(f"/api/customers/{wanting.anna.pk}/insights").content.decode()
        for personal in ("Anna", "example.com", "0143", "Main St", "@anna.bags"):
            assert personal not in text


def test_profit_is_for_those_who_may_see_it(api: Api, wanting: SimpleNamespace) -> None:
    assert insights(api, wanting.anna, "manager")["lifetimeValue"] == {"revenue": 450.0, "profit": 250.0}
    for role in ("staff", "pos"):
        assert "profit" not in insights(api, wanting.anna, role)["lifetimeValue"]


def test_it_answers_at_both_addresses_and_knows_nobody_else(api: Api, wanting: SimpleNamespace) -> None:
    till = api("pos")
    answers = [till.get(path.format(wanting.anna.pk)).json() for path in (
        "/api/customers/{}/insights", "/api/customers/{}/insights/", "/api/v1/customers/{}/insights/",
    )]  # fmt: skip
    assert answers[0] == answers[1] == answers[2]
    assert till.get("/api/customers/999999/insights").status_code == 404
    wanting.anna.batch = Batch.objects.create(format="x", source="x")
    wanting.anna.save()
    assert till.get(f"/api/customers/{wanting.anna.pk}/insights").status_code == 404


def test_it_answers_without_the_mart(api: Api, wanting: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any) -> None:
        raise AssertionError("the mart was asked")

    monkeypatch.setattr(replica.Replica, "session", stopped)
    assert insights(api, wanting.anna)["orders"] == 1


def test_it_asks_the_database_the_same_for_one_order_and_for_twenty(
    api: Api, shop: SimpleNamespace, sell: Callable[..., Any], django_assert_max_num_queries: Any
) -> None:
    for _ in range(4):
        sell("SC-1", "SC-1", customer=shop.anna.pk, role="owner")
    till = api("pos")
    assert Order.objects.count() == 4
    with django_assert_max_num_queries(18):
        insights(lambda role: till, shop.anna)
