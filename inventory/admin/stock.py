"""Movements, prices and holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from inventory import services
from inventory.models import Hold, PriceChange, StockMovement
from lacelux.shell import person
from lacelux.shell.acts import act
from lacelux.shell.figures import figure, signed, whole
from lacelux.shell.filters import DayRangeFilter
from lacelux.shell.records import Kept, RecordAdmin, Unchanging


@admin.register(StockMovement)
class StockMovementAdmin(Unchanging, RecordAdmin):
    list_display = (
        "moved_at",
        "product",
        "kind",
        figure("on_hand_change", "On hand", signed),
        figure("reserved_change", "Reserved", signed),
        figure("sold_change", "Sold", signed),
        "reference",
        "reason",
        "actor",
    )
    list_select_related = ("product", "actor")
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        ("product__brand", RelatedDropdownFilter),
        ("moved_at", DayRangeFilter),
    )
    search_fields = ("product__sku", "product__title", "reference")
    search_help_text = "SKU, title or reference"
    ordering = ("-id",)


@admin.register(PriceChange)
class PriceChangeAdmin(Unchanging, RecordAdmin):
    list_display = ("changed_at", "product", figure("previous", "Before"), figure("price", "Price"), "reason", "actor")
    list_select_related = ("product", "actor")
    list_filter = (("product__brand", RelatedDropdownFilter), ("changed_at", DayRangeFilter))
    search_fields = ("product__sku", "product__title")
    search_help_text = "SKU or title"
    ordering = ("-changed_at", "-id")


@admin.register(Hold)
class HoldAdmin(Kept, RecordAdmin):
    list_display = (
        "held_at",
        "product",
        "customer",
        figure("quantity", "Pieces", whole),
        "state",
        "expires_at",
        "note",
    )
    list_select_related = ("product", "customer")
    list_filter = (("held_at", DayRangeFilter), ("ended_at", admin.EmptyFieldListFilter))
    search_fields = ("product__sku", "product__title", "customer__name")
    search_help_text = "SKU, title or customer"
    autocomplete_fields = ("product", "customer")
    fields = ("product", "customer", "quantity", "expires_at", "note")
    actions_detail = ("release",)
    refusals = (services.ImpossibleMovement, ValueError)

    @display(description="State", label={"held": "warning", "ended": "default"})
    def state(self, hold: Hold) -> tuple[str, str]:
        return ("ended", "Ended") if hold.ended_at else ("held", "Held")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return ["product", "customer", "quantity", "expires_at", "held_at", "ended_at", "actor"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return [*self.fields, "held_at", "ended_at", "actor"] if obj else list(self.fields)

    def save_model(self, request: HttpRequest, obj: Hold, form: ModelForm[Hold], change: bool) -> None:
        if change:
            obj.save(update_fields=["note"])
            return
        held = services.hold(
            product=obj.product,
            customer=obj.customer,
            quantity=obj.quantity,
            expires_at=obj.expires_at,
            note=obj.note,
            actor=person(request),
        )
        obj.pk, obj.held_at = held.pk, held.held_at

    @action(description="Release…", icon="bookmark_remove", url_path="release", permissions=["inventory.change_hold"])
    def release(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(hold: Hold, answers: Mapping[str, Any]) -> str:
            services.end_hold(hold=hold, actor=person(request))
            return "Released."

        intro = "The pieces are free for others again."
        return act(self, request, object_id, title="Release the hold", intro=intro, button="Release", do=do)
