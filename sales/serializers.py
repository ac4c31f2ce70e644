"""Orders, refunds, shows and channels as programs see them."""

from __future__ import annotations

from decimal import Decimal

from rest_framework import serializers

from lacelux.access.records import Withholding
from sales.models import Channel, Interaction, Order, OrderLine, Refund, Show

COST, MARGIN = "access.view_cost", "access.view_margin"


class ChannelSerializer(serializers.ModelSerializer[Channel]):
    class Meta:
        model = Channel
        fields = ("id", "code", "name", "is_live", "is_active")
        read_only_fields = fields


class ShowSerializer(Withholding, serializers.ModelSerializer[Show]):
    channel = serializers.CharField(source="channel.code", read_only=True)
    host = serializers.CharField(source="host.name", default=None, read_only=True)

    withheld = {"labour_cost": MARGIN}

    class Meta:
        model = Show
        fields = (
            *("id", "title", "channel", "host", "starts_at", "ends_at", "external_id", "viewers_peak"),
            "labour_cost",
        )
        read_only_fields = fields


class OrderLineSerializer(Withholding, serializers.ModelSerializer[OrderLine]):
    product = serializers.IntegerField(source="product_id", read_only=True, allow_null=True)
    sku = serializers.CharField(source="product.sku", default=None, read_only=True)
    revenue = serializers.SerializerMethodField()
    profit = serializers.SerializerMethodField()

    withheld = {"cost": COST, "fees": MARGIN, "profit": MARGIN}

    class Meta:
        model = OrderLine
        fields = (
            *("id", "product", "sku", "description", "quantity", "unit_price", "gross", "discount", "revenue"),
            *("sold_at", "cost", "fees", "profit"),
        )
        read_only_fields = fields

    def get_revenue(self, line: OrderLine) -> Decimal:
        return line.gross - line.discount

    def get_profit(self, line: OrderLine) -> Decimal:
        return line.gross - line.discount - line.cost - line.fees


class OrderSerializer(serializers.ModelSerializer[Order]):
    """Money is in the shop's currency, but `unit_price` in the order's; `rate` turns one into the other."""

    channel = serializers.CharField(source="channel.code", read_only=True)
    customer = serializers.IntegerField(source="customer_id", read_only=True, allow_null=True)
    show = serializers.IntegerField(source="show_id", read_only=True, allow_null=True)
    host = serializers.CharField(source="host.name", default=None, read_only=True)
    campaign = serializers.CharField(source="campaign.name", default=None, read_only=True)
    lines = OrderLineSerializer(many=True, read_only=True)

    class Meta:
        model = Order
        fields = (
            *("id", "source", "number", "reference", "state", "channel", "customer", "show", "host", "campaign"),
            *("country", "ordered_at", "cancelled_at", "currency", "rate", "shipping_charged", "tax", "note"),
            *("created_at", "lines"),
        )
        read_only_fields = fields


class RefundSerializer(Withholding, serializers.ModelSerializer[Refund]):
    """One row of a refund; the rows of one refund share their number."""

    channel = serializers.CharField(source="channel.code", read_only=True)
    order = serializers.IntegerField(source="order_id", read_only=True, allow_null=True)
    line = serializers.IntegerField(source="line_id", read_only=True, allow_null=True)
    sku = serializers.CharField(source="product.sku", default=None, read_only=True)

    withheld = {"cost_returned": COST, "fees_returned": MARGIN}

    class Meta:
        model = Refund
        fields = (
            *("id", "source", "number", "state", "order", "line", "channel", "sku", "quantity", "amount"),
            *("is_restocked", "reason", "refunded_at", "cost_returned", "fees_returned"),
        )
        read_only_fields = fields


class InteractionSerializer(serializers.ModelSerializer[Interaction]):
    customer = serializers.IntegerField(source="customer_id", read_only=True, allow_null=True)
    customer_name = serializers.CharField(source="customer.name", default=None, read_only=True)
    product = serializers.IntegerField(source="product_id", read_only=True, allow_null=True)
    sku = serializers.CharField(source="product.sku", default=None, read_only=True)
    channel = serializers.CharField(source="channel.code", default=None, read_only=True)
    campaign = serializers.CharField(source="campaign.name", default=None, read_only=True)
    show = serializers.IntegerField(source="show_id", read_only=True, allow_null=True)
    brand = serializers.CharField(source="brand.name", default=None, read_only=True)
    category = serializers.CharField(source="category.name", default=None, read_only=True)
    outcome = serializers.CharField(read_only=True)
    amount = serializers.DecimalField(max_digits=12, decimal_places=2, read_only=True, allow_null=True)

    class Meta:
        model = Interaction
        fields = (
            *("id", "kind", "occurred_at", "customer", "customer_name", "product", "sku", "channel", "campaign"),
            *("show", "brand", "category", "size", "colour", "topic", "outcome", "score", "amount", "text"),
            "created_at",
        )
        read_only_fields = fields
