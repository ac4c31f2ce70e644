"""Addresses of reports: `urlpatterns` for people (below /reports/), `api` for programs (below /api/v1/reports/)."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path, re_path

from reports import api as programs
from reports import views

app_name = "reports"

urlpatterns = [
    path("runs/<int:pk>/", views.RunPage.as_view(), name="run"),
    path("runs/<int:pk>/progress/", views.Progress.as_view(), name="progress"),
    path("runs/<int:pk>/again/", views.SendAgain.as_view(), name="again"),
    path("runs/<int:pk>/make-again/", views.MakeAgain.as_view(), name="make-again"),
    path("files/<int:pk>/", views.File.as_view(), name="file"),
    path("linked/<str:signed>/", views.linked_file, name="linked-file"),
    path("mail-this/", views.MailThis.as_view(), name="mail-this"),
    path("schedule-this/", views.ScheduleThis.as_view(), name="schedule-this"),
    path("foreseen/", views.Foresee.as_view(), name="foresee"),
    path("foreseen/<int:pk>/", views.Foresee.as_view(), name="foresee"),
]

RECORD: dict[str, Any] = {"get": "retrieve"}
LIST: dict[str, Any] = {"get": "list"}
# `generate` and `schedule` are old addresses: they answer without the last slash too.
api: list[URLPattern] = [
    path("", programs.Reports.as_view(LIST), name="report-list"),
    path("<int:pk>/", programs.Reports.as_view(RECORD), name="report-detail"),
    re_path(r"^generate/?$", programs.Generate.as_view(), name="report-generate"),
    path("runs/", programs.Runs.as_view(LIST), name="report-run-list"),
    path("runs/<int:pk>/", programs.Runs.as_view(RECORD), name="report-run-detail"),
    path("runs/<int:pk>/files/<slug:form>/", programs.RunFile.as_view(), name="report-run-file"),
    re_path(r"^schedule/?$", programs.Schedules.as_view({**LIST, "post": "create"}), name="report-schedule-list"),
    path(
        "schedule/<int:pk>/",
        programs.Schedules.as_view({**RECORD, "patch": "partial_update", "delete": "destroy"}),
        name="report-schedule-detail",
    ),
]
