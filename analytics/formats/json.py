"""An answer for programs: numbers as numbers, money with its two decimals, days and moments in ISO 8601."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from math import isfinite
from typing import Any

from analytics.base import Result
from analytics.columns import Column
from analytics.formats.text import local
from analytics.mart.session import Row
from lacelux.lib.money import CENT
from lacelux.lib.periods import Period

Painter = Callable[[Any], Any]
PLACES = 6  # of a share, and of any measure that is no money


def answer(result: Result, *, next_page: str | None = None) -> dict[str, Any]:
    """The whole answer; listings carry `page`, `total_rows` and the address of the next page."""
    whole: dict[str, Any] = {
        "slug": result.slug,
        "title": result.title,
        "description": result.description,
        "params": result.params,
        "period": period(result.period),
        "as_of": local(result.as_of).isoformat(timespec="milliseconds"),
        "columns": [{"name": c.name, "label": c.label, "kind": c.kind} for c in result.columns],
        "rows": rows(result.columns, result.rows),
        "insights": result.insights,
        "notes": result.notes,
    }
    if result.total_rows is not None:
        whole |= {"page": result.page, "total_rows": result.total_rows, "next": next_page}
    return whole


def period(asked: Period | None) -> dict[str, str] | None:
    if asked is None:
        return None
    return {"text": asked.text, "start": str(asked.start), "end": str(asked.end), "grain": asked.grain}


def rows(columns: Sequence[Column], found: Sequence[Row]) -> list[dict[str, Any]]:
    paint = painters(columns)
    names = [column.name for column in columns]
    return [dict(zip(names, paint(row), strict=True)) for row in found]


def painters(columns: Sequence[Column]) -> Callable[[Row], list[Any]]:
    """What turns a row into plain values. A measure is painted by the kind its row names."""
    fixed = [PAINTERS.get(column.kind, unchanged) for column in columns]
    measures = [i for i, column in enumerate(columns) if column.kind == "measure"]
    unit = next((i for i, column in enumerate(columns) if column.name == "unit"), None)

    def paint(row: Row) -> list[Any]:
        cells = [None if value is None else one(value) for one, value in zip(fixed, row, strict=True)]
        for i in measures:
            if row[i] is not None and unit is not None:
                cells[i] = PAINTERS.get(row[unit], unchanged)(row[i])
        return cells

    return paint


def unchanged(value: Any) -> Any:
    return value


def money(value: Decimal | int | float) -> Decimal:
    amount = value if isinstance(value, Decimal) else Decimal(str(value))
    return amount.quantize(CENT)


def fraction(value: Decimal | int | float) -> float | None:
    """Rounded to six places, never `-0.0`; None for what is no number."""
    plain = round(float(value), PLACES)
    return plain + 0.0 if isfinite(plain) else None


def iso(value: Any) -> str:
    return str(value.isoformat())


PAINTERS: dict[str, Painter] = {
    "money": money,
    "percent": fraction,
    "number": fraction,
    "days": fraction,
    "measure": fraction,
    "integer": int,
    "weekday": int,
    "hour": int,
    "flag": bool,
    "text": str,
    "date": iso,
    "time": lambda value: local(value).isoformat(),
    "key": lambda value: iso(value) if hasattr(value, "isoformat") else value,
}
