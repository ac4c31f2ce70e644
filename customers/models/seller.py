"""People who sell or consign pieces to the shop."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords


class Seller(models.Model):
    """Someone who offers pieces, for sale outright or on consignment."""

    name = models.CharField(max_length=160)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    instagram = models.CharField(max_length=60, blank=True)
    consignor_share = models.DecimalField(
        max_digits=5,
        decimal_places=4,
        default="0.6000",
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="Share of revenue that goes to the consignor: 0.6 is 60 %.",
    )
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(consignor_share__gte=0, consignor_share__lte=1), name="customers_seller_share_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return self.name
