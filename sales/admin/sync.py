"""When tills and web shops last sent what they have."""

from __future__ import annotations

from django.contrib import admin

from lacelux.shell.figures import figure, whole
from lacelux.shell.records import RecordAdmin, Unchanging
from sales.models import SyncState


@admin.register(SyncState)
class SyncAdmin(Unchanging, RecordAdmin):
    """One row for each program and kind of record, with what became of its last call."""

    list_display = (
        "source",
        "kind",
        "synced_at",
        figure("created", "New", whole),
        figure("updated", "Changed", whole),
        figure("unchanged", "As before", whole),
        figure("rejected", "Refused", whole),
    )
    search_fields = ("source",)
