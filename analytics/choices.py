"""What a filter offers, and how its values are called: for filter bars, chips and the covers of files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.base import Viewer
from analytics.columns import PERSONAL
from analytics.mart.session import Session
from analytics.params import NONE, Filter

MOST_CHOICES = 1_000  # in a bar; the rest can be asked for by name in the address


@dataclass(frozen=True)
class Choice:
    value: str
    label: str


# Filters that bind a bare number or text, and where its name is: table, name, what one must be allowed to see.
NAMES: Mapping[str, tuple[str, str, str]] = {
    "customer": ("customers", "customer", PERSONAL),
    "product": ("products", "title", ""),
    "order": ("entry", "number", ""),
}


def offered(filter_: Filter, session: Session) -> list[Choice]:
    """All values one may choose from, by name; shows the latest first. The last says "without"."""
    if filter_.choices:
        return [Choice(*choice) for choice in filter_.choices]
    if filter_.dimension:
        name = filter_.named or filter_.dimension
        order = "starts_at DESC" if filter_.dimension == "shows" else f"lower({name}), {filter_.column}"
        sql = f"SELECT {filter_.column}, {name} FROM {filter_.dimension} ORDER BY {order} LIMIT {MOST_CHOICES}"
    else:
        sql = (
            f"SELECT DISTINCT {filter_.column}, {filter_.column} FROM entry WHERE {filter_.column} IS NOT NULL "
            f"ORDER BY 1 LIMIT {MOST_CHOICES}"
        )
    found = [Choice(str(value), str(label)) for value, label in session.query(sql)]
    return [*found, without(filter_)] if found else []


def without(filter_: Filter) -> Choice:
    return Choice(NONE, f"No {filter_.label.lower()}")


def called(filter_: Filter, value: str, session: Session, viewer: Viewer) -> str:
    """How one value is called; what cannot be named, or may not be, keeps its number."""
    if value == NONE:
        return without(filter_).label
    if filter_.choices:
        return dict(filter_.choices).get(value, value)
    table, name, permission = NAMES.get(filter_.name, (filter_.dimension, filter_.named or filter_.dimension, ""))
    if not table or not value.isascii() or not value.isdigit() or len(value) > 18:
        return value
    if not viewer.may(permission):
        return f"no. {value}"
    found = session.query(f"SELECT {name} FROM {table} WHERE {filter_.column} = $value LIMIT 1", {"value": int(value)})
    return str(found[0][0]) if found and found[0][0] else f"no. {value}"


def spoken(
    filters: Sequence[Filter], params: Mapping[str, object], session: Session, viewer: Viewer
) -> list[tuple[str, str]]:
    """(label, "Gucci, Prada") for each filter that was asked."""
    told = []
    for filter_ in filters:
        values = params.get(filter_.name)
        if isinstance(values, list) and values:
            told.append((filter_.label, ", ".join(called(filter_, value, session, viewer) for value in values)))
    return told
