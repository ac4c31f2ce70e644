"""What people said and did before, after and instead of buying."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from customers.models import Customer
from inventory.models import Brand, Category, Product
from sales.models.channel import Channel
from sales.models.marketing import Campaign
from sales.models.show import Show


class Interaction(models.Model):
    """One enquiry, bid, hold, like, question, click, complaint or rating."""

    class Kind(models.TextChoices):
        ENQUIRY = "enquiry", "Enquiry"
        BID = "bid", "Bid"
        HOLD = "hold", "Hold"
        LIKE = "like", "Like"
        QUESTION = "question", "Question"
        CLICK = "click", "Click"
        COMPLAINT = "complaint", "Complaint"
        RATING = "rating", "Rating"

    class Outcome(models.TextChoices):
        """How a question or a complaint ended. Enquiries, bids and holds end in words of their own."""

        PERSON = "solved by a person", "Solved by a person"
        TEMPLATE = "solved by template", "Solved by a template"
        RECOMMENDATION = "solved by recommendation", "Solved by a recommendation"
        OPEN = "open", "Not solved yet"

    kind = models.CharField(max_length=10, choices=Kind)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="interactions")
    product = models.ForeignKey(Product, models.SET_NULL, null=True, blank=True, related_name="interactions")
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, blank=True, related_name="interactions")
    campaign = models.ForeignKey(Campaign, models.SET_NULL, null=True, blank=True, related_name="interactions")
    show = models.ForeignKey(Show, models.SET_NULL, null=True, blank=True, related_name="interactions")
    brand = models.ForeignKey(
        Brand,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The brand asked for, where no piece is named.",
    )
    category = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name="+")
    size = models.CharField(max_length=40, blank=True)
    colour = models.CharField(max_length=40, blank=True)
    topic = models.CharField(max_length=80, blank=True)
    outcome = models.CharField(max_length=80, blank=True)
    score = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)], help_text="Of a rating: 1 to 5."
    )
    amount = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text="Of a bid, in the shop's currency.",
    )
    text = models.TextField(blank=True)
    occurred_at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    identity = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=1, score__lte=5), name="sales_score_one_to_five"
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0), name="sales_interaction_amount_above_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_at:%Y-%m-%d}"
