"""How orders, refunds and shows are narrowed down, on the API."""

from __future__ import annotations

import django_filters as filters

from lacelux.access.moments import within_reason
from sales.models import Channel, Order, Refund, Show


def _since(field: str, label: str) -> filters.IsoDateTimeFilter:
    return filters.IsoDateTimeFilter(field_name=field, lookup_expr="gte", validators=[within_reason], label=label)


def _until(field: str, label: str) -> filters.IsoDateTimeFilter:
    return filters.IsoDateTimeFilter(field_name=field, lookup_expr="lt", validators=[within_reason], label=label)


class ChannelFilter(filters.FilterSet):
    class Meta:
        model = Channel
        fields = ("code", "is_live", "is_active")


class ShowFilter(filters.FilterSet):
    channel = filters.CharFilter(field_name="channel__code", label="Code of the channel")
    host = filters.CharFilter(field_name="host__name", lookup_expr="iexact", label="Name of the host")
    starts_after = _since("starts_at", "Starts then or later")
    starts_before = _until("starts_at", "Starts earlier than that")

    class Meta:
        model = Show
        fields = ("external_id",)


class OrderFilter(filters.FilterSet):
    channel = filters.CharFilter(field_name="channel__code", label="Code of the channel")
    state = filters.MultipleChoiceFilter(choices=Order.State.choices, label="One or more states")
    sku = filters.CharFilter(
        field_name="lines__product__sku", lookup_expr="iexact", distinct=True, label="SKU of one of its pieces"
    )
    customer = filters.NumberFilter(
        field_name="customer_id", min_value=1, max_value=2**63 - 1, decimal_places=0, label="Id of the customer"
    )
    show = filters.NumberFilter(
        field_name="show_id", min_value=1, max_value=2**63 - 1, decimal_places=0, label="Id of the show"
    )
    ordered_after = _since("ordered_at", "Ordered then or later")
    ordered_before = _until("ordered_at", "Ordered earlier than that")

    class Meta:
        model = Order
        fields = ("source", "number", "reference")


class RefundFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=Refund.State.choices, label="One or more states")
    channel = filters.CharFilter(field_name="channel__code", label="Code of the channel")
    order = filters.NumberFilter(
        field_name="order_id", min_value=1, max_value=2**63 - 1, decimal_places=0, label="Id of the order"
    )
    refunded_after = _since("refunded_at", "Refunded then or later")
    refunded_before = _until("refunded_at", "Refunded earlier than that")

    class Meta:
        model = Refund
        fields = ("source", "number")
