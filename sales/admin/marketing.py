"""Campaigns, dates that move demand, and what people say and do."""

from __future__ import annotations

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter, RelatedDropdownFilter

from lacelux.shell.figures import figure
from lacelux.shell.filters import DayRangeFilter
from lacelux.shell.records import History, Lines, RecordAdmin
from sales.models import CalendarEvent, Campaign, CampaignSpend, Interaction


class SpendLines(Lines):
    model = CampaignSpend
    tab = False
    ordering = ("-spent_on",)
    fields = ("spent_on", "amount", "impressions", "clicks")


@admin.register(Campaign)
class CampaignAdmin(History, SimpleHistoryAdmin, RecordAdmin):
    list_display = ("name", "medium", "starts_on", "ends_on", figure("budget", "Budget"))
    list_filter = (("starts_on", RangeDateFilter), ("medium", admin.AllValuesFieldListFilter))
    search_fields = ("name", "medium")
    inlines = (SpendLines,)
    withheld = {"access.view_cost": ("budget",)}


@admin.register(CalendarEvent)
class CalendarEventAdmin(RecordAdmin):
    list_display = (
        "name",
        "event_type",
        "starts_on",
        "ends_on",
        "impact_level",
        figure("expected_demand_multiplier", "Demand", lambda factor: f"× {factor}"),
    )
    list_filter = (
        ("event_type", ChoicesDropdownFilter),
        ("impact_level", ChoicesDropdownFilter),
        ("starts_on", RangeDateFilter),
    )
    search_fields = ("name", "notes")


@admin.register(Interaction)
class InteractionAdmin(RecordAdmin):
    list_display = ("occurred_at", "kind", "customer", "product", "brand", "channel", "topic", "outcome")
    list_select_related = ("customer", "product", "brand", "channel")
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        ("channel", RelatedDropdownFilter),
        ("campaign", RelatedDropdownFilter),
        ("brand", RelatedDropdownFilter),
        ("occurred_at", DayRangeFilter),
    )
    search_fields = ("customer__name", "topic", "text", "product__sku")
    search_help_text = "Customer, topic, text or SKU"
    autocomplete_fields = ("customer", "product", "channel", "campaign", "show", "brand", "category")
    fieldsets = (
        ("What", {"fields": (("kind", "occurred_at"), ("customer", "channel"), ("topic", "outcome"), "score", "text")}),
        ("About", {"fields": (("product", "show"), ("brand", "category"), ("size", "colour"), "campaign")}),
    )
