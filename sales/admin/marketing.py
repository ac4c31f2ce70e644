"""Campaigns and what they cost."""

from __future__ import annotations

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin
from unfold.contrib.filters.admin import RangeDateFilter

from lacelux.shell.figures import figure
from lacelux.shell.records import History, Lines, RecordAdmin
from sales.models import Campaign, CampaignSpend


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
