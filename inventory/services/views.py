"""Views of pieces: counted once for a session within half an hour, however many processes count at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from inventory.models import Product, ProductView
from lacelux.intake.writing import insert

ONCE_WITHIN = timedelta(minutes=30)
PAIRS_AT_ONCE = 400  # of product and session in one query; SQLite takes a thousand values
FIELDS = ("product_id", "session", "viewed_at")
# A join, because SQLite answers `(product_id, session) IN (VALUES …)` by reading the whole table.
BEFORE = """
    SELECT v.id, v.product_id, v.session, v.viewed_at
    FROM (VALUES {marks}) AS wanted
    JOIN inventory_productview v ON v.product_id = wanted.column1 AND v.session = wanted.column2
    WHERE v.viewed_at > %s
"""
ADD = "UPDATE inventory_product SET views_count = views_count + %s WHERE id = %s"
LOCK = 0x5649455753  # "VIEWS": one writer of views at a time on PostgreSQL


@dataclass(frozen=True)
class Seen:
    """Somebody, known by a session, looked at a piece."""

    product: int
    session: str
    at: datetime


Pair = tuple[int, str]


def count_views(seen: Sequence[Seen]) -> int:
    """Note those that count, and add them to the pieces' own count. How many counted.

    A view counts unless one of the same piece and session counted within 30 minutes. Pieces that are not there any
    more are passed over.
    """
    with transaction.atomic():
        _one_at_a_time()
        there = set(Product.objects.filter(pk__in={one.product for one in seen}).values_list("pk", flat=True))
        counting = list(_counting([one for one in seen if one.product in there]))
        insert(ProductView, FIELDS, [(one.product, one.session, one.at) for one in counting])
        _add_up(Counter(one.product for one in counting))
    return len(counting)


def _one_at_a_time() -> None:
    """Between looking and noting nobody else may note. On SQLite the transaction has the write lock already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _add_up(numbers: Counter[int]) -> None:
    """Last and in the order of ids: sales lock pieces in that order, too, and wait for us no longer than this."""
    with connection.cursor() as cursor:
        cursor.executemany(ADD, [(number, product) for product, number in sorted(numbers.items())])


def _counting(seen: Sequence[Seen]) -> Iterable[Seen]:
    counted = _counted_before(seen)
    for one in sorted(seen, key=lambda view: view.at):
        moments = counted.setdefault((one.product, one.session), [])
        # Another process may have noted a view that is a little younger: so both ways.
        if all(abs(one.at - moment) >= ONCE_WITHIN for moment in moments):
            moments.append(one.at)
            yield one


def _counted_before(seen: Sequence[Seen]) -> dict[Pair, list[datetime]]:
    pairs = sorted({(one.product, one.session) for one in seen})
    found: dict[Pair, list[datetime]] = {}
    if not pairs:
        return found
    since = connection.ops.adapt_datetimefield_value(min(one.at for one in seen) - ONCE_WITHIN)
    for start in range(0, len(pairs), PAIRS_AT_ONCE):
        some = pairs[start : start + PAIRS_AT_ONCE]
        marks = ", ".join(["(%s, %s)"] * len(some))
        values = [value for pair in some for value in pair]
        for view in ProductView.objects.raw(BEFORE.format(marks=marks), [*values, since]):
            found.setdefault((view.product_id, view.session), []).append(view.viewed_at)
    return found
