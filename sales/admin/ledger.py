"""Adjustments, payouts and the marketplaces' own ledgers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from lacelux.shell import person
from lacelux.shell.figures import figure, whole
from lacelux.shell.filters import DayRangeFilter
from lacelux.shell.records import Kept, RecordAdmin, Unchanging
from sales import services
from sales.models import Adjustment, MarketplaceLine, Payout


@admin.register(Adjustment)
class AdjustmentAdmin(Kept, RecordAdmin):
    """Booked through the service, then as it is: a wrong one is set right by another."""

    list_display = (
        "adjusted_at",
        "kind",
        "description",
        "channel",
        "order",
        "product",
        figure("quantity", "Pieces", whole),
        figure("amount", "Amount"),
        figure("fees", "Fees"),
        figure("cost", "Loss"),
    )
    list_select_related = ("channel", "order", "product")
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        ("channel", RelatedDropdownFilter),
        ("adjusted_at", DayRangeFilter),
    )
    search_fields = ("description", "number", "order__number", "product__sku")
    search_help_text = "Description, number, order or SKU"
    autocomplete_fields = ("channel", "order", "customer", "product")
    withheld = {"access.view_cost": ("cost",)}
    fields = (
        ("kind", "adjusted_at"),
        ("amount", "fees"),
        ("cost", "quantity"),
        ("channel", "order"),
        ("product", "customer"),
        "description",
    )
    refusals = (services.InvalidSale,)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Adjustment, form: ModelForm[Adjustment], change: bool) -> None:
        entry = services.record_adjustment(**self.answers(form.cleaned_data), actor=person(request))
        obj.pk = entry.pk

    def answers(self, given: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in given.items() if value not in (None, "")}


class PayoutPermission:
    """Payouts and what explains them are for those who may see payouts."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        allowed = super().has_view_permission(request, obj)  # type: ignore[misc]
        return bool(allowed) and request.user.has_perm("access.view_payouts")


@admin.register(Payout)
class PayoutAdmin(PayoutPermission, Kept, RecordAdmin):
    list_display = ("paid_at", "channel", "reference", figure("amount", "Amount"), "currency")
    list_select_related = ("channel",)
    list_filter = (("channel", RelatedDropdownFilter), ("paid_at", DayRangeFilter))
    search_fields = ("reference",)
    autocomplete_fields = ("channel",)


@admin.register(MarketplaceLine)
class MarketplaceLineAdmin(PayoutPermission, Unchanging, RecordAdmin):
    list_display = (
        "created_on_marketplace_at",
        "channel",
        "kind",
        "transaction_type",
        "order_reference",
        "order",
        "status",
        figure("amount", "Amount"),
    )
    list_select_related = ("channel", "order")
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        ("channel", RelatedDropdownFilter),
        ("created_on_marketplace_at", DayRangeFilter),
    )
    search_fields = ("order_reference", "message")
    search_help_text = "Order number or message"
