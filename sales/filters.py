"""How orders, refunds, shows, interactions and events are narrowed down, on the API."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from lacelux.access.moments import within_reason
from sales.models import CalendarEvent, Campaign, Channel, Interaction, Order, Refund, Show


def _since(field: str, label: str) -> filters.IsoDateTimeFilter:
    return filters.IsoDateTimeFilter(field_name=field, lookup_expr="gte", validators=[within_reason], label=label)


def _until(field: str, label: str) -> filters.IsoDateTimeFilter:
    return filters.IsoDateTimeFilter(field_name=field, lookup_expr="lt", validators=[within_reason], label=label)


def _id(field: str, label: str) -> filters.NumberFilter:
    return filters.NumberFilter(field_name=field, min_value=1, max_value=2**63 - 1, decimal_places=0, label=label)


def _name(field: str, label: str) -> filters.CharFilter:
    return filters.CharFilter(field_name=field, lookup_expr="iexact", label=label)


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


class CampaignFilter(filters.FilterSet):
    name = _name("name", "Its name, in any case")
    medium = _name("medium", "Where it runs, in any case")
    running_on = filters.DateFilter(method="running", validators=[within_reason], label="Running on this day")

    class Meta:
        model = Campaign
        fields = ()

    def running(self, campaigns: QuerySet[Campaign], name: str, value: date) -> QuerySet[Campaign]:
        return campaigns.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=value), starts_on__lte=value)


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


class InteractionFilter(filters.FilterSet):
    kind = filters.MultipleChoiceFilter(choices=Interaction.Kind.choices, label="One or more kinds")
    customer = _id("customer_id", "Id of the customer")
    sku = _name("product__sku", "SKU of the piece")
    channel = filters.CharFilter(field_name="channel__code", label="Code of the channel")
    campaign = _name("campaign__name", "Name of the campaign")
    show = _id("show_id", "Id of the show")
    brand = _name("brand__name", "Name of the brand asked for")
    topic = _name("topic", "Topic, exactly, in any case")
    outcome = _name("outcome", "Outcome, exactly, in any case")
    score = filters.NumberFilter(min_value=1, max_value=5, decimal_places=0, label="Score of a rating")
    occurred_after = _since("occurred_at", "Occurred then or later")
    occurred_before = _until("occurred_at", "Occurred earlier than that")

    class Meta:
        model = Interaction
        fields = ()


def going_on(
    events: QuerySet[CalendarEvent], *, first: date | None = None, last: date | None = None
) -> QuerySet[CalendarEvent]:
    """Those with a day from `first` to `last`, both in."""
    if first is not None:
        events = events.filter(Q(starts_on__gte=first) | Q(ends_on__gte=first))
    return events if last is None else events.filter(starts_on__lte=last)


class CalendarEventFilter(filters.FilterSet):
    type = filters.MultipleChoiceFilter(
        field_name="event_type", choices=CalendarEvent.Kind.choices, label="One or more types"
    )
    impact = filters.MultipleChoiceFilter(
        field_name="impact_level", choices=CalendarEvent.Impact.choices, label="One or more levels"
    )
    calendar = _name("source__name", "Name of the calendar that it follows")

    class Meta:
        model = CalendarEvent
        fields = ()

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        """`from` is a word of Python's own and cannot be written down as a name."""
        return {
            "from": filters.DateFilter(method="since", validators=[within_reason], label="Going on then or later"),
            "to": filters.DateFilter(method="until", validators=[within_reason], label="Going on then or earlier"),
            **super().get_filters(),
        }

    def since(self, events: QuerySet[CalendarEvent], name: str, value: date) -> QuerySet[CalendarEvent]:
        return going_on(events, first=value)

    def until(self, events: QuerySet[CalendarEvent], name: str, value: date) -> QuerySet[CalendarEvent]:
        return going_on(events, last=value)
