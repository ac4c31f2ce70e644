"""Columns of the admin that are figures: right-aligned, in the shop's currency, sorted by what they show."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.utils.html import format_html

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "KRW": "₩", "INR": "₹", "AUD": "A$", "CAD": "C$"}
NOTHING = "–"


def money(amount: Decimal | None) -> str:
    """`$1,250.00`, `−$3.10`, `CHF 40.00`; a dash where there is no amount."""
    if amount is None:
        return NOTHING
    symbol = SYMBOLS.get(settings.SHOP_CURRENCY, f"{settings.SHOP_CURRENCY} ")
    return f"{'−' if amount < 0 else ''}{symbol}{abs(amount):,.2f}"


def percent(share: Decimal | None) -> str:
    """`0.354` as `35.4 %`."""
    return NOTHING if share is None else f"{share * 100:,.1f} %".replace("-", "−")


def whole(number: int | None) -> str:
    return NOTHING if number is None else f"{number:,}".replace("-", "−")


def signed(number: int) -> str:
    """`+1`, `−2`; nothing for 0."""
    return f"{number:+,}".replace("-", "−") if number else ""


class Figure:
    """A column of figures, as the admin calls it: for a row, its cell.

    `figure_` in its name aligns it (see lacelux.css); `reads` tells which permission may withhold it.
    """

    do_not_call_in_templates = True  # headings print its name

    def __init__(
        self, name: str, label: str, paint: Callable[[Any], str], of: Callable[[Any], Any], order: str
    ) -> None:
        self.__name__ = f"figure_{name}"
        self.reads = name
        self.short_description = label
        self.admin_order_field = order or None
        self.paint = paint
        self.of = of

    def __str__(self) -> str:
        return self.__name__

    def __call__(self, row: Any) -> str:
        return format_html('<span class="num">{}</span>', self.paint(self.of(row)))


def figure(
    name: str,
    label: str,
    paint: Callable[[Any], str] = money,
    *,
    of: Callable[[Any], Any] | None = None,
    order: str = "",
) -> Figure:
    """A column that shows `name` (or what `of` makes of the row) as `paint` writes it, sorted by `order` or itself."""
    return Figure(name, label, paint, of or attrgetter(name), order or ("" if of else name))


def reads(entry: Any) -> str:
    """The name that a column, a form field or a filter goes by when it is withheld."""
    if isinstance(entry, tuple):
        entry = entry[0]
    return entry if isinstance(entry, str) else getattr(entry, "reads", getattr(entry, "__name__", ""))
