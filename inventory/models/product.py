"""Pieces and what they are called."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from simple_history.models import HistoricalRecords

from customers.models import Seller
from inventory.querysets import ProductManager, StagedProductManager
from lacelux.intake.models import Imported
from lacelux.lib.money import cents


class Brand(models.Model):
    name = models.CharField(max_length=80)
    country = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="inventory_brand_name_once")]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    name = models.CharField(max_length=80)

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="inventory_category_name_once")]

    def __str__(self) -> str:
        return self.name


class Condition(models.TextChoices):
    """The trade's grades, best first."""

    S = "S", "S · unworn"
    A = "A", "A · excellent"
    AB = "AB", "AB · very good"
    B = "B", "B · good"
    C = "C", "C · worn"


class Product(Imported):
    """A piece, mostly one of a kind; quantities are running totals of its stock movements.

    Status, quantities, landed cost, listed and sold times and days to sell follow from movements, cost entries and
    sales: only `inventory.services` and `sales.services` set them.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        HIDDEN = "hidden", "Hidden"
        RESERVED = "reserved", "Reserved"
        SOLD = "sold", "Sold"

    FOLLOWS: ClassVar = frozenset(
        {
            "status",
            "landed_cost",
            "quantity_on_hand",
            "quantity_reserved",
            "quantity_sold",
            "views_count",
            "listed_at",
            "sold_at",
            "days_to_sell",
        }
    )

    sku = models.CharField("SKU", max_length=60, unique=True)
    title = models.CharField(max_length=200, blank=True)
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="products")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="products")
    model = models.CharField(max_length=120, blank=True)
    size = models.CharField(max_length=40, blank=True)
    colour = models.CharField(max_length=40, blank=True)
    condition = models.CharField(max_length=2, choices=Condition, blank=True)
    is_limited_edition = models.BooleanField("limited edition", default=False)
    is_one_of_one = models.BooleanField("one of one", default=True, help_text="A single piece: it can be sold once.")
    serial = models.CharField("serial or date code", max_length=60, blank=True)
    image_id = models.CharField(max_length=120, blank=True)
    location = models.CharField(max_length=60, blank=True)
    notes = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)

    list_price = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    floor_price = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="Never to be sold below, as agreed with the consignor.",
    )
    landed_cost = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        default=0,
        editable=False,
        help_text="Per piece: purchase, authentication, repair, inbound shipping.",
    )
    seller = models.ForeignKey(Seller, models.PROTECT, null=True, blank=True, related_name="products")
    is_consigned = models.BooleanField("consigned", default=False)
    consignor_share = models.DecimalField(
        max_digits=5,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="0.6 is 60 % of revenue. Empty: the seller's own share.",
    )

    quantity_on_hand = models.IntegerField(default=0, editable=False)
    quantity_reserved = models.IntegerField(default=0, editable=False)
    quantity_sold = models.IntegerField(default=0, editable=False)
    quantity_available = models.GeneratedField(
        expression=F("quantity_on_hand") - F("quantity_reserved"), output_field=models.IntegerField(), db_persist=True
    )
    quantity_total = models.GeneratedField(
        expression=F("quantity_on_hand") + F("quantity_sold"), output_field=models.IntegerField(), db_persist=True
    )
    views_count = models.PositiveIntegerField("views", default=0, editable=False)

    created_at = models.DateTimeField(auto_now_add=True)
    listed_at = models.DateTimeField(null=True, blank=True, help_text="Set when the piece first becomes active.")
    sold_at = models.DateTimeField(null=True, blank=True, editable=False)
    days_to_sell = models.IntegerField(null=True, blank=True, editable=False)

    objects = ProductManager()
    staged = StagedProductManager()
    history = HistoricalRecords(excluded_fields=["views_count", "quantity_available", "quantity_total"])

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["status", "brand"], name="inventory_product_status"),
            models.Index(fields=["listed_at"], name="inventory_product_listed"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(quantity_on_hand__gte=0), name="inventory_on_hand_not_negative"),
            models.CheckConstraint(
                condition=Q(quantity_reserved__gte=0, quantity_reserved__lte=F("quantity_on_hand")),
                name="inventory_reserved_within_on_hand",
            ),
            models.CheckConstraint(condition=Q(quantity_sold__gte=0), name="inventory_sold_not_negative"),
            models.CheckConstraint(
                condition=Q(is_one_of_one=False) | Q(quantity_on_hand__lte=1 - F("quantity_sold")),
                name="inventory_one_of_one_is_one",
            ),
            models.CheckConstraint(  # a form opened before the sale cannot put a sold piece back on the shelf
                condition=Q(is_one_of_one=False)
                | Q(quantity_sold=1, status="sold")
                | (Q(quantity_sold=0) & ~Q(status="sold")),
                name="inventory_one_of_one_sold_says_so",
            ),
            models.CheckConstraint(
                condition=Q(list_price__isnull=True) | Q(list_price__gte=0), name="inventory_list_price_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(floor_price__isnull=True) | Q(floor_price__gte=0), name="inventory_floor_not_negative"
            ),
            models.CheckConstraint(condition=Q(landed_cost__gte=0), name="inventory_landed_cost_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.title}".strip()

    @property
    def age(self) -> int | None:
        """Days since it was listed, by the shop's calendar, while a piece is on hand; None where that says nothing."""
        if self.listed_at is None or self.quantity_on_hand < 1:
            return None
        return (timezone.localdate() - timezone.localdate(self.listed_at)).days

    def cost_at(self, price: Decimal) -> Decimal | None:
        """What one piece costs us when sold at `price`: its landed cost, or the consignor's share where consigned."""
        if not self.is_consigned:
            return self.landed_cost
        share = self.consignor_share
        if share is None and self.seller is not None:
            share = self.seller.consignor_share
        return None if share is None else cents(price * share)

    @property
    def margin_at_list_price(self) -> Decimal | None:
        """What is left of the list price after cost, as a share of it; fees depend on the channel and are not in it."""
        cost = self.cost_at(self.list_price) if self.list_price else None
        return None if cost is None or not self.list_price else (self.list_price - cost) / self.list_price

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saving a known piece leaves out what services set: an edit begun before a sale must not undo it.

        `update_fields` writes what it names.
        """
        if not self._state.adding and not args and kwargs.get("update_fields") is None:
            kwargs["update_fields"] = [
                field.name
                for field in self._meta.concrete_fields
                if not (field.primary_key or field.generated or field.name in self.FOLLOWS)
            ]
        super().save(*args, **kwargs)


class ProductImage(models.Model):
    """A photo of a piece in the configured storage."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="images")
    file = models.ImageField(upload_to="products/%Y/%m/")
    image_id = models.CharField(max_length=120, blank=True, help_text="Its id where it is stored.")
    position = models.PositiveSmallIntegerField(default=0)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["product", "position", "id"]

    def __str__(self) -> str:
        return self.image_id or self.file.name or "image"


class ProductView(models.Model):
    """Someone looked at a piece."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="views")
    session = models.CharField(max_length=64, blank=True)
    viewed_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "view"
        ordering = ["-viewed_at"]
        indexes = [models.Index(fields=["product", "session", "viewed_at"], name="inventory_view_session")]

    def __str__(self) -> str:
        return f"{self.product_id} at {self.viewed_at:%Y-%m-%d %H:%M}"
