"""When a program last sent what it has: one row for each program and kind of record."""

from __future__ import annotations

from django.db import models


class SyncState(models.Model):
    """What became of the last call by which `source` sent its customers or its sales.

    The row is locked while a call of its kind is written, so that two of one source take turns.
    """

    class Kind(models.TextChoices):
        CUSTOMERS = "customers", "Customers"
        SALES = "sales", "Sales"

    source = models.CharField(max_length=40, help_text="The name of the API key that sends.")
    kind = models.CharField(max_length=10, choices=Kind)
    synced_at = models.DateTimeField("last sync", null=True, blank=True)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "sync"
        ordering = ["source", "kind"]
        constraints = [models.UniqueConstraint(fields=["source", "kind"], name="sales_sync_once_per_kind")]

    def __str__(self) -> str:
        return f"{self.source} {self.kind}"
