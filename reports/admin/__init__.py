"""Reports in the admin."""

from reports.admin import reports, runs, schedules

__all__ = ["reports", "runs", "schedules"]
