"""A batch of files and what was refused in it. Rows of a batch stay unseen until the batch is published."""

from __future__ import annotations

from typing import TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q

M = TypeVar("M", bound=models.Model, covariant=True)


class Batch(models.Model):
    """One call of the intake: its files, what became of their rows, and whether readers may see them.

    Publishing is setting `published_at`: one row, whatever the number of rows behind it.
    """

    class State(models.TextChoices):
        STAGING = "staging", "Reading"
        STAGED = "staged", "Ready to publish"
        PUBLISHED = "published", "Published"
        DISCARDED = "discarded", "Discarded"
        FAILED = "failed", "Failed"

    format = models.CharField(max_length=40)
    source = models.CharField(max_length=40, help_text="Where the rows come from: a marketplace or a ledger.")
    state = models.CharField(max_length=12, choices=State, default=State.STAGING)
    moves_stock = models.BooleanField(default=False)
    files = models.JSONField(default=list, help_text="Name, path, SHA-256 and size of each file.")
    rows = models.PositiveIntegerField("rows read", default=0)
    rows_expected = models.PositiveIntegerField(default=0, help_text="An estimate for the progress bar.")
    new = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    ignored = models.PositiveIntegerField(default=0, help_text="Read and understood, but no sale: void, failed.")
    rejected = models.PositiveIntegerField(default=0)
    conflicts = models.PositiveIntegerField(default=0)
    notes = models.JSONField(default=list, blank=True)
    message = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    heartbeat_at = models.DateTimeField(auto_now_add=True, help_text="Last sign of life while reading.")
    published_at = models.DateTimeField(null=True, blank=True, db_index=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "import"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False)
                | (~Q(state="published") & Q(published_at__isnull=True)),
                name="intake_batch_published_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"Import {self.pk}: {self.format}"


class Rejected(models.Model):
    """A row, or a cell of it, that was not taken, and why."""

    class Kind(models.TextChoices):
        REJECTED = "rejected", "Rejected"
        CONFLICT = "conflict", "Conflict"

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rejections")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.REJECTED)
    file = models.CharField(max_length=255)
    row = models.PositiveIntegerField(help_text="Line number in the file; the header is a line too.")
    column = models.CharField(max_length=120, blank=True)
    value = models.TextField(blank=True)
    reason = models.TextField()

    class Meta:
        verbose_name = "rejected row"
        ordering = ["batch", "id"]

    def __str__(self) -> str:
        return f"{self.file}:{self.row} {self.column}: {self.reason}"


class PublishedManager(models.Manager[M]):
    """The default manager of all that an import may write: unpublished rows do not exist for readers."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(Q(batch__isnull=True) | Q(batch__published_at__isnull=False))


class Imported(models.Model):
    """Mixin of models that an import may write ahead of its publication."""

    batch = models.ForeignKey(Batch, models.PROTECT, null=True, blank=True, editable=False, related_name="+")

    class Meta:
        abstract = True
