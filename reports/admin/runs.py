"""The list of runs; each opens on its own page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display

from lacelux.shell.figures import NOTHING
from lacelux.shell.filters import DayRangeFilter
from lacelux.shell.records import RecordAdmin, Unchanging
from reports.models import Run
from reports.models.schedule import FILES

COLOURS = {
    Run.State.QUEUED: "info",
    Run.State.RUNNING: "info",
    Run.State.DONE: "success",
    Run.State.EMPTY: "default",
    Run.State.FAILED: "danger",
}


@admin.register(Run)
class RunAdmin(Unchanging, RecordAdmin):
    list_display = ("title", "standing", "cause", "due_at", "as_of", "files", "duration", "owner", "schedule")
    list_select_related = ("owner", "schedule__report")
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("cause", ChoicesDropdownFilter),
        ("report", RelatedDropdownFilter),
        ("due_at", DayRangeFilter),
    )
    search_fields = ("title", "report__title", "owner__username")
    search_help_text = "Title or owner"

    @display(description="State", ordering="state", label=COLOURS)
    def standing(self, run: Run) -> tuple[str, str]:
        return run.state, run.get_state_display()

    @display(description="Files")
    def files(self, run: Run) -> str:
        return ", ".join(label for form, label in FILES if form in run.formats)

    @display(description="Took")
    def duration(self, run: Run) -> str:
        return lasting(run.finished_at - run.created_at) if run.finished_at else NOTHING

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("reports:run", object_id) if object_id.isdigit() else redirect("admin:reports_run_changelist")


def lasting(span: timedelta) -> str:
    """`2.4 s`, `3 min 5 s`, `2 h 4 min`, from being asked to the end."""
    seconds = span.total_seconds()
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
