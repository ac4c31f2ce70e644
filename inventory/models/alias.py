"""What marketplaces call our pieces."""

from __future__ import annotations

from django.db import models

from inventory.models.product import Product


class ProductAlias(models.Model):
    """A name that a marketplace's files have for a piece: remembered when a person said which piece a line sold."""

    class Kind(models.TextChoices):
        SKU = "sku", "SKU"
        TITLE = "title", "Title"

    source = models.CharField(max_length=40, help_text="Whose files call it so: shopify, poshmark, …")
    kind = models.CharField(max_length=5, choices=Kind)
    value = models.CharField(max_length=200)
    product = models.ForeignKey(Product, models.CASCADE, related_name="aliases")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "product aliases"
        ordering = ["source", "value"]
        constraints = [models.UniqueConstraint(fields=["source", "kind", "value"], name="inventory_alias_once")]

    def __str__(self) -> str:
        return f"{self.value} ({self.source})"
