"""Products as programs see them; what they cost, and whose they are, only with the permission."""

from __future__ import annotations

from rest_framework import serializers

from inventory.models import Product
from lacelux.access.records import Withholding


class ProductSerializer(Withholding, serializers.ModelSerializer[Product]):
    brand = serializers.CharField(source="brand.name", default=None, read_only=True)
    category = serializers.CharField(source="category.name", default=None, read_only=True)
    quantity_available = serializers.IntegerField(read_only=True)
    quantity_total = serializers.IntegerField(read_only=True)
    seller_name = serializers.CharField(source="seller.name", default=None, read_only=True)

    withheld = {
        "landed_cost": "access.view_cost",
        "consignor_share": "access.view_cost",
        "is_consigned": "access.view_cost",
        "seller": "access.view_personal",
        "seller_name": "access.view_personal",
        "floor_price": "inventory.change_product",
        "serial": "inventory.change_product",
        "location": "inventory.change_product",
        "notes": "inventory.change_product",
    }

    class Meta:
        model = Product
        fields = (
            "id",
            "sku",
            "title",
            "brand",
            "category",
            "model",
            "size",
            "colour",
            "condition",
            "is_limited_edition",
            "is_one_of_one",
            "status",
            "list_price",
            "quantity_available",
            "quantity_total",
            "quantity_on_hand",
            "quantity_reserved",
            "quantity_sold",
            "views_count",
            "image_id",
            "created_at",
            "listed_at",
            "sold_at",
            "days_to_sell",
            *("landed_cost", "is_consigned", "consignor_share", "seller", "seller_name"),
            *("floor_price", "serial", "location", "notes"),
        )
        read_only_fields = fields
