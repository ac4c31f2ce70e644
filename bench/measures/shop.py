"""A shop of any size, written straight into the tables: the ground that benchmarks stand on.

Believable in shape, not in detail: three years, a quarter more sales in autumn, heavy-tailed customers and pieces,
2.5 lines an order, one line in twenty given back. The same size gives the same shop.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

BRANDS, CATEGORIES, CHANNELS, HOSTS, SHOWS, CAMPAIGNS = 60, 8, 6, 4, 450, 30
DAYS = 1_095
CHUNK = 20_000
CONDITIONS = ("S", "A", "AB", "B", "C")
COUNTRIES = ("US", "CA", "GB", "FR", "DE", "JP", "KR", "AU")


def build(lines: int, *, tell: Callable[[str], object] = print) -> None:
    """Write a shop with `lines` sale entries into the empty default database."""
    from analytics.apps import begin_log
    from analytics.mart.capture import CAPTURE

    started = time.perf_counter()
    CAPTURE.drop(connection)
    try:
        for table, columns, rows in tables(lines):
            fill(table, columns, rows)
            tell(f"  {table}: {time.perf_counter() - started:.0f} s")
    finally:
        CAPTURE.install(connection)
    restart_sequences()
    begin_log(using="default", plan=[("bench", False)])  # everything is to be read again
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def fill(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY on PostgreSQL, executemany on SQLite."""
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:  # type: ignore[attr-defined]
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        for chunk in chunks(rows):
            with transaction.atomic():
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", chunk)


