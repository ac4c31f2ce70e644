"""Campaigns and what they cost."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords


class Campaign(models.Model):
    name = models.CharField(max_length=120, unique=True)
    medium = models.CharField(max_length=40, blank=True, help_text="Where it runs: Instagram, e-mail, Meta Ads, …")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    budget = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="sales_campaign_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignSpend(models.Model):
    """What a campaign cost on one day, and what it showed for it."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="spend")
    spent_on = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    impressions = models.PositiveIntegerField(default=0)
    clicks = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "campaign spend"
        ordering = ["campaign", "spent_on"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "spent_on"], name="sales_spend_once_a_day"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="sales_spend_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.spent_on}"
