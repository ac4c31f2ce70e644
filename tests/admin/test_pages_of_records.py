"""Every list and form of the admin: it opens, costs a constant number of queries, and shows what the role allows."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from golden import golden_shop

from customers.models import Customer, Handle, Tag
from inventory.models import Brand, Category, Hold, PriceChange, Product, StockMovement, Submission
from sales.models import Adjustment, CalendarEvent, Campaign, Channel, Interaction, Order, OrderLine, Refund, Show

ClientAs = Callable[[User], Client]
REGISTERED = [model for model in admin.site._registry if model is not LogEntry]


def address(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def shop(db: None) -> None:
    """A shop with at least one of nearly everything."""
    golden = golden_shop()
    now = timezone.now()
    Hold.objects.create(product=golden.kelly, customer=golden.anna, held_at=now, ended_at=now)
    Submission.objects.create(
        seller=golden.kelly.seller or golden.speedy.seller or _seller(), title="Bag", submitted_at=now
    )
    Campaign.objects.create(name="Spring", starts_on=now.date())
    CalendarEvent.objects.create(name="Fair", event_type="event", starts_on=now.date())
    Interaction.objects.create(kind="enquiry", customer=golden.anna, occurred_at=now)
    Show.objects.create(channel=golden.live.channel, title="Friday live", starts_at=now)
    Handle.objects.create(customer=golden.anna, platform="whatnot", value="anna_bags")
    Tag.objects.create(name="gift")


def _seller() -> Model:
    from customers.models import Seller

    return Seller.objects.create(name="Sally Sells")


def test_every_list_form_and_history_opens_for_the_owner(shop: None, owner: User, client_as: ClientAs) -> None:
    client = client_as(owner)
    for model in REGISTERED:
        assert client.get(address(model, "changelist")).status_code == 200, model
        may_add = admin.site._registry[model].has_add_permission(_request_of(owner))
        assert client.get(address(model, "add")).status_code == (200 if may_add else 403), model
        record = model._default_manager.first()
        if record is not None:
            assert client.get(address(model, "change", record.pk)).status_code == 200, model
            assert client.get(address(model, "history", record.pk)).status_code == 200, model


def _request_of(user: User) -> object:
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = user
    return request


def test_permissions_that_acts_name_exist(db: None) -> None:
    """unfold would check this by asking the database whenever a command starts; here is the better place."""
    known = {f"{app}.{name}" for app, name in Permission.objects.values_list("content_type__app_label", "codename")}
    for model_admin in admin.site._registry.values():
        for act in getattr(model_admin, "_get_base_actions_detail", list)():
            for name in getattr(act.method, "allowed_permissions", ()):
                assert "." not in name or name in known, f"{model_admin}: {name}"


# --- As many queries for 1,000 rows as for 10 ---------------------------------------------------------------------


def _many(count: int) -> None:
    now = timezone.now()
    start = Product.objects.count()
    brand, _ = Brand.objects.get_or_create(name="Chanel")
    category, _ = Category.objects.get_or_create(name="Bags")
    channel, _ = Channel.objects.get_or_create(code="live", defaults={"name": "Live"})
    show, _ = Show.objects.get_or_create(title="Friday", channel=channel, defaults={"starts_at": now})
    people = Customer.objects.bulk_create(
        Customer(name=f"Anna {n}", email=f"anna{n}@example.com") for n in range(start, start + count)
    )
    pieces = Product.objects.bulk_create(
        Product(sku=f"P{n}", brand=brand, category=category, quantity_on_hand=1, status="active", list_price=10)
        for n in range(start, start + count)
    )
    StockMovement.objects.bulk_create(
        StockMovement(product=piece, kind="receive", on_hand_change=1, moved_at=now) for piece in pieces
    )
    PriceChange.objects.bulk_create(PriceChange(product=piece, price=10, changed_at=now) for piece in pieces)
    Hold.objects.bulk_create(
        Hold(product=piece, customer=person, held_at=now, ended_at=now)
        for piece, person in zip(pieces, people, strict=True)
    )
    orders = Order.objects.bulk_create(
        Order(
            source="till",
            number=str(n),
            channel=channel,
            customer=person,
            show=show,
            ordered_at=now - timedelta(hours=n),
            currency="USD",
        )
        for n, person in enumerate(people, start)
    )
    OrderLine.objects.bulk_create(
        OrderLine(order=order, product=piece, unit_price=10, gross=10, sold_at=now)
        for order, piece in zip(orders, pieces, strict=True)
    )
    Refund.objects.bulk_create(
        Refund(
            source="till",
            number=str(n),
            order=order,
            channel=channel,
            customer=order.customer,
            amount=1,
            refunded_at=now,
        )
        for n, order in enumerate(orders, start)
    )
    Adjustment.objects.bulk_create(
        Adjustment(kind="adjustment", source="till", order=order, channel=channel, amount=1, adjusted_at=now)
        for order in orders
    )
    Interaction.objects.bulk_create(
        Interaction(kind="like", customer=person, product=piece, channel=channel, occurred_at=now)
        for piece, person in zip(pieces, people, strict=True)
    )
    Tag.objects.bulk_create(Tag(name=f"tag {n}") for n in range(start, start + count))


MANY = (Product, StockMovement, PriceChange, Hold, Order, Refund, Adjustment, Interaction, Customer, Tag)


def _queries(client: Client, model: type[Model]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address(model, "changelist")).status_code == 200
    return len(queries)


def test_lists_ask_as_often_for_a_thousand_rows_as_for_ten(owner: User, client_as: ClientAs) -> None:
    client = client_as(owner)
    _many(10)
    _queries(client, Product)  # fills the caches of content types
    few = {model: _queries(client, model) for model in MANY}
    _many(990)
    assert {model: _queries(client, model) for model in MANY} == few
    assert max(few.values()) < 20


# --- Roles ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("owner", {"auth.user", "access.apikey", "inventory.product", "sales.payout", "customers.seller"}),
        ("manager", {"inventory.product", "sales.payout", "customers.seller"}),
        ("staff", {"inventory.product"}),
        ("viewer", {"inventory.product"}),
    ],
)
def test_lists_open_by_role(
    shop: None, request: pytest.FixtureRequest, client_as: ClientAs, who: str, allowed: set[str]
) -> None:
    client = client_as(request.getfixturevalue(who))
    watched = {"auth.user", "access.apikey", "inventory.product", "sales.payout", "customers.seller"}
    opened = {
        label
        for label in watched
        if client.get(reverse(f"admin:{label.replace('.', '_')}_changelist")).status_code == 200
    }
    assert opened == allowed


@pytest.mark.parametrize(("who", "sees"), [("owner", True), ("manager", True), ("staff", False), ("viewer", False)])
def test_cost_and_margin_vanish_without_permission(
    shop: None, request: pytest.FixtureRequest, client_as: ClientAs, who: str, sees: bool
) -> None:
    client = client_as(request.getfixturevalue(who))
    flap = Product.objects.get(sku="CH-FLAP")
    for url in (address(Product, "changelist"), address(Product, "change", flap.pk)):
        page = client.get(url).content.decode()
        assert ("Margin" in page) is sees
        assert (f"{flap.landed_cost:,.2f}" in page) is sees
    asked = client.get(address(Product, "changelist"), {"landed_cost__gte": "100"})
    assert asked.status_code == (200 if sees else 400)
    assert client.get(address(Product, "history", flap.pk)).status_code == (200 if sees else 403)
