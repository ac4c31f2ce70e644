"""What a channel takes: dated rules, each rounded once per order, then spread over the lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Q

from lacelux.lib.money import ZERO, cents, spread
from sales.models import Channel, FeeRule
from sales.services.errors import InvalidSale
from sales.services.lines import PricedLine, convert
from sales.services.shares import weights_of


def rules_in_force(channel: Channel, on: date) -> list[FeeRule]:
    """The channel's rules that hold on a local date, both ends in."""
    still = Q(valid_to=None) | Q(valid_to__gte=on)
    return list(FeeRule.objects.filter(still, channel=channel, valid_from__lte=on))


def holds_on(rule: FeeRule, on: date) -> bool:
    """Whether `rule` holds on a local date, both ends in: what `rules_in_force` asks the database."""
    return rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to)


def fees_due(*, rules: Sequence[FeeRule], lines: Sequence[PricedLine], extras: Decimal) -> Decimal:
    """The fees of one order by `rules`, in the shop's currency; `extras` are the shipping and tax it charged.

    A rule takes its rate of the lines whose price per piece, after discount, lies in its band (with their part of
    the extras where its base is the total), and its fixed amount once, unless nothing was paid.
    """
    parts = spread(extras, weights_of(lines)) if lines else []
    return sum((_fee(rule, lines, parts) for rule in rules), ZERO)


def _fee(rule: FeeRule, lines: Sequence[PricedLine], extras: Sequence[Decimal]) -> Decimal:
    base = ZERO
    for line, extra in zip(lines, extras, strict=True):
        if _covers(rule, line.revenue / line.quantity):
            base += line.revenue + (extra if rule.base == FeeRule.Base.TOTAL else ZERO)
    return cents(rule.rate * base) + rule.fixed if base else ZERO


def _covers(rule: FeeRule, price: Decimal) -> bool:
    return rule.min_price <= price and (rule.max_price is None or price < rule.max_price)


def line_fees(
    *,
    channel: Channel,
    on: date,
    lines: Sequence[PricedLine],
    extras: Decimal,
    fees: Decimal | None,
    rate: Decimal,
) -> list[Decimal]:
    """The fees of each line: its own where it came with them, else its part of the order's.

    `fees` (in the order's currency, converted at `rate`) None: by the channel's rules.
    """
    without = [line for line in lines if line.line.fees is None]
    if fees and not without:
        raise InvalidSale("fees", "Every line has its own fees already.")
    shares = iter(_shares(channel, on, without, extras, fees, rate))
    own = [line.line.fees for line in lines]
    return [next(shares) if fee is None else convert(fee, rate) for fee in own]


def _shares(
    channel: Channel, on: date, lines: list[PricedLine], extras: Decimal, fees: Decimal | None, rate: Decimal
) -> list[Decimal]:
    if not lines:
        return []
    if fees is None:
        due = fees_due(rules=rules_in_force(channel, on), lines=lines, extras=extras)
    else:
        due = convert(fees, rate)
    return spread(due, weights_of(lines))
