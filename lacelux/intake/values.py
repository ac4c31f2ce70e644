"""Cells as values. Each function raises Refused with its column, the value and the reason."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

from lacelux.intake.refusals import Refused
from lacelux.lib.cells import unescape

LARGEST_WHOLE = 2_147_483_647  # what a database integer holds
_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?", re.ASCII)
_DOLLARS = re.compile(r"([+-]?)\$?(\d{1,3}(?:,\d{3})+|\d{1,30})(\.\d{1,30})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,15}(\.0{1,4})?", re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII)
_SLASHES = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:[T ,]+(\d\d?:\d\d(?::\d\d)?))?", re.ASCII)


def text(value: str, *, column: str, longest: int, required: bool = False) -> str:
    """The cell without blanks around it, at most `longest` characters."""
    value = unescape(value.strip())
    if required and not value:
        raise Refused("Missing.", column=column)
    if len(value) > longest:
        raise Refused(f"Longer than {longest} characters.", column=column, value=value)
    return value


def whole(value: str, *, column: str) -> int:
    """A whole number; `6.0` is 6."""
    value = value.strip()
    if not _WHOLE.fullmatch(value):
        raise Refused("Missing." if not value else "Not a whole number.", column=column, value=value)
    number = int(value.partition(".")[0])
    if abs(number) > LARGEST_WHOLE:
        raise Refused("Too large.", column=column, value=value)
    return number


def number(value: str, *, column: str, places: int, digits: int = 10) -> Decimal:
    """A plain number like 1234.56: at most `digits` before the point and `places` after it.

    1.234,56 and 1,234.56 are refused: which sign is the decimal one is not for us to guess.
    """
    value = value.strip()
    if not _NUMBER.fullmatch(value):
        raise Refused("Missing." if not value else "Not a number like 1234.56.", column=column, value=value)
    return _bounded(Decimal(value), value, column=column, places=places, digits=digits)


def dollars(value: str, *, column: str) -> Decimal:
    """An amount as American marketplaces write it: $1,400.00, -$0.78, 12.5."""
    value = value.strip()
    if not (found := _DOLLARS.fullmatch(value)):
        raise Refused("Missing." if not value else "Not an amount like -$1,234.56.", column=column, value=value)
    sign, units, fraction = found.groups()
    amount = Decimal(f"{sign}{units.replace(',', '')}{fraction or ''}")
    return _bounded(amount, value, column=column, places=2, digits=10)


def _bounded(amount: Decimal, value: str, *, column: str, places: int, digits: int) -> Decimal:
    if abs(amount) >= Decimal(10) ** digits:
        raise Refused(f"Too large: at most {digits} digits before the point.", column=column, value=value)
    if amount != round(amount, places):
        raise Refused(f"More than {places} decimals.", column=column, value=value)
    return amount


def moment(
    value: str, *, column: str, zone: tzinfo, now: datetime, date_format: str = "", required: bool = True
) -> datetime:
    """A date or time as a moment in UTC; without an offset of its own it is read in `zone`.

    ISO dates always; 25/12/2025 where it can be meant in one way only; anything else with a `date_format`.
    """
    value = value.strip()
    if not value:
        raise Refused("Missing.", column=column)
    try:
        found = _by_format(value, date_format) if date_format else _by_looks(value)
        found = (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except Refused as refused:
        raise Refused(refused.reason, column=column, value=value) from None
    except (ValueError, OverflowError):
        raise Refused("Not a date or time that exists.", column=column, value=value) from None
    if found.year < 1970:
        raise Refused("Before 1970.", column=column, value=value)
    if found > now + timedelta(days=1):
        raise Refused("In the future.", column=column, value=value)
    return found


def _by_format(value: str, date_format: str) -> datetime:
    for form in (date_format, f"{date_format} %H:%M:%S", f"{date_format} %H:%M"):
        try:
            return datetime.strptime(value, form)
        except ValueError:
            continue
    raise Refused(f"Not a date written as {date_format}.")


def _by_looks(value: str) -> datetime:
    if _ISO.fullmatch(value):
        return datetime.fromisoformat(value)
    if not (found := _SLASHES.fullmatch(value)):
        raise Refused("Not a date like 2025-04-03 or 2025-04-03 18:30:00.")
    first, second, year, clock = int(found[1]), int(found[2]), int(found[3]), found[4] or "0:0"
    if first <= 12 and second <= 12 and first != second:
        raise Refused("Day or month first? Say how dates are written: --option date-format=%d/%m/%Y, or %m/%d/%Y.")
    day, month = (first, second) if first > 12 else (second, first)
    hour, minute, *seconds = (int(part) for part in clock.split(":"))
    return datetime(year, month, day, hour, minute, seconds[0] if seconds else 0)
