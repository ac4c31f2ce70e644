"""A batch of files and what was refused in it. Rows of a batch stay unseen until the batch is published."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q

M = TypeVar("M", bound=models.Model, covariant=True)


class Batch(models.Model):
    """One call of the intake: its files, what became of their rows, and whether readers may see them.

    A history `writes_ahead`: its rows are in the tables before anyone may see them, and publishing is setting
    `published_at`, one row whatever the number behind it. Other formats write nothing until they are published.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting for a worker"
        STAGING = "staging", "Reading"
        STAGED = "staged", "Ready to publish"
        PUBLISHED = "published", "Published"
        DISCARDING = "discarding", "Being discarded"
        DISCARDED = "discarded", "Discarded"
        FAILED = "failed", "Failed"

    HOLDING = (State.STAGING, State.STAGED, State.DISCARDING)  # a history has rows in the tables, unseen

    format = models.CharField(max_length=40)
    source = models.CharField(max_length=40, help_text="Where the rows come from: a marketplace or a ledger.")
    state = models.CharField(max_length=12, choices=State, default=State.STAGING)
    writes_ahead = models.BooleanField(default=False)
    options = models.JSONField(
        default=dict, blank=True, help_text="What was said about the files: a date format, a show."
    )
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
    process = models.CharField(max_length=120, blank=True, help_text="Host and process that reads it.")
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
            # Two unseen histories could share a customer or product that goes when one of them is discarded.
            models.UniqueConstraint(
                fields=["writes_ahead"],
                condition=Q(writes_ahead=True, state__in=["staging", "staged", "discarding"]),
                name="intake_one_unseen_history",
            ),
        ]

    def __str__(self) -> str:
        return f"Import {self.pk}: {self.format}"

    @property
    def directory(self) -> Path:
        """Where its uploaded files and its rejected rows are kept."""
        return Path(settings.INTAKE_DIR) / str(self.pk)

    @property
    def rejected_path(self) -> Path:
        return self.directory / "rejected.csv"


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
