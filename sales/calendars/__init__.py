"""Other people's calendars: read, worked out day by day, kept in step."""

from sales.calendars.keeping import adopt_defaults, refresh_calendar, refresh_calendars
from sales.calendars.reading import MOST_BYTES, Entry, Reading, Unreadable, read_calendar

__all__ = [
    "MOST_BYTES",
    "Entry",
    "Reading",
    "Unreadable",
    "adopt_defaults",
    "read_calendar",
    "refresh_calendar",
    "refresh_calendars",
]
