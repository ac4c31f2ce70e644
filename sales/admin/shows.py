"""Channels with their fees, hosts and shows."""

from __future__ import annotations

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from lacelux.shell.figures import figure, money, percent, whole
from lacelux.shell.filters import DayRangeFilter
from lacelux.shell.records import History, Lines, RecordAdmin
from sales.models import Channel, FeeRule, Host, Show


class FeeRuleLines(Lines):
    model = FeeRule
    tab = False
    verbose_name_plural = "Fees"
    fields = ("kind", "base", "rate", "fixed", "min_price", "max_price", "valid_from", "valid_to", "source")


@admin.register(Channel)
class ChannelAdmin(RecordAdmin):
    list_display = ("name", "code", "is_live", "is_active")
    list_filter = ("is_live", "is_active")
    search_fields = ("name", "code")
    inlines = (FeeRuleLines,)


@admin.register(FeeRule)
class FeeRuleAdmin(History, SimpleHistoryAdmin, RecordAdmin):
    list_display = (
        "channel",
        "kind",
        "base",
        figure("rate", "Rate", percent),
        figure("fixed", "Fixed"),
        figure("min_price", "From"),
        figure("max_price", "Below", money),
        "valid_from",
        "valid_to",
    )
    list_select_related = ("channel",)
    list_filter = (("channel", RelatedDropdownFilter), ("kind", ChoicesDropdownFilter))
    autocomplete_fields = ("channel",)


@admin.register(Host)
class HostAdmin(RecordAdmin):
    list_display = ("name", "handle", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "handle")


@admin.register(Show)
class ShowAdmin(History, SimpleHistoryAdmin, RecordAdmin):
    list_display = (
        "title",
        "starts_at",
        "ends_at",
        "channel",
        "host",
        figure("viewers_peak", "Viewers at most", whole),
        figure("labour_cost", "Labour"),
    )
    list_select_related = ("channel", "host")
    list_filter = (
        ("channel", RelatedDropdownFilter),
        ("host", RelatedDropdownFilter),
        ("starts_at", DayRangeFilter),
    )
    search_fields = ("title", "external_id", "host__name")
    search_help_text = "Title or host"
    autocomplete_fields = ("channel", "host")
    withheld = {"access.view_cost": ("labour_cost",)}
    fields = (("title", "external_id"), ("channel", "host"), "starts_at", "ends_at", ("labour_cost", "viewers_peak"))
