"""`/api/customers/{id}/insights`: what the till shows of the customer before it."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.models import Customer
from inventory.models import Product
from lacelux.access.records import Withholding
from sales.insights import SEGMENTS, insights_of
from sales.serializers import MARGIN


def money(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=14, decimal_places=2, **options)


class PreferenceSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    count = serializers.IntegerField(help_text="Pieces bought.")
    share = serializers.FloatField(help_text="Of all the pieces bought: 0.25 is a quarter.")


class PreferredSerializer(serializers.Serializer[Any]):
    brands = PreferenceSerializer(many=True)
    categories = PreferenceSerializer(many=True)
    models = PreferenceSerializer(many=True)


class ItemSerializer(serializers.Serializer[Any]):
    sku = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    brand = serializers.CharField(allow_null=True)
    quantity = serializers.IntegerField()
    amount = money(help_text="After discount.")


class PurchaseSerializer(serializers.Serializer[Any]):
    order = serializers.IntegerField()
    at = serializers.DateTimeField()
    channel = serializers.CharField()
    amount = money(help_text="After discounts; refunds are not taken off.")
    items = ItemSerializer(many=True)


class ValueSerializer(Withholding, serializers.Serializer[Any]):
    revenue = money(help_text="After discounts and refunds.")
    profit = money(help_text="Only for those who may see it.")

    withheld = {"profit": MARGIN}


class RecommendedSerializer(serializers.ModelSerializer[Product]):
    brand = serializers.CharField(source="brand.name", default=None, read_only=True)
    category = serializers.CharField(source="category.name", default=None, read_only=True)
    listPrice = money(source="list_price", allow_null=True, read_only=True)
    imageId = serializers.CharField(source="image_id", read_only=True)

    class Meta:
        model = Product
        fields = ("id", "sku", "title", "brand", "category", "condition", "size", "listPrice", "imageId")
        read_only_fields = fields


class InsightsSerializer(serializers.Serializer[Any]):
    """Nothing here says who the customer is or how to reach them."""

    customer = serializers.IntegerField()
    segment = serializers.ChoiceField(SEGMENTS)
    orders = serializers.IntegerField(source="value.orders")
    lifetimeValue = ValueSerializer(source="value")
    averageOrder = money(source="value.average_order", allow_null=True, help_text="Before refunds.")
    preferredProducts = PreferredSerializer(source="preferred")
    lastPurchase = PurchaseSerializer(source="last_purchase", allow_null=True)
    daysSinceLastPurchase = serializers.IntegerField(source="days_since", allow_null=True)
    recommended = RecommendedSerializer(many=True, help_text="Pieces that can be sold now.")


class CustomerInsights(APIView):
    """Asks the shop's own tables, so it answers while the columnar copy is behind or away. `id` is the shop's own."""

    needs = {"GET": ("customers.view_customer", "access.record_sale")}

    @extend_schema(operation_id="customer_insights", responses=InsightsSerializer)
    def get(self, request: Request, pk: int) -> Response:
        customer = Customer.objects.filter(pk=pk).first()
        if customer is None:
            raise Http404
        return Response(InsightsSerializer(insights_of(customer), context={"request": request}).data)


class CustomerInsightsForTills(CustomerInsights):
    """The same at `/api/customers/{id}/insights`, as tills were told."""

    @extend_schema(exclude=True)
    def get(self, request: Request, pk: int) -> Response:
        answer: Response = super().get(request, pk)
        return answer
