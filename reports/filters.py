"""How reports, runs and schedules are narrowed down, on the API."""

from __future__ import annotations

import django_filters as filters

from reports.models import Report, Run, Schedule


class ReportFilter(filters.FilterSet):
    class Meta:
        model = Report
        fields = ("slug",)


class RunFilter(filters.FilterSet):
    report = filters.CharFilter(field_name="report__slug", label="Name of the report")
    state = filters.MultipleChoiceFilter(choices=Run.State.choices, label="One or more states")

    class Meta:
        model = Run
        fields = ("schedule", "cause")


class ScheduleFilter(filters.FilterSet):
    report = filters.CharFilter(field_name="report__slug", label="Name of the report")

    class Meta:
        model = Schedule
        fields = ("is_paused",)
