"""Letters and mails for tests: figures of an overview, a section with a chart, and a reader of HTML."""

from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from papers import BY_BRAND, part, result

from analytics.analyses.overview import KPIS, Kpis
from analytics.base import Result
from reports import pictures
from reports.documents import Part
from reports.formats import mail

PNG = b"\x89PNG\r\n\x1a\n a small picture"
LINK = mail.Link("Weekly review.pdf", "12 MB", "https://shop.test/files/abc", "9 Dec 2026")
FIGURES = {
    "revenue": (Decimal("1234.00"), 0.125),
    "orders": (7, -0.3),
    "aov": (Decimal("176.29"), 0.0),
    "margin": (0.315, 0.013),
    "refunds": (Decimal("40.00"), 0.5),
    "on_hand": (2_001, None),
}


def kpis(insights: tuple[str, ...] = (), **changed: tuple[Any, Any]) -> Result:
    """The overview, as far as FIGURES and `changed` tell it."""
    told = {**FIGURES, **changed}
    rows = [(k.name, k.label, told[k.name][0], None, told[k.name][1], k.unit) for k in KPIS if k.name in told]
    return result(Kpis.columns, rows, slug="overview/kpis", title="Overview", chart=Kpis.chart, insights=list(insights))


def brands(**more: Any) -> Part:
    return part(result(chart=BY_BRAND, **more))


def html_of(made: mail.ReportMail) -> str:
    return str(made.alternatives[0].content)


class Seen(HTMLParser):
    """The words, tags and addresses of an HTML mail."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.tags, self.links, self.pictures = "", set[str](), list[str](), list[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.pictures += [value or "" for name, value in attrs if name == "src"]

    def handle_data(self, data: str) -> None:
        self.words += data


def without_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts of BY_BRAND have PNG for a picture, others none."""
    monkeypatch.setattr(pictures, "picture", lambda answer, **_: PNG if answer.chart == BY_BRAND else None)
