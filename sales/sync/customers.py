"""Customers of a till or web shop: known again by the number they have there, which is kept as a handle."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db.models import Q
from django.db.models.functions import Lower
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from customers.models import Customer, Handle
from sales.sync.rows import CREATED, UPDATED, Row

FIELDS = ("name", "phone", "email")


def write_customers(rows: Sequence[Row], *, source: str, actor: User) -> None:
    """Add whom the source has not named before, and change what differs. Inside a transaction."""
    known = customers_of(source, [row.id for row in rows])
    _change([(row, known[row.key]) for row in rows if row.key in known], actor)
    _add([row for row in rows if row.key not in known], source, actor)


def customers_of(source: str, ids: Sequence[str]) -> dict[str, Customer]:
    """The source's customers by their number there, in lower case. Imports that nobody may see yet count, too."""
    same = Q(value__in=ids) | Q(key__in=[*map(str.lower, ids)])  # databases differ in what they can lower
    handles = Handle.staged.annotate(key=Lower("value")).filter(same, platform=source)
    return {handle.value.casefold(): handle.customer for handle in handles.order_by().select_related("customer")}


def _add(rows: Sequence[Row], source: str, actor: User) -> None:
    if not rows:
        return
    people = [Customer(**{name: row.said.get(name) or "" for name in FIELDS}) for row in rows]
    bulk_create_with_history(people, Customer, default_user=actor)
    Handle.objects.bulk_create(
        Handle(customer=person, platform=source, value=row.id) for row, person in zip(rows, people, strict=True)
    )
    for row, person in zip(rows, people, strict=True):
        row.outcome, row.record = CREATED, person.pk


def _change(pairs: Sequence[tuple[Row, Customer]], actor: User) -> None:
    changed = []
    for row, person in pairs:
        row.record = person.pk
        said = {name: row.said[name] for name in FIELDS if row.said.get(name) is not None}
        if any(getattr(person, name) != value for name, value in said.items()):
            for name, value in said.items():
                setattr(person, name, value)
            row.outcome = UPDATED
            changed.append(person)
    if changed:
        bulk_update_with_history(changed, Customer, FIELDS, default_user=actor, manager=Customer.staged)
