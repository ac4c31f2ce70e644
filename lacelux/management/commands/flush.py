"""`flush` empties every table, the stock movements too, which nothing else may delete."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from inventory.triggers import LEDGER


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        """Take the ledger's triggers away for the time of the flush, and put them back whatever comes of it."""
        connection = connections[options["database"]]
        LEDGER.drop(connection)
        try:
            super().handle(**options)
        finally:
            LEDGER.install(connection)
