"""Writes down who and what the plan knows: everything but the movements of stock and money.

Nothing later than `now` is written. Bulk rows are written as bulk rows, with their audit rows where a model keeps any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import Model

from customers.models import Customer, Handle, Seller, Tag
from demo.catalogue import ACCESSORIES, BRANDS, CATEGORIES, EXTRAS, WANTED
from demo.people import Person
from demo.pieces import Piece, Price
from demo.places import open_channels
from demo.plan import Plan
from demo.shows import HOSTS, HostPlan
from inventory.models import Brand, Category, CostEntry, PriceChange, Product
from sales.models import Campaign, CampaignSpend, Channel, Host, Show

REASON = "demo shop"
BATCH = 1_000


@dataclass
class Records:
    """What was written, by its number or name in the plan."""

    brands: dict[str, Brand]
    categories: dict[str, Category]
    channels: dict[str, Channel]
    hosts: dict[str, Host]
    shows: dict[int, Show]
    campaigns: dict[str, Campaign]
    sellers: dict[int, Seller]
    customers: dict[int, Customer]
    products: dict[int, Product]
    extras: dict[str, Product]


def write_records(plan: Plan, now: datetime) -> Records:
    """Everything that the ledger refers to, pieces with nothing on hand yet."""
    brands = {brand.name: _brand(brand.name, brand.country) for brand in (*BRANDS, *WANTED)}
    categories = {name: _category(name) for name in CATEGORIES}
    sellers = _sellers(plan)
    channels = open_channels(year=plan.span.end.year)
    hosts = {host.name: _host(host) for host in HOSTS}
    return Records(
        brands=brands, categories=categories, channels=channels, hosts=hosts, sellers=sellers,
        shows=_shows(plan, now, channels["whatnot"], hosts), campaigns=_campaigns(plan),
        customers=_customers(plan, now), products=_products(plan, now, brands, categories, sellers),
        extras=_extras(plan, categories),
    )  # fmt: skip


def _brand(name: str, country: str) -> Brand:
    return Brand.objects.filter(name__iexact=name).first() or Brand.objects.create(name=name, country=country)


def _category(name: str) -> Category:
    return Category.objects.filter(name__iexact=name).first() or Category.objects.create(name=name)


def _host(host: HostPlan) -> Host:
    return Host.objects.get_or_create(name=host.name, defaults={"handle": host.handle})[0]


def _audited(model: Any, rows: Sequence[Model]) -> None:
    """Insert rows in bulk, each with its audit row."""
    model._base_manager.bulk_create(rows, batch_size=BATCH)
    model.history.bulk_history_create(rows, batch_size=BATCH, default_change_reason=REASON)


def _backdate(model: Any, rows: Sequence[Model]) -> None:
    """`created_at` as the plan has it: inserting set it to now."""
    for row in rows:
        row.created_at = row.planned_at  # type: ignore[attr-defined]
    model._base_manager.bulk_update(rows, ["created_at"], batch_size=400)


def _sellers(plan: Plan) -> dict[int, Seller]:
    first = plan.span.at(plan.span.start, 9)
    rows = [
        Seller(name=s.name, email=s.email, instagram=s.instagram, consignor_share=Decimal(s.share))
        for s in plan.suppliers
    ]
    for row in rows:
        row.planned_at = first  # type: ignore[attr-defined]
    _audited(Seller, rows)
    _backdate(Seller, rows)
    return {supplier.number: row for supplier, row in zip(plan.suppliers, rows, strict=True)}


def _shows(plan: Plan, now: datetime, channel: Channel, hosts: dict[str, Host]) -> dict[int, Show]:
    """Shows that have begun; one that is on has no end yet."""
    begun = [show for show in plan.shows if show.starts_at <= now]
    rows = [
        Show(
            channel=channel, host=hosts[show.host.name], title=show.title, starts_at=show.starts_at,
            ends_at=show.ends_at if show.ends_at <= now else None,
            labour_cost=Decimal(round(show.hours * 28 + 20)), viewers_peak=show.viewers,
        )
        for show in begun
    ]  # fmt: skip
    _audited(Show, rows)
    return {show.number: row for show, row in zip(begun, rows, strict=True)}


def _campaigns(plan: Plan) -> dict[str, Campaign]:
    """Campaigns and what they cost a day."""
    taken = set(Campaign.objects.values_list("name", flat=True))
    new = [one for one in plan.campaigns if one.name not in taken]
    rows = [
        Campaign(name=one.name, medium=one.medium, starts_on=one.starts_on, ends_on=one.ends_on, budget=one.budget)
        for one in new
    ]
    _audited(Campaign, rows)
    by_name = {row.name: row for row in rows}
    spend = [
        CampaignSpend(
            campaign=by_name[one.campaign], spent_on=one.day, amount=one.amount, impressions=one.impressions,
            clicks=one.clicks,
        )
        for one in plan.spend if one.campaign in by_name
    ]  # fmt: skip
    CampaignSpend.objects.bulk_create(spend, batch_size=BATCH)
    return by_name | {row.name: row for row in Campaign.objects.filter(name__in=taken)}


def _customers(plan: Plan, now: datetime) -> dict[int, Customer]:
    """Everyone who was seen by now, since they were first seen."""
    seen = {person.number: since for person, since in plan.people}
    for talk in plan.talk:
        seen[talk.person] = min(seen[talk.person], talk.at)
    people = [person for person, _ in plan.people if seen[person.number] <= now]
    rows = [_customer(person, seen[person.number], now) for person in people]
    _audited(Customer, rows)
    _backdate(Customer, rows)
    customers = {person.number: row for person, row in zip(people, rows, strict=True)}
    _handles(people, customers)
    _tags(plan, people, customers, now)
    return customers


def _customer(person: Person, seen: datetime, now: datetime) -> Customer:
    row = Customer(
        name=person.name, email=person.email, phone=person.phone, city=person.place.city,
        region=person.place.region, postcode=person.postcode, country=person.place.country,
        contact_preference=person.contact, consented_to_mail_at=min(seen, now) if person.consents else None,
    )  # fmt: skip
    row.planned_at = seen  # type: ignore[attr-defined]
    return row


def _handles(people: Iterable[Person], customers: dict[int, Customer]) -> None:
    taken = {(platform, value.lower()) for platform, value in Handle.staged.values_list("platform", "value")}
    rows = []
    for person in people:
        for platform, value in person.handles:
            if (platform, value.lower()) not in taken:
                taken.add((platform, value.lower()))
                rows.append(Handle(customer=customers[person.number], platform=platform, value=value))
    Handle.objects.bulk_create(rows, batch_size=BATCH)


def _tags(plan: Plan, people: Iterable[Person], customers: dict[int, Customer], now: datetime) -> None:
    """What staff wrote on people: who buys much, comes to shows, or is after one brand."""
    orders = Counter(order.person.number for order in plan.orders if order.at <= now)
    live = Counter(order.person.number for order in plan.orders if order.at <= now and order.show)
    given: dict[str, list[Customer]] = {"VIP": [], "Live regular": [], "Reseller": []}
    for person in people:
        if orders[person.number] >= 6:
            given["VIP"].append(customers[person.number])
        if live[person.number] >= 3:
            given["Live regular"].append(customers[person.number])
        if orders[person.number] >= 10 and person.budget < 700:
            given["Reseller"].append(customers[person.number])
        if person.number % 5 == 0:
            given.setdefault(f"{person.favourites[0]} lover", []).append(customers[person.number])
    for name, tagged in given.items():
        Tag.objects.get_or_create(name=name)[0].customers.add(*tagged)


def _products(
    plan: Plan,
    now: datetime,
    brands: dict[str, Brand],
    categories: dict[str, Category],
    sellers: dict[int, Seller],
) -> dict[int, Product]:
    """Pieces that have arrived, with their costs and prices; the ledger puts them on hand."""
    pieces = [piece for piece in plan.pieces if piece.received_at <= now]
    seen = Counter(view.piece for view in plan.views if view.at <= now)
    rows = [
        _product(piece, now, brands[piece.model.brand], categories[piece.model.category], sellers, seen[piece.number])
        for piece in pieces
    ]
    today = plan.span.end
    for piece, row in zip(pieces, rows, strict=True):
        row.landed_cost = sum((amount for _, amount, day in piece.costs if day <= today), Decimal(0))
    _audited(Product, rows)
    _backdate(Product, rows)
    CostEntry.objects.bulk_create(
        [
            CostEntry(product=row, kind=kind, amount=amount, incurred_on=day)
            for piece, row in zip(pieces, rows, strict=True)
            for kind, amount, day in piece.costs
            if day <= today
        ],
        batch_size=BATCH,
    )
    _prices(pieces, rows, now)
    return {piece.number: row for piece, row in zip(pieces, rows, strict=True)}


def _product(
    piece: Piece, now: datetime, brand: Brand, category: Category, sellers: dict[int, Seller], views: int
) -> Product:
    is_listed = piece.listed_at <= now
    row = Product(
        sku=piece.sku, title=piece.title, brand=brand, category=category, model=piece.model.name, size=piece.size,
        colour=piece.colour, condition=piece.condition, is_limited_edition=piece.is_limited, serial=piece.serial,
        location=f"Shelf {'ABCDEFGH'[piece.number % 8]}{piece.number % 12 + 1}",
        status=Product.Status.ACTIVE if is_listed else Product.Status.DRAFT,
        list_price=piece.price_at(now) if is_listed else None, floor_price=piece.floor,
        seller=sellers[piece.supplier.number], is_consigned=piece.is_consigned, views_count=views,
        listed_at=piece.listed_at if is_listed else None,
    )  # fmt: skip
    row.planned_at = piece.received_at  # type: ignore[attr-defined]
    return row


def _prices(pieces: Iterable[Piece], rows: Iterable[Product], now: datetime) -> None:
    changes = []
    for piece, row in zip(pieces, rows, strict=True):
        asked: list[Price | None] = [None, *(price for price in piece.prices if price.at <= now)]
        changes += [_price_change(row, before, after) for before, after in pairwise(asked) if after is not None]
    PriceChange.objects.bulk_create(changes, batch_size=BATCH)


def _price_change(product: Product, before: Price | None, after: Price) -> PriceChange:
    return PriceChange(
        product=product, price=after.amount, previous=before.amount if before else None, reason=after.reason,
        changed_at=after.at,
    )  # fmt: skip


def _extras(plan: Plan, categories: dict[str, Category]) -> dict[str, Product]:
    first = plan.span.at(plan.span.start, 8)
    rows = [
        Product(
            sku=extra.sku, title=extra.title, category=categories[ACCESSORIES], model=extra.title,
            is_one_of_one=False, status=Product.Status.ACTIVE, list_price=Decimal(extra.price), listed_at=first,
            landed_cost=Decimal(extra.cost),
        )
        for extra in EXTRAS
    ]  # fmt: skip
    _audited(Product, rows)
    costs = [
        CostEntry(product=row, kind="purchase", amount=row.landed_cost, incurred_on=plan.span.start) for row in rows
    ]
    CostEntry.objects.bulk_create(costs)
    return {row.sku: row for row in rows}
