"""Products, customers, orders, shows and channels: what is shown to whom, found how, at what price in queries."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.response import Response
from rest_framework.test import APIClient

from customers.models import Customer, Handle, Tag
from inventory.models import Product
from lacelux.intake.models import Batch
from sales.models import Order, Show

pytestmark = pytest.mark.django_db
Api = Callable[[str], APIClient]
Sell = Callable[..., Response]

EVERYBODY_SEES = {
    "id", "sku", "title", "brand", "category", "model", "size", "colour", "condition", "is_limited_edition",
    "is_one_of_one", "status", "list_price", "quantity_available", "quantity_total", "quantity_on_hand",
    "quantity_reserved", "quantity_sold", "views_count", "image_id", "created_at", "listed_at", "sold_at",
    "days_to_sell",
}  # fmt: skip
SHELF = {"floor_price", "serial", "location", "notes"}
COST = {"landed_cost", "is_consigned", "consignor_share"}
PERSON = {"seller", "seller_name"}


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("owner", EVERYBODY_SEES | SHELF | COST | PERSON),
        ("manager", EVERYBODY_SEES | SHELF | COST | PERSON),
        ("staff", EVERYBODY_SEES | SHELF),
        ("pos", EVERYBODY_SEES),
        ("viewer", EVERYBODY_SEES),
    ],
)
def test_a_product_shows_each_role_what_it_may_see(shop: SimpleNamespace, api: Api, role: str, seen: set[str]) -> None:
    one = api(role).get(f"/api/v1/products/{shop.speedy.pk}/").json()
    assert set(one) == seen
    assert set(api(role).get("/api/v1/products/").json()["results"][0]) == seen


def test_staff_see_people_masked_and_managers_see_them(shop: SimpleNamespace, api: Api) -> None:
    path = f"/api/v1/customers/{shop.anna.pk}/"
    masked, whole = api("staff").get(path).json(), api("manager").get(path).json()
    assert (masked["name"], masked["email"], masked["phone"]) == ("Anna Alvarez", "a•••@e•••.com", "•••43")
    assert not {"address", "postcode", "region", "notes", "consented_to_mail_at"} & set(masked)
    assert (whole["email"], whole["phone"], whole["address"]) == ("anna@example.com", "+1 212 555 0143", "1 Main St")
    assert whole["handles"] == [{"platform": "instagram", "value": "@anna.bags"}]


def test_search_does_not_find_by_a_part_of_an_address(shop: SimpleNamespace, api: Api) -> None:
    assert api("staff").get("/api/v1/customers/?search=anna@ex").json()["count"] == 0
    assert api("staff").get("/api/v1/customers/?search=alvarez").json()["count"] == 1


def test_a_till_finds_a_person_by_what_they_say_but_cannot_leaf(shop: SimpleNamespace, api: Api) -> None:
    till = api("pos")
    assert till.get("/api/v1/customers/").status_code == 400
    assert till.get("/api/v1/customers/?country=US").status_code == 400
    assert till.get("/api/v1/customers/?handle=").status_code == 400
    assert till.get(f"/api/v1/customers/{shop.anna.pk}/").status_code == 404
    for found in ("handle=@ANNA.bags", "handle=@anna.bags&platform=Instagram", "email=ANNA@example.com",
                  "phone=%2B1 212 555 0143"):  # fmt: skip
        assert [one["id"] for one in till.get(f"/api/v1/customers/?{found}").json()["results"]] == [shop.anna.pk]
    assert till.get("/api/v1/customers/?handle=@anna.bags&platform=ebay").json()["count"] == 0
    assert till.get("/api/v1/customers/?handle=anna").json()["count"] == 0


def test_a_till_sees_its_own_orders_only(shop: SimpleNamespace, api: Api, sell: Sell) -> None:
    own, other = sell("LV-1", role="pos").json()["id"], sell("LV-2", role="staff").json()["id"]
    assert [one["id"] for one in api("pos").get("/api/v1/orders/").json()["results"]] == [own]
    assert api("pos").get(f"/api/v1/orders/{own}/").status_code == 200
    assert api("pos").get(f"/api/v1/orders/{other}/").status_code == 404
    assert api("staff").get("/api/v1/orders/").json()["count"] == 2
    assert api("viewer").get("/api/v1/orders/").status_code == 403


def test_labour_cost_of_a_show_is_for_those_who_see_margins(shop: SimpleNamespace, api: Api) -> None:
    path = f"/api/v1/shows/{shop.show.pk}/"
    assert api("manager").get(path).json()["labour_cost"] == 80
    for role in ("staff", "pos", "viewer"):
        assert "labour_cost" not in api(role).get(path).json()


@pytest.mark.parametrize(
    ("query", "skus"),
    [
        ("sku=lv-1", {"LV-1"}),
        ("brand=louis vuitton", {"LV-1", "LV-2"}),
        ("category=bags&min_price=500", {"LV-2"}),
        ("max_price=50.00", {"SC-1"}),
        ("is_one_of_one=false", {"SC-1"}),
        ("status=sold", {"LV-2"}),
        ("status=sold&status=active", {"LV-1", "LV-2", "SC-1"}),
        ("available=true", {"LV-1", "SC-1"}),
        ("available=false", {"LV-2"}),
        ("search=neverfull", set()),
        ("search=lv", {"LV-1", "LV-2"}),
        ("search=vuitton&available=true", {"LV-1"}),
        ("listed_after=2026-01-01T00:00:00Z", {"LV-1", "LV-2", "SC-1"}),
        ("listed_before=2026-01-01T00:00:00Z", set()),
    ],
)
def test_products_are_narrowed_down(shop: SimpleNamespace, api: Api, sell: Sell, query: str, skus: set[str]) -> None:
    sell("LV-2")
    answer = api("viewer").get(f"/api/v1/products/?{query}").json()
    assert {one["sku"] for one in answer["results"]} == skus


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("channel=whatnot", {"W-1"}),
        ("number=T-1", {"T-1"}),
        ("sku=sc-1", {"T-1", "W-1"}),
        ("search=LV-1", {"T-1"}),
        ("state=cancelled", set()),
        ("ordered_after=2026-02-01T00:00:00-05:00", {"W-1"}),
        ("ordered_before=2026-02-01T00:00:00-05:00", {"T-1"}),
    ],
)
def test_orders_are_narrowed_down(shop: SimpleNamespace, api: Api, sell: Sell, query: str, numbers: set[str]) -> None:
    sell("LV-1", "SC-1", "SC-1", number="T-1", ordered_at="2026-01-31T23:59:00-05:00", customer=shop.anna.pk)
    sell("SC-1", number="W-1", channel="whatnot", show=shop.show.pk, ordered_at="2026-02-01T00:00:00-05:00")
    answer = api("staff").get(f"/api/v1/orders/?{query}").json()
    assert [one["number"] for one in answer["results"]] == sorted(numbers, reverse=True)


def test_orders_of_a_customer_and_of_a_show(shop: SimpleNamespace, api: Api, sell: Sell) -> None:
    sell("LV-1", number="T-1", customer=shop.anna.pk)
    sell("SC-1", number="W-1", show=shop.show.pk)
    of_anna = api("staff").get(f"/api/v1/orders/?customer={shop.anna.pk}").json()["results"]
    of_show = api("staff").get(f"/api/v1/orders/?show={shop.show.pk}").json()["results"]
    assert [one["number"] for one in of_anna] == ["T-1"]
    assert [one["number"] for one in of_show] == ["W-1"]


def test_lists_are_ordered_as_asked(shop: SimpleNamespace, api: Api) -> None:
    answer = api("viewer").get("/api/v1/products/?ordering=-list_price").json()
    assert [one["sku"] for one in answer["results"]] == ["LV-2", "LV-1", "SC-1"]


def test_pages_are_bounded_and_do_not_overlap(shop: SimpleNamespace, api: Api) -> None:
    Product.objects.bulk_create(Product(sku=f"P-{n}", list_price=1) for n in range(600))
    first = api("viewer").get("/api/v1/products/?ordering=list_price&page_size=100000").json()
    second = api("viewer").get("/api/v1/products/?ordering=list_price&page_size=100000&page=2").json()
    assert (len(first["results"]), first["count"]) == (500, 603)
    assert not {one["id"] for one in first["results"]} & {one["id"] for one in second["results"]}
    assert api("viewer").get("/api/v1/products/?page=3&page_size=500").status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("discuont=1", "discuont"),
        ("landed_cost=1", "landed_cost"),
        ("ordering=landed_cost", "ordering"),
        ("ordering=nonsense", "ordering"),
        ("condition=Z", "condition"),
        ("min_price=abc", "min_price"),
        ("min_price=NaN", "min_price"),
        ("min_price=1e999", "min_price"),
        ("min_price=" + "9" * 400, "min_price"),
        ("listed_after=0001-01-01T00:00%2B14:00", "listed_after"),
        ("listed_after=9999-12-31T23:59-14:00", "listed_after"),
        ("listed_after=2026-13-45", "listed_after"),
        ("sku=%00", "sku"),
        ("search=%00", ""),
    ],
)
def test_a_question_that_makes_no_sense_is_a_400(shop: SimpleNamespace, api: Api, query: str, field: str) -> None:
    answer = api("owner").get(f"/api/v1/products/?{query}")
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["error"].get("fields", {})) == ([field] if field else [])


@pytest.mark.parametrize("key", ["0", "99999", "9" * 18, "9" * 40, "-1", "abc", "1.5", "%00", "1%00"])
def test_what_is_not_there_is_a_404(shop: SimpleNamespace, api: Api, key: str) -> None:
    for name in ("products", "customers", "orders", "shows", "channels", "refunds"):
        answer = api("owner").get(f"/api/v1/{name}/{key}/")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_rows_of_an_unpublished_import_do_not_exist(shop: SimpleNamespace, api: Api, sell: Sell) -> None:
    batch = Batch.objects.create(format="whatnot", source="whatnot")
    Product.staged.create(sku="NEW", batch=batch)
    hidden = Order.staged.create(
        source="x",
        number="1",
        channel=shop.till,
        currency="USD",
        ordered_at=datetime(2026, 1, 1, tzinfo=UTC),
        batch=batch,
    )
    staged = Customer.staged.create(name="Nadia", email="nadia@example.com", batch=batch)
    Handle.staged.create(customer=shop.anna, platform="ebay", value="unseen", batch=batch)
    assert api("owner").get("/api/v1/products/?sku=NEW").json()["count"] == 0
    assert api("owner").get(f"/api/v1/orders/{hidden.pk}/").status_code == 404
    assert api("owner").get("/api/v1/customers/?email=nadia@example.com").json()["count"] == 0
    assert len(api("owner").get(f"/api/v1/customers/{shop.anna.pk}/").json()["handles"]) == 1
    assert sell("NEW").status_code == 400
    assert sell("LV-1", customer=staged.pk).status_code == 400
    assert sell("LV-1", customer={"platform": "ebay", "value": "unseen"}).status_code == 400


def more_of_everything(shop: SimpleNamespace, sell: Sell, make_piece: Callable[..., Product], count: int) -> None:
    for _ in range(count):
        n = Product.objects.count()
        person = Customer.objects.create(name=f"Person {n}")
        person.tags.add(Tag.objects.create(name=f"tag {n}"))
        Handle.objects.create(customer=person, platform="ebay", value=f"h{n}")
        Show.objects.create(
            channel=shop.whatnot, host=shop.host, title="More", starts_at=datetime(2026, 1, 1, tzinfo=UTC)
        )
        made = make_piece(f"M-{n}")
        sell(made.sku, "SC-1", customer=person.pk, show=shop.show.pk, role="manager")


@pytest.mark.parametrize("name", ["products", "customers", "orders", "shows", "channels", "refunds"])
def test_a_list_costs_the_same_number_of_queries_at_any_length(
    shop: SimpleNamespace, api: Api, sell: Sell, make_piece: Callable[..., Product], name: str
) -> None:
    def queries() -> int:
        client = api("owner")
        client.get(f"/api/v1/{name}/")  # notes the use of the key, once a minute
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(f"/api/v1/{name}/?page_size=100").status_code == 200
        return len(captured)

    more_of_everything(shop, sell, make_piece, 1)
    before = queries()
    more_of_everything(shop, sell, make_piece, 4)
    assert queries() == before <= 8


def test_a_person_in_a_browser_sees_the_browsable_api(shop: SimpleNamespace, client_as: Any, manager: Any) -> None:
    page = client_as(manager).get("/api/v1/products/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert b"LV-1" in page.content
    assert page.headers["Cache-Control"] == "private, no-store"


def test_the_root_lists_the_addresses(api: Api) -> None:
    assert set(api("viewer").get("/api/v1/").json()) == {
        "products", "customers", "orders", "refunds", "shows", "channels", "sales", "analytics", "reports",
        "campaigns", "interactions", "calendar-events",
    }  # fmt: skip
    assert api("").get("/api/v1/").status_code == 401
