"""Many new rows at once, by the shortest way each database has."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models
from django.utils import timezone

Rows = Sequence[tuple[Any, ...]]


def insert(model: type[models.Model], fields: Sequence[str], rows: Rows) -> None:
    """Insert `rows`, each a tuple of values for `fields`; other fields take their defaults.

    Values: Decimal, aware datetime, int, bool, str; a UUID as its 32 hex digits; a foreign key as `name_id`.
    Three to five times as fast as `bulk_create`, which builds an object for each row (see bench).
    """
    if not rows:
        return
    known = {field.attname: field for field in model._meta.local_concrete_fields}
    others = [
        field for name, field in known.items() if name not in fields and not field.primary_key and not field.generated
    ]
    constants = tuple(_default(field) for field in others)
    columns = [known[name] for name in fields] + others
    complete = [row + constants for row in rows]
    if connection.vendor == "postgresql":
        _copy(model._meta.db_table, columns, complete)
    else:
        _execute_many(model._meta.db_table, columns, complete)


def present(model: type[models.Model], identities: Sequence[str]) -> set[str]:
    """Which of the identities (32 hex digits) the model's table has, published or not."""
    quote = connection.ops.quote_name
    select = f"SELECT identity FROM {quote(model._meta.db_table)} WHERE identity"  # noqa: S608
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"{select} = ANY(%s::uuid[])", [list(identities)])
            return {identity.hex for (identity,) in cursor.fetchall()}
        cursor.execute(f"{select} IN (SELECT value FROM json_each(%s))", [json.dumps(identities)])
        return {identity for (identity,) in cursor.fetchall()}


def _default(field: models.Field[Any, Any]) -> Any:
    if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
        return timezone.now()
    return field.get_default()


def _copy(table: str, columns: Sequence[models.Field[Any, Any]], rows: Rows) -> None:
    names = ", ".join(f'"{field.column}"' for field in columns)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _execute_many(table: str, columns: Sequence[models.Field[Any, Any]], rows: Rows) -> None:
    names = ", ".join(f'"{field.column}"' for field in columns)
    marks = ", ".join(["%s"] * len(columns))
    adapted: list[Iterable[Any]] = []
    for field, values in zip(columns, zip(*rows, strict=True), strict=True):
        adapt = _ADAPTERS.get(field.get_internal_type())
        adapted.append(values if adapt is None else map(adapt, values))
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(zip(*adapted, strict=True)))


@lru_cache(maxsize=65_536)  # the rows of an order share their moment
def _moment(value: datetime | None) -> str | None:
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))


_ADAPTERS: dict[str, Callable[[Any], Any]] = {
    "DecimalField": lambda value: None if value is None else str(value),
    "DateTimeField": _moment,
}
