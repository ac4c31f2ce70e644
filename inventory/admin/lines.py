"""What a piece's page shows below its form."""

from __future__ import annotations

from django.db.models import Model
from django.http import HttpRequest

from inventory.models import CostEntry, Hold, PriceChange, ProductView, StockMovement
from lacelux.shell.figures import figure, signed, whole
from lacelux.shell.records import Lines, ReadLines


class MovementLines(ReadLines):
    model = StockMovement
    ordering = ("-id",)
    verbose_name_plural = "Movements"
    fields = (
        "moved_at",
        "kind",
        figure("on_hand_change", "On hand", signed),
        figure("reserved_change", "Reserved", signed),
        figure("sold_change", "Sold", signed),
        "reference",
        "reason",
        "actor",
    )
    readonly_fields = fields


class CostLines(Lines):
    """Costs are added, never rewritten: a wrong one is taken back by hand in the books, not erased here."""

    model = CostEntry
    ordering = ("-incurred_on", "-id")
    verbose_name_plural = "Costs"
    fields = ("kind", "amount", "incurred_on", "note")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class PriceLines(ReadLines):
    model = PriceChange
    ordering = ("-changed_at", "-id")
    verbose_name_plural = "Prices"
    fields = ("changed_at", figure("price", "Price"), figure("previous", "Before"), "reason", "actor")
    readonly_fields = fields


class HoldLines(ReadLines):
    model = Hold
    verbose_name_plural = "Holds"
    fields = ("held_at", "customer", figure("quantity", "Pieces", whole), "expires_at", "ended_at", "note", "actor")
    readonly_fields = fields
    show_change_link = True


class ViewLines(ReadLines):
    model = ProductView
    verbose_name_plural = "Views"
    fields = ("viewed_at", "session")
    readonly_fields = fields
