"""What sales have to do when nobody asks."""

from __future__ import annotations

from celery import shared_task

from sales import calendars
from sales.models import CalendarSource


@shared_task(name="sales.tasks.refresh_calendars")
def refresh_calendars() -> None:
    calendars.refresh_calendars()


@shared_task(name="sales.tasks.refresh_calendar")
def refresh_calendar(pk: int) -> None:
    """One that a person asked for; nothing where it has been deleted since."""
    source = CalendarSource.objects.filter(pk=pk).first()
    if source is not None:
        calendars.refresh_calendar(source=source)
