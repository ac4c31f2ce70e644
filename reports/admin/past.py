"""What a report was before, in the words of its form."""

from __future__ import annotations

from typing import Any

from simple_history.template_utils import HistoricalRecordContextHelper

from analytics.base import Viewer
from analytics.choices import spoken
from analytics.mart.replica import mart
from analytics.saved import Kept, as_query
from reports.builder.offers import FILTERS, period_words


class Past(HistoricalRecordContextHelper):
    """`viewer` is who reads it: names that one may not see stay numbers."""

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        if change.field == "filters":
            return self.filters(value)
        return period_words(value) if change.field == "period" else super().prepare_delta_change_value(change, value)

    def filters(self, kept: Kept) -> str:
        with mart().session() as session:
            told = spoken(list(FILTERS.values()), as_query(kept), session, self.viewer)
        return "; ".join(f"{label}: {names}" for label, names in told) or "none"
