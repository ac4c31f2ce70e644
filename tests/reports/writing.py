"""The builder's form as a browser sends it."""

import re
from html import unescape
from typing import Any

from django.urls import reverse

from reports.models import Report

PERIOD = "2026-03-01/2026-03-31"
MARCH = {"period": "custom", "start": "2026-03-01", "end": "2026-03-31"}  # … as it is typed


def address(report: Report, page: str = "change") -> str:
    return reverse(f"admin:reports_report_{page}", args=[report.pk])


def card(key: Any, analysis: str, **typed: Any) -> dict[str, Any]:
    """One section's fields under its key: chart and table ticked, the rest empty unless it is `typed`."""
    fields = {"analysis": analysis, "shows_chart": "on", "shows_table": "on", **typed}
    return {"sections": key, **{f"section-{key}-{name}": value for name, value in fields.items()}}


def form(report: Report, *cards: dict[str, Any], **typed: Any) -> dict[str, Any]:
    """The whole form: the report as it stands, `typed` over it, and these sections."""
    fields: dict[str, Any] = {
        "title": report.title,
        "slug": report.slug,
        "description": report.description,
        "period": report.period,
        "version": report.changed_at.isoformat(),
    }
    for each in cards:
        fields |= {name: value for name, value in each.items() if name != "sections"}
    return {**fields, "sections": [each["sections"] for each in cards], **typed}


def as_it_is(report: Report) -> list[dict[str, Any]]:
    """The two sections of the fixture `corner`, typed anew."""
    brands, sellers = report.sections.all()
    return [
        card(brands.pk, "brands/performance", heading="Brands", limit="5"),
        card(sellers.pk, "products/top-selling", heading="Best sellers"),
    ]


def ids(report: Report) -> list[int]:
    return [section.pk for section in report.sections.all()]


def words_of(answer: Any) -> str:
    """What a page says, its markup taken away."""
    main = answer.content.decode().partition('id="content"')[2] or answer.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())
