"""Values as people read them: on pages, in charts and in mails. Programs get `json.py` and `csv.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from analytics.columns import Column

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "KRW": "₩"}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NOTHING = "–"
MINUS = "−"
CHANGES = ("growth", "change")  # shares that say a direction: they carry their sign
Value = Any  # what an answer's cell holds: Decimal, int, float, str, date, datetime, bool or None


def symbol() -> str:
    """How the shop's currency is written before an amount: `$`, or the code and a space."""
    currency = str(settings.SHOP_CURRENCY)
    return SYMBOLS.get(currency, f"{currency}\u00a0")


def said(column: Column, value: Value, unit: str = "") -> str:
    """`value` of `column` in words and figures. `unit` is the kind where the column's own differs by row."""
    if value is None or value == "":
        return NOTHING
    if column.name in CHANGES:
        return change(value)
    return SAYERS.get(unit or column.kind, str)(value)


def money(value: Decimal | float) -> str:
    return f"{MINUS if value < 0 else ''}{symbol()}{abs(value):,.2f}"


def integer(value: float) -> str:
    return f"{value:,.0f}".replace("-", MINUS)


def number(value: float) -> str:
    return f"{value:,.2f}".removesuffix(".00").replace("-", MINUS)


def percent(value: float) -> str:
    return f"{plain_zero(value * 100):,.1f}%".replace("-", MINUS)


def plain_zero(value: float) -> float:
    """What rounds to nothing has no sign."""
    return value if abs(value) >= 0.05 else 0.0


def change(value: float) -> str:
    """A share of change with its sign: `+12.5%`."""
    return f"{'+' if plain_zero(value * 100) > 0 else ''}{percent(value)}"


def points(value: float) -> str:
    """A difference of shares, in percentage points: `+1.5 pts`."""
    size = plain_zero(value * 100)
    return f"{'+' if size > 0 else ''}{size:,.1f} pts".replace("-", MINUS)


def days(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0").replace("-", MINUS)


def day(value: date) -> str:
    return f"{value.day} {value:%b %Y}"


def weekday(value: int) -> str:
    return WEEKDAYS[int(value) - 1]


def hour(value: int) -> str:
    return f"{int(value):02}:00"


def moment(value: datetime) -> str:
    return f"{day(local(value))}, {local(value):%H:%M}"


def flag(value: bool) -> str:
    return "Yes" if value else "No"


def local(value: datetime) -> datetime:
    """The moment in the shop's zone; one without a zone is UTC, as the mart keeps them."""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(settings.SHOP_TIME_ZONE))


SAYERS: dict[str, Callable[[Any], str]] = {
    "money": money,
    "percent": percent,
    "integer": integer,
    "number": number,
    "days": days,
    "date": day,
    "weekday": weekday,
    "hour": hour,
    "time": moment,
    "flag": flag,
}


def heading(column: Column) -> str:
    return column.label or column.name.replace("_", " ").capitalize()


def axis(column: Column, unit: str = "") -> str:
    """The column's label with its unit, for an axis."""
    units = {"money": str(settings.SHOP_CURRENCY), "percent": "%", "days": "days"}
    label, name = heading(column), units.get(unit or column.kind, "")
    return f"{label} ({name})" if name and name.lower() not in label.lower() else label
