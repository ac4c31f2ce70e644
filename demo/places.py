"""The channels of the demo shop and what they take. Rates are assumed, but for Poshmark's, which is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sales.models import Channel, FeeRule

ASSUMED = "assumed for the demo shop"
POSHMARK = "Poshmark: $2.95 under $15, else 20 %"
SINCE = date(2020, 1, 1)
COMMISSION, PROCESSING = FeeRule.Kind.COMMISSION, FeeRule.Kind.PROCESSING
PROMOTION, SHIPPING = FeeRule.Kind.PROMOTION, FeeRule.Kind.SHIPPING
ITEMS, TOTAL = FeeRule.Base.ITEMS, FeeRule.Base.TOTAL

CHANNELS = {
    "whatnot": "Whatnot", "instagram": "Instagram", "poshmark": "Poshmark", "ebay": "eBay", "shopify": "Shopify",
    "email": "E-mail",
}  # fmt: skip


@dataclass(frozen=True)
class Fee:
    """`when`: always, or before or from 1 January of the year that the history ends in."""

    channel: str
    kind: FeeRule.Kind
    base: FeeRule.Base
    rate: str
    fixed: str = "0.00"
    above: str = "0.00"
    below: str | None = None
    when: str = "always"
    source: str = ASSUMED


FEES = (
    Fee("whatnot", COMMISSION, ITEMS, "0.08000"),
    Fee("whatnot", PROCESSING, TOTAL, "0.02900", "0.30"),
    Fee("poshmark", COMMISSION, ITEMS, "0.00000", "2.95", below="15.00", source=POSHMARK),
    Fee("poshmark", COMMISSION, ITEMS, "0.20000", above="15.00", source=POSHMARK),
    Fee("ebay", COMMISSION, ITEMS, "0.14600", below="2000.00", when="before"),
    Fee("ebay", COMMISSION, ITEMS, "0.15000", below="2000.00", when="from"),
    Fee("ebay", COMMISSION, ITEMS, "0.09000", above="2000.00"),
    Fee("ebay", PROCESSING, ITEMS, "0.00000", "0.40"),
    Fee("ebay", PROMOTION, ITEMS, "0.02000"),
    Fee("shopify", PROCESSING, TOTAL, "0.02900", "0.30", when="before"),
    Fee("shopify", PROCESSING, TOTAL, "0.02700", "0.30", when="from"),
    Fee("shopify", SHIPPING, ITEMS, "0.00000", "14.00"),
    Fee("instagram", PROCESSING, TOTAL, "0.03490", "0.49"),
    Fee("instagram", SHIPPING, ITEMS, "0.00000", "14.00"),
    Fee("email", PROCESSING, TOTAL, "0.02900", "0.30"),
    Fee("email", SHIPPING, ITEMS, "0.00000", "18.00"),
)


def open_channels(*, year: int) -> dict[str, Channel]:
    """The six channels by code; one that is there already keeps its name and its fee rules, if it has any."""
    channels = {code: _channel(code, name) for code, name in CHANNELS.items()}
    bare = {code for code, channel in channels.items() if not channel.fee_rules.exists()}
    for fee in FEES:
        if fee.channel in bare:
            _rule(channels[fee.channel], fee, year).save()
    return channels


def _channel(code: str, name: str) -> Channel:
    channel, _ = Channel.objects.get_or_create(code=code, defaults={"name": name, "is_live": code == "whatnot"})
    return channel


def _rule(channel: Channel, fee: Fee, year: int) -> FeeRule:
    return FeeRule(
        channel=channel, kind=fee.kind, base=fee.base, rate=Decimal(fee.rate), fixed=Decimal(fee.fixed),
        min_price=Decimal(fee.above), max_price=Decimal(fee.below) if fee.below else None,
        valid_from=date(year, 1, 1) if fee.when == "from" else SINCE,
        valid_to=date(year - 1, 12, 31) if fee.when == "before" else None, source=fee.source,
    )  # fmt: skip
