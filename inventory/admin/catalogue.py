"""Brands, categories, and pieces that people offer to us."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display

from inventory.models import Brand, Category, ProductAlias, Submission
from lacelux.shell.figures import figure, whole
from lacelux.shell.filters import DayRangeFilter
from lacelux.shell.records import History, RecordAdmin


class NamedAdmin(RecordAdmin):
    """Brands and categories: a name, and how many pieces carry it."""

    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: QuerySet[Any] = super().get_queryset(request).annotate(pieces=Count("products"))
        return queryset


@admin.register(Brand)
class BrandAdmin(NamedAdmin):
    list_display = ("name", "country", figure("pieces", "Pieces", whole))


@admin.register(Category)
class CategoryAdmin(NamedAdmin):
    list_display = ("name", figure("pieces", "Pieces", whole))


@admin.register(ProductAlias)
class ProductAliasAdmin(RecordAdmin):
    """What marketplaces call our pieces: a wrong one is put right, or removed, here."""

    list_display = ("value", "kind", "source", "product", "created_at")
    list_select_related = ("product",)
    list_filter = (("kind", ChoicesDropdownFilter), ("created_at", DayRangeFilter))
    search_fields = ("value", "product__sku", "product__title")
    search_help_text = "Name or SKU"
    autocomplete_fields = ("product",)
    fields = (("value", "kind"), ("source", "product"))


@admin.register(Submission)
class SubmissionAdmin(History, SimpleHistoryAdmin, RecordAdmin):
    list_display = (
        "title",
        "seller",
        "brand",
        "category",
        "standing",
        figure("asking_price", "Asked"),
        figure("offered_price", "Offered"),
        "source",
        "submitted_at",
    )
    list_select_related = ("seller", "brand", "category")
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("source", ChoicesDropdownFilter),
        ("brand", RelatedDropdownFilter),
        ("category", RelatedDropdownFilter),
        ("condition", ChoicesDropdownFilter),
        ("submitted_at", DayRangeFilter),
    )
    search_fields = ("title", "seller__name")
    search_help_text = "Title or seller"
    autocomplete_fields = ("seller", "product", "brand", "category")
    withheld = {"access.view_personal": ("seller",), "access.view_cost": ("offered_price",)}
    fieldsets = (
        ("Offer", {"fields": (("title", "seller"), ("brand", "category"), ("condition", "source"), "is_consignment")}),
        (
            "Decision",
            {"fields": ("state", ("asking_price", "offered_price"), "submitted_at", "offered_at",
                        "decided_at", "received_at", "product", "notes")},
        ),
    )  # fmt: skip

    @display(
        description="State",
        ordering="state",
        label={"new": "info", "offered": "warning", "accepted": "success", "received": "success", "declined": "danger"},
    )
    def standing(self, submission: Submission) -> tuple[str, str]:
        return submission.state, submission.get_state_display()
