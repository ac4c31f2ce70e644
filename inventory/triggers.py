"""Stock movements can be neither changed nor deleted: the database itself refuses, on raw SQL too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lacelux.lib.triggers import TriggerSet

TABLE = "inventory_stockmovement"
REFUSAL = "stock movements can be neither changed nor deleted"

SQLITE = [
    f"CREATE TRIGGER ledger_movement_{event.lower()} BEFORE {event} ON {TABLE} "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for event in ("UPDATE", "DELETE")
] + [
    # INSERT OR REPLACE deletes the row it replaces without asking the trigger above.
    f"CREATE TRIGGER ledger_movement_replace BEFORE INSERT ON {TABLE} "
    f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id) "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
]

POSTGRESQL = [
    f"""CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    f"CREATE TRIGGER ledger_movement_change BEFORE UPDATE OR DELETE ON {TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    f"CREATE TRIGGER ledger_movement_truncate BEFORE TRUNCATE ON {TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
]


def statements(vendor: str) -> Mapping[str, Sequence[str]]:
    return {TABLE: SQLITE if vendor == "sqlite" else POSTGRESQL}


LEDGER = TriggerSet(prefix="ledger_", statements=statements)
