"""What the mart needs in the shop's database: the change log and the database's own name."""

from __future__ import annotations

import uuid

from django.db import models


class Change(models.Model):
    """A source row that the mart may have to read again; written by triggers, within the writer's transaction.

    `token` tells a row from another that once had the same id. On PostgreSQL a column `xid` (added by the
    capture, see `analytics.mart.capture`) carries the writer's transaction. `row_id` is empty for "the whole table".
    """

    source = models.CharField(max_length=60)
    row_id = models.BigIntegerField(null=True)
    token = models.CharField(max_length=36)
    changed_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "analytics_change"

    def __str__(self) -> str:
        return f"{self.source} {self.row_id}"


class Database(models.Model):
    """The one row that names this database, so that a snapshot of another is never taken for ours."""

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    schema_version = models.PositiveIntegerField(default=0, help_text="Raised by each applied migration.")

    def __str__(self) -> str:
        return str(self.uuid)
