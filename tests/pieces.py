"""Small words for setting up stock and channels in tests."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from inventory.models import Product
from inventory.services import add_cost, list_product, receive
from sales.models import Channel, FeeRule

NEW_YORK = ZoneInfo("America/New_York")


def at(day: str, hour: int = 12, minute: int = 0) -> datetime:
    """A time of the shop: `at("2026-03-02", 15)`."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), NEW_YORK).replace(hour=hour, minute=minute)


def piece(
    sku: str,
    *,
    quantity: int = 1,
    one_of_one: bool = True,
    cost: str = "0",
    listed: str | None = "2026-02-01",
    **fields: object,
) -> Product:
    """A product on hand and, unless `listed` is None, for sale since that day."""
    product = Product.objects.create(sku=sku, title=fields.pop("title", sku), is_one_of_one=one_of_one, **fields)
    if quantity:
        receive(product=product, quantity=quantity, at=at("2026-01-15"))
    if Decimal(cost):
        add_cost(product=product, kind="purchase", amount=Decimal(cost), incurred_on=date(2026, 1, 15))
    if listed:
        list_product(product=product, at=at(listed))
    return product


def channel(code: str = "till", **fields: object) -> Channel:
    return Channel.objects.get_or_create(code=code, defaults={"name": code.title(), **fields})[0]


def fee_rule(channel: Channel, rate: str = "0", **fields: object) -> FeeRule:
    """A rule of commission on the items that has always held, where `fields` do not say otherwise."""
    usual = {"kind": "commission", "base": "items", "valid_from": date(2020, 1, 1)}
    return FeeRule.objects.create(channel=channel, rate=Decimal(rate), **{**usual, **fields})
