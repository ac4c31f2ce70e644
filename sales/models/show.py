"""Live shows and the people who host them."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from sales.models.channel import Channel


class Host(models.Model):
    """A live seller."""

    name = models.CharField(max_length=80, unique=True)
    handle = models.CharField(max_length=80, blank=True)
    is_active = models.BooleanField("active", default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Show(models.Model):
    """One live show, planned or over."""

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="shows")
    host = models.ForeignKey(Host, models.PROTECT, null=True, blank=True, related_name="shows")
    title = models.CharField(max_length=160)
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    labour_cost = models.DecimalField(max_digits=10, decimal_places=2, default=0, validators=[MinValueValidator(0)])
    viewers_peak = models.PositiveIntegerField(null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="sales_show_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(labour_cost__gte=0), name="sales_show_labour_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({timezone.localdate(self.starts_at)})"
