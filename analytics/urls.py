"""Addresses of the answers: `pages` for people, `api` for programs (below /api/v1/analytics/)."""

from __future__ import annotations

from django.urls import URLPattern, path

from analytics import views
from analytics.api import Answer, Catalogue
from analytics.catalogue import ANALYSES

app_name = "analytics"
urlpatterns = [
    path("", views.Overview.as_view(), name="overview"),
    path("analytics/plotly-<str:version>.js", views.plotly_js, name="plotly"),
    path("analytics/<slug:area>/<slug:name>/", views.QuestionPage.as_view(), name="page"),
]

# One path per question, so that each has its own description and an unknown one is a 404 of the router.
api: list[URLPattern] = [
    path("", Catalogue.as_view(), name="answers"),
    *(path(f"{slug}/", Answer.as_view(slug=slug), name=f"answer-{slug}") for slug in ANALYSES),
]
