"""Pieces that people offer to the shop."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from customers.models import Seller
from inventory.models.product import Brand, Category, Condition, Product


class Submission(models.Model):
    """One piece offered by a seller, from offer to sale."""

    class State(models.TextChoices):
        NEW = "new", "New"
        REVIEWING = "reviewing", "Reviewing"
        OFFERED = "offered", "Offered"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        RECEIVED = "received", "Received"
        LISTED = "listed", "Listed"
        SOLD = "sold", "Sold"

    class Source(models.TextChoices):
        WEB = "web", "Web form"
        INSTAGRAM = "instagram", "Instagram"
        WHATNOT = "whatnot", "Whatnot"
        EMAIL = "email", "E-mail"
        WALK_IN = "walk_in", "Walk-in"
        REFERRAL = "referral", "Referral"

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="submissions")
    product = models.OneToOneField(Product, models.SET_NULL, null=True, blank=True, related_name="submission")
    title = models.CharField(max_length=200)
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")
    condition = models.CharField(max_length=2, choices=Condition, blank=True)
    source = models.CharField(max_length=12, choices=Source, default=Source.WEB)
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    is_consignment = models.BooleanField("consignment", default=False)
    asking_price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    offered_price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    submitted_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    notes = models.TextField(blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["-submitted_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(asking_price__isnull=True) | Q(asking_price__gte=0), name="inventory_asking_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(offered_price__isnull=True) | Q(offered_price__gte=0), name="inventory_offer_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.title
