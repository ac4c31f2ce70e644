"""What a piece cost us, and what we asked for it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from inventory.models.product import Product


class CostEntry(models.Model):
    """One part of a piece's landed cost, in the shop's currency, per piece."""

    class Kind(models.TextChoices):
        PURCHASE = "purchase", "Purchase"
        AUTHENTICATION = "authentication", "Authentication"
        REPAIR = "repair", "Repair"
        SHIPPING = "shipping", "Inbound shipping"

    product = models.ForeignKey(Product, models.PROTECT, related_name="costs")
    kind = models.CharField(max_length=16, choices=Kind)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    incurred_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "cost entries"
        ordering = ["product", "incurred_on", "id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="inventory_cost_not_negative")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"


class PriceChange(models.Model):
    """The price asked for a piece from a moment on."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="price_changes")
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    previous = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    reason = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["product", "-changed_at", "-id"]

    def __str__(self) -> str:
        return f"{self.previous} → {self.price}"
