"""Many pieces at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

from lacelux.intake.models import PublishedManager

if TYPE_CHECKING:
    from inventory.models import Product  # noqa: F401


class ProductQuerySet(models.QuerySet["Product"]):
    def on_hand(self) -> Self:
        """In the house, whether free or kept for someone."""
        return self.filter(quantity_on_hand__gt=0)

    def aging(self, *, days: int) -> Self:
        """On hand, and listed `days` days ago or longer."""
        return self.on_hand().filter(listed_at__lte=timezone.now() - timedelta(days=days))

    def one_of_one(self) -> Self:
        return self.filter(is_one_of_one=True)


ProductManager = PublishedManager.from_queryset(ProductQuerySet)
StagedProductManager = models.Manager.from_queryset(ProductQuerySet)
