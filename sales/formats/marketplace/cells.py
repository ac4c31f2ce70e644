"""Cells as marketplaces write them, beside what every file has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from decimal import Decimal

from lacelux.intake import values
from lacelux.intake.refusals import Refused
from lacelux.lib.money import ZERO

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAMED = re.compile(r"([A-Za-z]{3})[ -](\d{1,2})(?:, ?|-)(\d{4}|\d{2})", re.ASCII)
_OFFSET = re.compile(r" (?=[+-]\d{2}:?\d{2}$)", re.ASCII)
Row = Mapping[str, str]


def title(row: Row, column: str) -> str:
    """A piece's title as the ledger keeps it: a longer one is cut, for it only describes."""
    return values.text(row[column], column=column, longest=5_000, required=True)[:200].strip()


def words(row: Row, column: str, longest: int, *, required: bool = False) -> str:
    return values.text(row[column], column=column, longest=longest, required=required)


def postcode(row: Row, column: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from eating leading zeros."""
    return values.text(row[column].strip().lstrip("'"), column=column, longest=20)


def money(row: Row, column: str) -> Decimal:
    """An amount of 0 or more; nothing there is 0.00."""
    return ZERO if not row[column].strip() else price(row, column)


def price(row: Row, column: str) -> Decimal:
    """An amount of 0 or more that must be there."""
    amount = values.dollars(row[column], column=column)
    if amount < 0:
        raise Refused("The amount is not negative.", column=column, value=row[column])
    return amount


def stated(row: Row, column: str) -> Decimal | None:
    """A signed amount, None where the cell is empty."""
    return values.dollars(row[column], column=column) if row[column].strip() else None


def pieces(row: Row, column: str) -> int:
    count = values.whole(row[column], column=column)
    if count < 1:
        raise Refused("A sale is of 1 or more.", column=column, value=row[column])
    return count


def american_day(row: Row, column: str, *, zone: tzinfo, now: datetime) -> datetime:
    """12/27/2024, as its first moment."""
    return values.moment(row[column], column=column, zone=zone, now=now, date_format="%m/%d/%Y")


def named_day(row: Row, column: str, *, zone: tzinfo, now: datetime) -> datetime:
    """`Jan 5, 2026` or `Jan-05-26`, whatever the language of this machine, as its first moment; or an ISO date."""
    text = row[column].strip()
    found = _NAMED.fullmatch(text)
    if found and found[1].title() in _MONTHS:
        year = found[3] if len(found[3]) == 4 else f"20{found[3]}"
        text = f"{year}-{_MONTHS.index(found[1].title()) + 1:02}-{int(found[2]):02}"
    try:
        return values.moment(text, column=column, zone=zone, now=now)
    except Refused as refused:
        raise Refused(refused.reason, column=column, value=row[column]) from None


def stamp(row: Row, column: str, *, zone: tzinfo, now: datetime) -> datetime:
    """`2025-01-05 10:00:00 -0500`, in its own offset."""
    return values.moment(_OFFSET.sub("", row[column].strip()), column=column, zone=zone, now=now)
