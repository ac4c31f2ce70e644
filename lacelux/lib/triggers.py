"""Database triggers as sets that come and go together.

SQLite cannot rebuild a table that a trigger names, so a set is dropped before migrations and put back after them.
A set is recognised by the prefix of its names; nothing else may use that prefix.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.apps import AppConfig
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate, pre_migrate


@dataclass(frozen=True)
class TriggerSet:
    """`statements(vendor)`: for each table, what creates its triggers (`vendor`: sqlite or postgresql).

    Names of triggers, and on PostgreSQL of their functions, start with `prefix`.
    """

    prefix: str
    statements: Callable[[str], Mapping[str, Sequence[str]]]

    def drop(self, connection: BaseDatabaseWrapper) -> None:
        with connection.cursor() as cursor:
            for statement in self._drop_statements(connection, cursor):
                cursor.execute(statement)

    def install(self, connection: BaseDatabaseWrapper) -> None:
        """Put the set in place, whatever part of it was there; a table migrated away goes without."""
        self.drop(connection)
        with connection.cursor() as cursor:
            present = set(connection.introspection.table_names(cursor))
            for table, statements in self.statements(connection.vendor).items():
                for statement in statements if table in present else ():
                    cursor.execute(statement)

    def _drop_statements(self, connection: BaseDatabaseWrapper, cursor: object) -> list[str]:
        like = self.prefix.replace("_", r"\_") + "%"
        if connection.vendor == "sqlite":
            rows = _rows(
                cursor,
                r"SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s ESCAPE '\'",
                [like],
            )
            return [f'DROP TRIGGER IF EXISTS "{name}"' for (name,) in rows]
        triggers = _rows(
            cursor,
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgname LIKE %s",
            [like],
        )
        functions = _rows(
            cursor,
            "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname = current_schema() AND p.proname LIKE %s",
            [like],
        )
        return [f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"' for name, table in triggers] + [
            f'DROP FUNCTION IF EXISTS "{name}"()' for (name,) in functions
        ]

    def follow_migrations(self, app: AppConfig) -> None:
        """Called from `ready()`: drop before any migration, put back when `app` has its tables."""

        def before(using: str, **_: object) -> None:
            self.drop(connections[using])

        def after(using: str, **_: object) -> None:
            self.install(connections[using])

        pre_migrate.connect(before, sender=app, weak=False, dispatch_uid=f"{self.prefix} drop")
        post_migrate.connect(after, sender=app, weak=False, dispatch_uid=f"{self.prefix} install")


def _rows(cursor: object, sql: str, params: list[str]) -> list[tuple[str, ...]]:
    cursor.execute(sql, params)  # type: ignore[attr-defined]
    return list(cursor.fetchall())  # type: ignore[attr-defined]
