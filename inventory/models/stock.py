"""The stock ledger: movements can be neither changed nor deleted, by triggers on both databases."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.models import Customer
from inventory.models.product import Product


class StockMovement(models.Model):
    """One change of a product's quantities. The sums over a product are its running totals, always."""

    class Kind(models.TextChoices):
        RECEIVE = "receive", "Received"
        RESERVE = "reserve", "Reserved"
        RELEASE = "release", "Released"
        SELL = "sell", "Sold"
        RETURN = "return", "Returned"
        ADJUST = "adjust", "Adjusted"
        WRITE_OFF = "write_off", "Written off"

    product = models.ForeignKey(Product, models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=Kind)
    on_hand_change = models.IntegerField(default=0)
    reserved_change = models.IntegerField(default=0)
    sold_change = models.IntegerField(default=0)
    reference = models.CharField(max_length=120, blank=True, help_text="The order, hold or count behind it.")
    reason = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    moved_at = models.DateTimeField(db_index=True, help_text="When it happened.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["product", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(on_hand_change=0, reserved_change=0, sold_change=0), name="inventory_movement_moves"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on_hand_change:+d}"


class Hold(models.Model):
    """Pieces kept for someone for a while."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="holds")
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="holds")
    quantity = models.PositiveIntegerField(default=1)
    held_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Released, expired or sold.")
    note = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["-held_at", "-id"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gte=1), name="inventory_hold_holds_something")]

    def __str__(self) -> str:
        return f"{self.product} held"
