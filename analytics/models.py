"""What answers need in the shop's database: saved questions, the mart's change log and the database's own name."""

from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
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


class Question(models.Model):
    """A question of the catalogue, saved: which one, asked how, shown how. Reports and dashboards are made of these.

    `params` are those of its page: a period as text, filters, order and length, each value text or a list of texts.
    """

    analysis = models.CharField("question", max_length=80, help_text="Slug of the catalogue: brands/performance.")
    params = models.JSONField("asked with", default=dict, blank=True)
    shows_chart = models.BooleanField("chart", default=True)
    shows_table = models.BooleanField("table", default=True)

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Raises ValidationError where there is no such question, or it cannot be asked so."""
        from analytics.saved import InvalidQuestion, check

        try:
            check(self.analysis, self.params)
        except InvalidQuestion as error:
            raise ValidationError(error.errors) from error
