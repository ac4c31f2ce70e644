"""A small shop, and callers of its API in every role."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from customers.models import Customer, Handle, Seller
from inventory.models import Brand, Category, Product
from inventory.services import add_cost, list_product, receive
from lacelux.access.keys import issue
from sales.models import Channel, FeeRule, Host, Show

ROLES = ("owner", "manager", "staff", "pos", "viewer")


def piece(sku: str, *, price: str = "450.00", cost: str = "200.00", quantity: int = 1, **facts: Any) -> Product:
    """A listed product that lies on the shelf, received through the ledger."""
    product = Product.objects.create(
        sku=sku, title=f"Piece {sku}", list_price=Decimal(price), is_one_of_one=quantity == 1, **facts
    )
    receive(product=product, quantity=quantity)
    add_cost(
        product=product, kind="purchase", amount=Decimal(cost), incurred_on=datetime(2026, 1, 2, tzinfo=UTC).date()
    )
    list_product(product=product)
    product.refresh_from_db()
    return product


@pytest.fixture
def make_piece() -> Callable[..., Product]:
    return piece


@pytest.fixture
def shop(db: None) -> SimpleNamespace:
    """One Speedy, one Neverfull and ten scarves; a till without fees, Whatnot at 8 %; Anna; Bella's show."""
    till = Channel.objects.create(code="till", name="Till")
    whatnot = Channel.objects.create(code="whatnot", name="Whatnot", is_live=True)
    FeeRule.objects.create(channel=whatnot, kind="commission", rate=Decimal("0.08"), valid_from="2020-01-01")
    louis = Brand.objects.create(name="Louis Vuitton")
    bags = Category.objects.create(name="Bags")
    seller = Seller.objects.create(name="Carla Consigns", email="carla@example.com")
    anna = Customer.objects.create(
        name="Anna Alvarez", email="anna@example.com", phone="+1 212 555 0143", address="1 Main St", city="New York"
    )
    Handle.objects.create(customer=anna, platform="instagram", value="@anna.bags")
    host = Host.objects.create(name="Bella")
    show = Show.objects.create(
        channel=whatnot, host=host, title="Friday bags", starts_at=datetime(2026, 3, 6, 23, tzinfo=UTC), labour_cost=80
    )
    return SimpleNamespace(
        till=till,
        whatnot=whatnot,
        anna=anna,
        host=host,
        show=show,
        speedy=piece("LV-1", brand=louis, category=bags, seller=seller, floor_price=Decimal(400), notes="scratch"),
        neverfull=piece("LV-2", price="900.00", cost="500.00", brand=louis, category=bags),
        scarf=piece("SC-1", price="50.00", cost="10.00", quantity=10),
    )


@pytest.fixture
def api(db: None) -> Callable[[str], APIClient]:
    """`api("pos")`: a client with a key of that role, the same key each time; `api("")` has none."""
    values: dict[str, str] = {}

    def client(role: str) -> APIClient:
        caller = APIClient()
        if role:
            if role not in values:
                values[role] = issue(name=f"key-{role}", role=role)[1]
            caller.credentials(HTTP_AUTHORIZATION=f"Api-Key {values[role]}")
        return caller

    return client


def sale(*skus: str, **more: Any) -> dict[str, Any]:
    return {"channel": "till", "lines": [{"sku": sku, "unit_price": "450.00"} for sku in skus], **more}


@pytest.fixture
def sell(api: Callable[[str], APIClient]) -> Callable[..., Response]:
    """`sell("LV-1", role="pos", key="k1", tax="4.00")`: the answer to one POST of a sale."""

    def post(*skus: str, role: str = "pos", key: str = "", body: Any = None, **more: Any) -> Response:
        said = sale(*skus, **more) if body is None else body
        return api(role).post("/api/v1/sales/", said, headers={"Idempotency-Key": key or str(uuid4())})

    return post
