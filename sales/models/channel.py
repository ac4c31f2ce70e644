"""Where we sell, and what that costs: dated fee rules."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords


class Channel(models.Model):
    """A marketplace, the web shop, the till: `code` is its name in files and in the API."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80, unique=True)
    is_live = models.BooleanField("live shows", default=False)
    is_active = models.BooleanField("active", default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class FeeRule(models.Model):
    """One fee of a channel while it holds: `rate` of its base plus `fixed` per order.

    A rule applies to sales whose item price lies in [min_price, max_price) and whose local date lies in
    [valid_from, valid_to], both ends in.
    """

    class Kind(models.TextChoices):
        COMMISSION = "commission", "Commission"
        PROCESSING = "processing", "Payment processing"
        PROMOTION = "promotion", "Promotion"
        SHIPPING = "shipping", "Seller-paid shipping"

    class Base(models.TextChoices):
        ITEMS = "items", "Items after discount"
        TOTAL = "total", "Items, shipping and tax"

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="fee_rules")
    kind = models.CharField(max_length=12, choices=Kind)
    base = models.CharField(max_length=8, choices=Base, default=Base.ITEMS)
    rate = models.DecimalField(
        max_digits=7, decimal_places=5, default=0, validators=[MinValueValidator(0)], help_text="0.08 is 8 %."
    )
    fixed = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0)],
        help_text="Per order, in the shop's currency.",
    )
    min_price = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    max_price = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, help_text="Below this price. Empty: no limit."
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True, help_text="Where the rule is written down.")

    history = HistoricalRecords()

    class Meta:
        ordering = ["channel", "kind", "valid_from", "min_price"]
        constraints = [
            models.CheckConstraint(condition=Q(rate__gte=0, fixed__gte=0), name="sales_fee_not_negative"),
            models.CheckConstraint(
                condition=Q(max_price__isnull=True) | Q(max_price__gt=F("min_price")), name="sales_fee_price_band"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="sales_fee_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.get_kind_display()} {self.rate}"
