"""The form of a schedule, as a person sends it, and where its page is."""

from typing import Any

from django.urls import reverse

from reports.models import Report, Schedule


def asked(report: Report, **other: Any) -> dict[str, Any]:
    """Every Monday and Thursday at 07:30 in New York, to one address, as a PDF; None leaves a field out."""
    plain = {
        "report": report.pk, "every": "week", "weekdays": [1, 4], "day": 1, "at": "07:30", "zone": "America/New_York",
        "period": "", "formats": ["pdf"], "addresses": "ann@example.com",
    }  # fmt: skip
    return {name: value for name, value in {**plain, **other}.items() if value is not None}


def page_of(schedule: Schedule) -> str:
    return reverse("admin:reports_schedule_change", args=[schedule.pk])
