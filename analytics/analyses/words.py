"""How insights say figures: short, in the shop's currency, and silent where the data are too few."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from analytics.base import Result, shop_currency

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "KRW": "₩"}
WEEKDAYS = ("", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def money(amount: Decimal | float) -> str:
    """Cents below 1,000 only: a sentence needs no more."""
    sign, size = "−" if amount < 0 else "", abs(Decimal(amount))
    digits = f"{size:,.2f}" if size < 1_000 and size != int(size) else f"{size:,.0f}"
    code = shop_currency()
    return f"{sign}{SIGNS[code]}{digits}" if code in SIGNS else f"{sign}{code} {digits}"


def percent(share: float) -> str:
    if 0 < abs(share) < 0.01:
        return "under 1%"
    return f"{share:.0%}".replace("-", "−")


def compared(growth: float | None) -> str:
    """What to put after a figure: how it stands to the period before; empty where nothing can be compared."""
    if growth is None:
        return ""
    if abs(growth) < 0.005:
        return ", as much as in the period before"
    return f", {percent(abs(growth))} {'more' if growth > 0 else 'less'} than in the period before"


def several(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def day(date_: date) -> str:
    return f"{date_:%B} {date_.day}, {date_.year}"


def too_few(what: str, have: str) -> str:
    """The honest sentence."""
    return f"Not enough data to say {what}: {have}."


def partly_covered(result: Result) -> list[str]:
    """A note where the shop's records begin within the period that growth compares with."""
    begin, previous = result.facts.get("records_begin"), result.period and result.period.previous()
    if not begin or not previous or not previous.start < begin <= previous.end:
        return []
    return [f"The records begin on {day(begin)}: growth compares with a period that they cover only in part."]
