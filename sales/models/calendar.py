"""The dates that move demand: written down by hand, or kept in step with somebody's calendar."""

from __future__ import annotations

from typing import Any

from django.core.validators import MinValueValidator, URLValidator
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords


class EventKind(models.TextChoices):
    FESTIVAL = "festival", "Festival"
    PROMOTION = "promotion", "Promotion"
    EVENT = "event", "Event"
    SHOW = "show", "Show"


class Impact(models.TextChoices):
    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"


def multiplier(**options: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(max_digits=5, decimal_places=2, default=1, validators=[MinValueValidator(0)], **options)


class CalendarSource(models.Model):
    """Somebody else's calendar: an address that is read again every few hours, or an uploaded `.ics` file.

    The file is kept: as time goes by, later instances of its recurrences come into reach.
    """

    name = models.CharField(max_length=120, unique=True)
    address = models.CharField(
        max_length=500,
        blank=True,
        validators=[URLValidator(["http", "https"])],
        help_text="Where the calendar is published: https://…/holidays.ics. Whoever knows it may read that calendar.",
    )
    filename = models.CharField("file", max_length=200, blank=True, editable=False)
    contents = models.BinaryField(null=True, editable=False)
    event_type = models.CharField(
        "type", max_length=10, choices=EventKind, default=EventKind.FESTIVAL, help_text="Of its events."
    )
    impact_level = models.CharField("impact", max_length=6, choices=Impact, default=Impact.LOW)
    expected_demand_multiplier = multiplier(
        verbose_name="demand multiplier", help_text="1 is an ordinary day. Each event can be given its own."
    )
    is_active = models.BooleanField("kept up to date", default=True)
    asked_at = models.DateTimeField("last asked", null=True, blank=True, editable=False)
    refreshed_at = models.DateTimeField("last refreshed", null=True, blank=True, editable=False)
    last_error = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    history = HistoricalRecords(excluded_fields=["contents", "asked_at", "refreshed_at", "last_error"])

    class Meta:
        verbose_name = "calendar"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CalendarEvent(models.Model):
    """Something on a date that may move demand; the multiplier is declared by a person, later compared with sales.

    One that comes from a calendar is known there by `uid` and `occurrence` (the start that its rule gives it).
    """

    Kind = EventKind
    Impact = Impact

    event_type = models.CharField(max_length=10, choices=EventKind)
    name = models.CharField(max_length=160)
    starts_on = models.DateField(db_index=True)
    ends_on = models.DateField(null=True, blank=True)
    impact_level = models.CharField(max_length=6, choices=Impact, default=Impact.LOW)
    expected_demand_multiplier = multiplier()
    notes = models.TextField(blank=True)
    source = models.ForeignKey(
        CalendarSource, models.CASCADE, null=True, blank=True, editable=False, related_name="events"
    )
    uid = models.CharField(max_length=255, blank=True, editable=False)
    occurrence = models.CharField(max_length=40, blank=True, editable=False)

    history = HistoricalRecords()

    class Meta:
        ordering = ["starts_on", "name"]
        constraints = [
            models.UniqueConstraint(fields=["source", "uid", "occurrence"], name="sales_event_once_per_calendar"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="sales_event_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(expected_demand_multiplier__gte=0), name="sales_event_multiplier_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.starts_on})"
