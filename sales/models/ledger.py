"""The other entries of the money ledger: refunds, adjustments, write-offs; and what marketplaces say they paid."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from customers.models import Customer
from inventory.models import Product
from lacelux.intake.models import Imported, PublishedManager
from sales.models.channel import Channel
from sales.models.order import Order, OrderLine
from sales.querysets import RefundManager, StagedRefundManager


class Refund(Imported):
    """Money given back for one line; the `refund` entry, dated when refunded. Amounts are positive.

    A refund in an imported file may lack its order and line. Only approved refunds are entries. Rows of one
    refund over several lines share `number`.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Asked"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"

    source = models.CharField(max_length=40)
    number = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State, default=State.APPROVED)
    order = models.ForeignKey(Order, models.PROTECT, null=True, blank=True, related_name="refunds")
    line = models.ForeignKey(OrderLine, models.PROTECT, null=True, blank=True, related_name="refunds")
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="refunds")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="refunds")
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="refunds")
    country = models.CharField(max_length=60, blank=True)
    description = models.CharField(max_length=200, blank=True)
    quantity = models.PositiveIntegerField(default=0, help_text="Pieces that came back; 0 for money only.")
    amount = models.DecimalField(max_digits=14, decimal_places=2, help_text="Taken off revenue: no tax, no shipping.")
    fees_returned = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    cost_returned = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    is_restocked = models.BooleanField("restocked", default=False)
    reason = models.CharField(max_length=200, blank=True)
    refunded_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    identity = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RefundManager()
    staged = StagedRefundManager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-refunded_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0, fees_returned__gte=0, cost_returned__gte=0),
                name="sales_refund_money_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"Refund {self.number} {self.amount}"


class Adjustment(Imported):
    """Money or pieces without a sale behind them: an `adjustment` or a `write_off` entry.

    `amount` is signed and counts as revenue for an adjustment. A write-off has no revenue; its `cost` is a loss.
    """

    class Kind(models.TextChoices):
        ADJUSTMENT = "adjustment", "Adjustment"
        WRITE_OFF = "write_off", "Write-off"

    kind = models.CharField(max_length=10, choices=Kind)
    source = models.CharField(max_length=40)
    number = models.CharField(max_length=80, blank=True)
    order = models.ForeignKey(Order, models.PROTECT, null=True, blank=True, related_name="adjustments")
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, blank=True, related_name="adjustments")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="adjustments")
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="adjustments")
    country = models.CharField(max_length=60, blank=True)
    description = models.CharField(max_length=200, blank=True)
    quantity = models.PositiveIntegerField(default=0)
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    fees = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    cost = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    adjusted_at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    identity = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PublishedManager["Adjustment"]()
    staged = models.Manager["Adjustment"]()

    class Meta:
        ordering = ["-adjusted_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="write_off") | Q(amount=0, fees=0), name="sales_write_off_has_no_revenue"
            ),
            models.CheckConstraint(condition=Q(cost__gte=0), name="sales_adjustment_cost_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"


class Payout(Imported):
    """Money a marketplace transferred to us. A transfer, not income."""

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="payouts")
    reference = models.CharField(max_length=120)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    paid_at = models.DateTimeField()
    identity = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = PublishedManager["Payout"]()
    staged = models.Manager["Payout"]()

    class Meta:
        ordering = ["-paid_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["channel", "reference"], name="sales_payout_once")]

    def __str__(self) -> str:
        return f"{self.channel} {self.reference}"


class MarketplaceLine(Imported):
    """One line of a marketplace's own ledger, as it stands there; what it settled is kept beside it."""

    class Kind(models.TextChoices):
        EARNINGS = "earnings", "Earnings of a sale"
        CHARGE = "charge", "Charge for an order"
        REFUND = "refund", "Refund to a buyer"
        ADJUSTMENT = "adjustment", "Adjustment"
        PAYOUT = "payout", "Payout"

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="ledger")
    kind = models.CharField(max_length=10, choices=Kind)
    transaction_type = models.CharField(max_length=40)
    order_reference = models.CharField(max_length=80, blank=True, db_index=True)
    listing_reference = models.CharField(max_length=80, blank=True)
    message = models.TextField(blank=True)
    status = models.CharField(max_length=40, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    created_on_marketplace_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    order = models.ForeignKey(Order, models.SET_NULL, null=True, blank=True, related_name="marketplace_lines")
    identity = models.UUIDField(unique=True, editable=False)

    objects = PublishedManager["MarketplaceLine"]()
    staged = models.Manager["MarketplaceLine"]()

    class Meta:
        verbose_name = "marketplace ledger line"
        ordering = ["-created_on_marketplace_at", "-id"]

    def __str__(self) -> str:
        return f"{self.transaction_type} {self.amount}"
