"""Filters of admin lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import RangeDateFilter


class DayRangeFilter(RangeDateFilter):
    """From one day to another, both in, by the shop's clock. For columns that hold a time."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        name = self.parameter_name
        start, end = (self.used_parameters.get(f"{name}_{side}", "") for side in ("from", "to"))
        try:
            if start:
                queryset = queryset.filter(**{f"{name}__gte": midnight(date.fromisoformat(start))})
            if end:
                queryset = queryset.filter(**{f"{name}__lt": midnight(date.fromisoformat(end) + timedelta(1))})
        except (ValueError, OverflowError):
            return queryset.none()
        return queryset


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def labelled(title: str, kind: type) -> Callable[..., Any]:
    """`kind` under a title of its own, where the field's name says too little."""

    class Labelled(kind):
        def __init__(self, field: Any, *args: Any, **kwargs: Any) -> None:
            super().__init__(field, *args, **kwargs)
            self.title = title

    return Labelled
