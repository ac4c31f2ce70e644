"""One production of a report, and the files it made."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse

from lacelux.outbox.leases import Leased
from reports.audience import Recipients, Rights
from reports.models.report import Report
from reports.models.schedule import Schedule
from reports.outlines import Outline


class Run(Leased):
    """A report made once: what was asked, in whose rights, for whom, and what became of it.

    It keeps the outline as it stood and the local day that periods are counted from, so that it means the same
    whenever it is made or sent again. One per schedule and due time, whatever the number of clocks.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Being made"
        DONE = "done", "Done"
        EMPTY = "empty", "Nothing to report"
        FAILED = "failed", "Failed"

    class Cause(models.TextChoices):
        SCHEDULE = "schedule", "Schedule"
        PERSON = "person", "By hand"
        TEST = "test", "Test"
        PROGRAM = "program", "API"

    WAITING: ClassVar = (State.QUEUED,)
    WORKING: ClassVar = State.RUNNING
    OVER = (State.DONE, State.EMPTY, State.FAILED)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    report = models.ForeignKey(Report, models.SET_NULL, null=True, blank=True, related_name="runs")
    schedule = models.ForeignKey(Schedule, models.SET_NULL, null=True, blank=True, related_name="runs")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="With whose rights it is made."
    )
    cause = models.CharField(max_length=8, choices=Cause)
    title = models.CharField(max_length=120)
    outline_kept = models.JSONField(encoder=DjangoJSONEncoder)
    today = models.DateField(help_text="The local day that periods are counted from.")
    due_at = models.DateTimeField()
    formats = models.JSONField(default=list)
    recipients_kept = models.JSONField(default=dict, blank=True)
    only_if_data = models.BooleanField(default=False)
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    steps = models.PositiveSmallIntegerField(default=0, help_text="How many files it will make, for the progress bar.")
    steps_done = models.PositiveSmallIntegerField(default=0)
    as_of = models.DateTimeField(null=True, blank=True, help_text="The moment whose commits its figures hold.")
    failures = models.PositiveSmallIntegerField(default=0)
    trouble = models.TextField(blank=True)
    notes = models.JSONField(default=list, blank=True)
    send_number = models.PositiveSmallIntegerField(default=0, help_text="How often it was sent to its recipients.")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(Leased.Meta):
        abstract = False
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "due_at"], name="reports_run_once_per_due_time"),
        ]

    def __str__(self) -> str:
        return f"{self.title} (no. {self.pk})"

    def get_absolute_url(self) -> str:
        return reverse("reports:run", args=[self.pk])

    @property
    def outline(self) -> Outline:
        return Outline.of_json(self.outline_kept)

    @property
    def recipients(self) -> Recipients:
        return Recipients.of_json(self.recipients_kept)

    @property
    def is_over(self) -> bool:
        return self.state in self.OVER


class Rendition(models.Model):
    """One file of a run: one form, for one set of rights. When its file is removed its row stays."""

    class Form(models.TextChoices):
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "Excel"
        CSV = "csv", "CSV"
        MAIL = "mail", "Mail"

    run = models.ForeignKey(Run, models.CASCADE, related_name="renditions")
    form = models.CharField(max_length=4, choices=Form)
    rights = models.CharField(max_length=16, help_text="Digest of the permissions it was made for.")
    permissions = models.JSONField(help_text="… and the permissions themselves.")
    name = models.CharField(max_length=120, help_text="What readers find it called.")
    path = models.CharField(max_length=255, help_text="Below the storage path.")
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    as_of = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["run", "id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "rights", "form"], name="reports_rendition_once_per_rights"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def file(self) -> Path:
        return Path(settings.REPORT_STORAGE_PATH) / self.path

    @property
    def is_kept(self) -> bool:
        """Whether its file is still here; another machine may have removed it, or never had it."""
        return self.removed_at is None and self.file.is_file()

    @property
    def needs(self) -> Rights:
        """The rights that a reader must have to be given it."""
        return Rights(frozenset(self.permissions))
