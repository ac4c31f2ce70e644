"""The list of imports; each opens on its own page."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from lacelux.intake.models import Batch
from lacelux.shell.filters import DayRangeFilter
from lacelux.shell.records import RecordAdmin, Unchanging

COLOURS = {
    Batch.State.QUEUED: "info",
    Batch.State.STAGING: "info",
    Batch.State.STAGED: "warning",
    Batch.State.PUBLISHED: "success",
    Batch.State.FAILED: "danger",
}


@admin.register(Batch)
class BatchAdmin(Unchanging, RecordAdmin):
    list_display = (
        "id",
        "standing",
        "format",
        "source",
        "rows",
        "new",
        "changed",
        "refused",
        "created_at",
        "created_by",
    )
    list_select_related = ("created_by",)
    list_filter = (("state", ChoicesDropdownFilter), ("created_at", DayRangeFilter))
    search_fields = ("format", "source")

    @display(description="State", ordering="state", label=COLOURS)
    def standing(self, batch: Batch) -> tuple[str, str]:
        return batch.state, batch.get_state_display()

    @display(description="Refused")
    def refused(self, batch: Batch) -> int:
        return batch.rejected + batch.conflicts

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, bool] | None = None
    ) -> HttpResponse:
        return redirect("intake:batch", object_id) if object_id.isdigit() else redirect("admin:intake_batch_changelist")
