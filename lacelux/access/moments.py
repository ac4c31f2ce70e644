"""Bounds on times that come from outside: beyond them databases and time zones overflow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from rest_framework.serializers import DateTimeField

FIRST_YEAR, LAST_YEAR = 1990, 2100
CLOCK_TOLERANCE = timedelta(minutes=10)


def within_reason(value: date) -> None:
    """Refuses years that no shop's books can hold. Takes dates and times."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(f"The year must lie between {FIRST_YEAR} and {LAST_YEAR}.", code="out_of_range")


def not_ahead(value: datetime) -> None:
    """Refuses the future, but forgives a clock that runs a little fast."""
    if value > timezone.now() + CLOCK_TOLERANCE:
        raise ValidationError("This lies in the future.", code="in_the_future")


class Moment(DateTimeField):
    """A time that needs its zone: twice a year a time without one means two moments, or none."""

    default_error_messages = {"no_zone": "The time needs its zone: 2026-03-01T14:30:00-05:00, or with Z."}
    bounds: tuple[Callable[[datetime], None], ...] = (within_reason,)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, validators=list(self.bounds))

    def enforce_timezone(self, value: datetime) -> datetime:
        if timezone.is_naive(value):
            self.fail("no_zone")
        return super().enforce_timezone(value)


class PastMoment(Moment):
    """When something happened."""

    bounds = (within_reason, not_ahead)
