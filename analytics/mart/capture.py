"""Triggers that note every change of a row the mart reads, in the transaction that makes it.

`save`, `bulk_create`, `update()`, imports, deletes and raw SQL are all seen. Rows inserted under an unpublished batch
are not noted: nobody may see them, and publishing touches their batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analytics.mart.tables import watched
from lacelux.lib.triggers import TriggerSet

HAVE_BATCH = (
    "customers_customer",
    "inventory_product",
    "sales_order",
    "sales_orderline",
    "sales_refund",
    "sales_adjustment",
)


def statements(vendor: str) -> Mapping[str, Sequence[str]]:
    make = sqlite_triggers if vendor == "sqlite" else postgresql_triggers
    return {table: make(table, sorted(columns)) for table, columns in watched().items()}


CAPTURE = TriggerSet("mart_", statements)


def sqlite_triggers(table: str, columns: Sequence[str]) -> list[str]:
    changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
    listed = ", ".join(f'"{column}"' for column in columns)
    return [
        sqlite_trigger(table, "insert", "AFTER INSERT", "NEW", seen_in_sqlite(table, "NEW")),
        sqlite_trigger(table, "update", f"AFTER UPDATE OF {listed}", "NEW", changed),
        sqlite_trigger(table, "delete", "AFTER DELETE", "OLD", seen_in_sqlite(table, "OLD")),
    ]


def sqlite_trigger(table: str, event: str, when: str, row: str, condition: str) -> str:
    return (
        f'CREATE TRIGGER "mart_{table}_{event}" {when} ON "{table}" WHEN {condition} BEGIN '
        "INSERT INTO analytics_change (source, row_id, token, changed_at) VALUES "
        f"('{table}', {row}.id, lower(hex(randomblob(12))), strftime('%Y-%m-%d %H:%M:%f', 'now')); END"
    )


def seen_in_sqlite(table: str, row: str) -> str:
    if table not in HAVE_BATCH:
        return "TRUE"
    published = f"SELECT 1 FROM intake_batch WHERE id = {row}.batch_id AND published_at IS NOT NULL"
    return f"{row}.batch_id IS NULL OR EXISTS ({published})"


def postgresql_triggers(table: str, columns: Sequence[str]) -> list[str]:
    new, old = (", ".join(f'{row}."{column}"' for column in columns) for row in ("n", "o"))
    seen = (
        " WHERE n.batch_id IS NULL OR EXISTS (SELECT 1 FROM intake_batch b WHERE b.id = n.batch_id"
        " AND b.published_at IS NOT NULL)"
        if table in HAVE_BATCH
        else ""
    )
    changed = f" JOIN old_rows o ON o.id = n.id WHERE ROW({new}) IS DISTINCT FROM ROW({old})"
    news, olds = "REFERENCING NEW TABLE AS new_rows", "REFERENCING OLD TABLE AS old_rows"
    return [
        *postgresql_trigger(table, "insert", news, f"n.id FROM new_rows n{seen}"),
        *postgresql_trigger(table, "update", f"{olds} NEW TABLE AS new_rows", f"n.id FROM new_rows n{changed}"),
        *postgresql_trigger(table, "delete", olds, f"n.id FROM old_rows n{seen}"),
        *postgresql_trigger(table, "truncate", "", "NULL::bigint"),
    ]


def postgresql_trigger(table: str, event: str, referencing: str, rows: str) -> list[str]:
    name = f"mart_{table}_{event}"
    return [
        f'CREATE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
        "INSERT INTO analytics_change (source, row_id, token, changed_at) "
        f"SELECT '{table}', id, gen_random_uuid()::text, clock_timestamp() FROM (SELECT {rows}) AS touched(id); "
        "RETURN NULL; END $$",
        f'CREATE TRIGGER "{name}" AFTER {event.upper()} ON "{table}" {referencing} '
        f'FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()',
    ]