def chunks(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    chunk: list[Sequence[Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def restart_sequences() -> None:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for sequence in connection.introspection.get_sequences(cursor, table):
                column = sequence["column"]
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'),"
                    f' (SELECT coalesce(max("{column}"), 0) + 1 FROM "{table}"), false)'
                )


Tables = Iterator[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]


def tables(lines: int) -> Tables:
    chance = np.random.default_rng(7)
    orders, customers, products = max(lines * 2 // 5, 1), max(lines // 20, 10), max(lines // 5, 10)
    yield from small_tables()
    yield from people_and_pieces(chance, customers, products)
    yield from trade(chance, lines, orders, customers, products)


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def small_tables() -> Tables:
    now = datetime.now(UTC)
    yield "inventory_brand", ("id", "name", "country"), ((n, f"Brand {n:02}", "") for n in range(1, BRANDS + 1))
    yield "inventory_category", ("id", "name"), ((n, f"Category {n}") for n in range(1, CATEGORIES + 1))
    yield (
        "sales_channel",
        ("id", "code", "name", "is_live", "is_active"),
        ((n, f"channel-{n}", f"Channel {n}", n == 1, True) for n in range(1, CHANNELS + 1)),
    )
    yield (
        "sales_host",
        ("id", "name", "handle", "is_active"),
        ((n, f"Host {n}", "", True) for n in range(1, HOSTS + 1)),
    )
    yield (
        "sales_show",
        ("id", "channel_id", "host_id", "title", "starts_at", "ends_at", "external_id", "labour_cost"),
        (
            (n, 1, n % HOSTS + 1, f"Show {n}", stamp(at), stamp(at + timedelta(hours=3)), "", "120.00")
            for n in range(1, SHOWS + 1)
            for at in [now - timedelta(days=DAYS * n / SHOWS)]
        ),
    )
    yield (
        "sales_campaign",
        ("id", "name", "medium", "starts_on"),
        ((n, f"Campaign {n}", "Instagram", "2025-01-01") for n in range(1, CAMPAIGNS + 1)),
    )


def people_and_pieces(chance: np.random.Generator, customers: int, products: int) -> Tables:
    now = datetime.now(UTC)
    yield (
        "customers_customer",
        (
            "id", "name", "email", "phone", "address", "city", "region", "postcode", "country", "contact_preference",
            "notes", "created_at",
        ),
        (
            (n, f"Customer {n}", f"c{n}@example.test", "", "", "", "", "", COUNTRIES[n % 8], "email", "", stamp(now))
            for n in range(1, customers + 1)
        ),
    )  # fmt: skip
    price = np.round(np.exp(chance.normal(5.5, 0.9, products)), 2)
    on_hand = chance.random(products) < 0.1
    listed = chance.integers(0, DAYS, products)
    yield (
        "inventory_product",
        (
            "id", "sku", "title", "brand_id", "category_id", "model", "size", "colour", "condition",
            "is_limited_edition", "is_one_of_one", "serial", "image_id", "location", "notes", "status", "list_price",
            "landed_cost", "is_consigned", "quantity_on_hand", "quantity_reserved", "quantity_sold", "views_count",
            "created_at", "listed_at", "days_to_sell",
        ),
        (
            (
                n, f"SKU-{n}", f"Piece {n}", n % BRANDS + 1, n % CATEGORIES + 1, "", "", "", CONDITIONS[n % 5], False,
                False, "", "", "", "", "active" if here else "sold", f"{cost:.2f}", f"{cost * 0.55:.2f}", False,
                int(here), 0, 0, 0, stamp(now - timedelta(days=int(age) + 30)), stamp(now - timedelta(days=int(age))),
                None if here else n % 90,
            )
            for n, cost, here, age in zip(range(1, products + 1), price, on_hand, listed, strict=True)
        ),
    )  # fmt: skip


def trade(chance: np.random.Generator, lines: int, orders: int, customers: int, products: int) -> Tables:
    now = timezone.now()
    begin = now - timedelta(days=DAYS)
    seconds = np.sort(chance.integers(0, DAYS * 86_400 - 3_600, orders))
    buyer = np.minimum((chance.pareto(1.1, orders) * customers / 20).astype(int), customers - 1) + 1
    nameless = chance.random(orders) < 0.05
    channel = chance.integers(1, CHANNELS + 1, orders)
    moments = [stamp(begin + timedelta(seconds=int(second))) for second in seconds]
    yield (
        "sales_order",
        (
            "id", "source", "number", "reference", "state", "channel_id", "customer_id", "show_id", "host_id",
            "campaign_id", "country", "ordered_at", "currency", "rate", "shipping_charged", "tax", "note", "created_at",
        ),
        (
            (
                n + 1, "bench", f"B{n + 1}", "", "paid", int(channel[n]), None if nameless[n] else int(buyer[n]),
                n * SHOWS // orders + 1 if channel[n] == 1 else None, n % HOSTS + 1 if channel[n] == 1 else None,
                n % CAMPAIGNS + 1 if n % 10 == 0 else None, COUNTRIES[n % 8], moments[n], "USD", "1", "0", "0", "",
                moments[n],
            )
            for n in range(orders)
        ),
    )  # fmt: skip
    of_order = np.sort(chance.integers(0, orders, lines))
    piece = np.minimum((chance.pareto(1.2, lines) * products / 10).astype(int), products - 1) + 1
    cents = np.maximum(np.exp(chance.normal(9.6, 0.9, lines)).astype(int), 99)
    yield (
        "sales_orderline",
        (
            "id", "order_id", "product_id", "description", "quantity", "unit_price", "gross", "discount", "fees",
            "cost", "sold_at", "holds_piece",
        ),
        (
            (
                n + 1, int(of_order[n]) + 1, int(piece[n]), f"Piece {piece[n]}", 1, money(cents[n]), money(cents[n]),
                money(cents[n] // 20 if n % 7 == 0 else 0), money(cents[n] // 10), money(cents[n] * 11 // 20),
                moments[of_order[n]], False,
            )
            for n in range(lines)
        ),
    )  # fmt: skip
    yield (
        "sales_refund",
        (
            "source", "number", "state", "order_id", "line_id", "channel_id", "customer_id", "product_id", "country",
            "description", "quantity", "amount", "fees_returned", "cost_returned", "is_restocked", "reason",
            "refunded_at", "created_at",
        ),
        (
            (
                "bench", f"R{n}", "approved", int(of_order[n]) + 1, n + 1, int(channel[of_order[n]]),
                None if nameless[of_order[n]] else int(buyer[of_order[n]]), int(piece[n]),
                COUNTRIES[int(of_order[n]) % 8], "", 1, money(cents[n] - (cents[n] // 20 if n % 7 == 0 else 0)),
                "0", money(cents[n] * 11 // 20), False, "", moments[of_order[n]], moments[of_order[n]],
            )
            for n in range(0, lines, 20)
        ),
    )  # fmt: skip


def money(cents: int) -> str:
    return f"{int(cents) // 100}.{int(cents) % 100:02}"


if __name__ == "__main__":
    import sys

    import django

    django.setup()
    build(int(sys.argv[1]), tell=lambda text: print(text, file=sys.stderr))
