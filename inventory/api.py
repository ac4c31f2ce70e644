"""`/api/v1/products/`"""

from __future__ import annotations

from inventory.filters import ProductFilter
from inventory.models import Product
from inventory.serializers import ProductSerializer
from lacelux.access.records import Records


class Products(Records):
    """Pieces and their availability. What they cost appears only to those who may see it."""

    needs = {"GET": ("inventory.view_product",)}
    queryset = Product.objects.select_related("brand", "category", "seller")
    serializer_class = ProductSerializer
    filterset_class = ProductFilter
    search_fields = ("sku", "title", "model", "brand__name")
    ordering_fields = ("id", "sku", "list_price", "listed_at", "created_at", "views_count")
