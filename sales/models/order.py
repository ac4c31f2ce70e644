"""Orders and their lines. A line is the `sale` entry of the money ledger."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from customers.models import Customer
from inventory.models import Product
from lacelux.intake.models import Imported
from sales.models.channel import Channel
from sales.models.marketing import Campaign
from sales.models.show import Host, Show
from sales.querysets import OrderLineManager, OrderManager, StagedOrderLineManager, StagedOrderManager


class Order(Imported):
    """What one buyer bought at once; `number` is unique within its `source`. Cancelled orders are no sales.

    Money on an order and its lines is in the shop's currency; `currency` and `rate` say what it was converted from.
    """

    class State(models.TextChoices):
        PLACED = "placed", "Placed"
        PAID = "paid", "Paid"
        SHIPPED = "shipped", "Shipped"
        COMPLETED = "completed", "Completed"
        CANCELLED = "cancelled", "Cancelled"

    source = models.CharField(max_length=40, help_text="Who numbered it: a marketplace, the till, the API.")
    number = models.CharField(max_length=80)
    reference = models.CharField(
        max_length=80, blank=True, db_index=True, help_text="The marketplace's second number, where it has one."
    )
    state = models.CharField(max_length=10, choices=State, default=State.PAID)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="orders")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="orders")
    show = models.ForeignKey(Show, models.PROTECT, null=True, blank=True, related_name="orders")
    host = models.ForeignKey(Host, models.PROTECT, null=True, blank=True, related_name="orders")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="orders")
    country = models.CharField(max_length=60, blank=True)
    ordered_at = models.DateTimeField(db_index=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=8, default=1, help_text="To the shop's currency.")
    shipping_charged = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    tax = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    note = models.TextField(blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="Who recorded it; a till sees its own orders only.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OrderManager()
    staged = StagedOrderManager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-ordered_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="sales_order_once_per_source"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="sales_order_rate_positive"),
            models.CheckConstraint(
                condition=Q(shipping_charged__gte=0, tax__gte=0), name="sales_order_charges_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at__isnull=True)),
                name="sales_order_cancelled_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.number}"


class OrderLine(Imported):
    """One line of an order; the `sale` entry of the ledger, dated `sold_at`.

    gross = quantity × unit price, rounded half up once. revenue = gross − discount. `fees` and `cost` are the
    line's own shares. `holds_piece` is true while this line is the living sale of a one-of-one piece.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="order_lines")
    description = models.CharField(max_length=200, blank=True)
    quantity = models.PositiveIntegerField(default=1)
    unit_price = models.DecimalField(max_digits=14, decimal_places=4, help_text="In the order's currency.")
    gross = models.DecimalField(max_digits=14, decimal_places=2)
    discount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    fees = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    cost = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    sold_at = models.DateTimeField()
    holds_piece = models.BooleanField(default=False, editable=False)
    identity = models.UUIDField(
        null=True,
        blank=True,
        unique=True,
        editable=False,
        help_text="Source, order, content and n-th repetition of an imported line.",
    )

    objects = OrderLineManager()
    staged = StagedOrderLineManager()

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product"], condition=Q(holds_piece=True), name="sales_one_live_line_per_piece"
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, gross__gte=0, discount__gte=0, cost__gte=0),
                name="sales_line_money_not_negative",
            ),
            models.CheckConstraint(condition=Q(discount__lte=models.F("gross")), name="sales_line_discount_in_gross"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="sales_line_sells_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.description}"
