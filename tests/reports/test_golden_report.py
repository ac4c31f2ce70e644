"""C1: page = API = CSV = XLSX = PDF = mail = the sum made by hand, to the cent, and all from one run of a report."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from golden import GOLDEN, golden_shop
from pages import read
from python_calamine import CalamineWorkbook
from rest_framework.test import APIClient

from analytics.formats import text
from lacelux.outbox.models import Delivery
from lacelux.outbox.tasks import deliver
from reports import production
from reports.audience import Recipients
from reports.models import Run
from reports.outlines import Outline, SectionOutline
from reports.services import run_report

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MARCH = "2026-03-01/2026-03-31"
ENTRIES = "Every entry"
OUTLINE = Outline(
    title="Golden",
    period=MARCH,
    sections=(
        SectionOutline(analysis="overview/kpis", heading="Figures"),
        SectionOutline(analysis="sales/daily", heading="Days"),
        SectionOutline(analysis="sales/entries", heading=ENTRIES),
    ),
)
SUMMED = ("units", "gross", "discounts", "refunds", "revenue", "cost", "fees", "profit")
OF_DAYS = ("orders", "units", "gross", "discounts", "refunds", "revenue", "profit")
KPIS = ("revenue", "orders", "units", "aov", "profit", "refunds")


@pytest.fixture
def run(owner: User) -> Run:
    """One run over the golden shop, in every form, mailed to its owner."""
    golden_shop()
    asked = run_report(
        outline=OUTLINE, owner=owner, cause=Run.Cause.PERSON, formats=["pdf", "xlsx", "csv"],
        recipients=Recipients(people=(owner.pk,)),
    )  # fmt: skip
    production.produce(asked.pk)
    asked.refresh_from_db()
    assert asked.state == "done", asked.trouble
    return asked


def file_of(run: Run, form: str) -> Path:
    return run.renditions.get(form=form).file


def kpi(name: str) -> str:
    """The golden figure as people read it."""
    value = GOLDEN[name]
    return text.money(value) if isinstance(value, Decimal) else text.integer(value)


def plain(words: str) -> str:
    return re.sub(r"\s+", " ", words)


def sums(rows: list[dict[str, Any]], names: tuple[str, ...]) -> dict[str, Decimal]:
    return {
        name: sum((Decimal(str(row[name])) for row in rows if row[name] not in ("", None)), Decimal(0))
        for name in names
    }


def golden(names: tuple[str, ...]) -> dict[str, Any]:
    return {name: GOLDEN[name] for name in names}


def test_csv(run: Run):
    with zipfile.ZipFile(file_of(run, "csv")) as files:
        tables = [
            list(csv.DictReader(io.StringIO(files.read(name).decode("utf-8-sig")))) for name in sorted(files.namelist())
        ]
    figures, days, entries = tables
    assert {row["kpi"]: Decimal(row["value"]) for row in figures if row["kpi"] in KPIS} == golden(KPIS)
    assert sums(days, OF_DAYS) == golden(OF_DAYS)
    assert sums([row for row in entries if row["kind"] != "write_off"], SUMMED) == golden(SUMMED)


def test_workbook(run: Run):
    book = CalamineWorkbook.from_path(file_of(run, "xlsx"))
    heads, *rows = book.get_sheet_by_name("Days").to_python()
    days = [dict(zip([str(head).lower() for head in heads], row, strict=False)) for row in rows]
    found = {name: round(sum(Decimal(str(row[name])) for row in days), 2) for name in OF_DAYS}
    assert found == golden(OF_DAYS)
    summary = {str(row[0]): row[1] for row in book.get_sheet_by_name("Summary").to_python() if len(row) > 1}
    assert round(Decimal(str(summary["Revenue"])), 2) == GOLDEN["revenue"]
    assert round(Decimal(str(summary["Profit"])), 2) == GOLDEN["profit"]


def test_pdf(run: Run):
    shown = read(file_of(run, "pdf").read_bytes(), "-layout")
    first = plain(shown)
    for name in KPIS:
        assert kpi(name) in first, name
    days = [line for line in shown.splitlines() if re.match(r"\s*\d+ Mar 2026\s", line)]
    assert len(days) >= 31
    gross = sum(Decimal(amount.replace(",", "")) for amount in first_amounts(days[:31]))
    assert gross == GOLDEN["gross"]


def first_amounts(lines: list[str]) -> list[str]:
    """The first amount of each line, which is its gross."""
    return [re.search(r"\$([\d,]+\.\d\d)", line)[1] for line in lines]  # type: ignore[index]


def test_mail(run: Run, mailoutbox: list[Any]):
    deliver(Delivery.objects.get(reference=run.uuid).pk)
    [mail] = mailoutbox
    bodies = [
        plain(part.get_payload(decode=True).decode())
        for part in mail.message().walk()
        if part.get_content_maintype() == "text" and not part.get_filename()
    ]
    assert f"revenue {kpi('revenue')}" in mail.subject
    assert len(bodies) == 2
    for body in bodies:
        for name in KPIS:
            assert kpi(name) in body, name


def test_page_and_api(run: Run, owner: User, client_as: Callable[[User], Client]):
    page = client_as(owner).get(f"/analytics/overview/kpis/?period={MARCH}").content.decode()
    api = APIClient()
    api.force_authenticate(owner)
    answer = api.get(f"/api/v1/analytics/overview/kpis/?period={MARCH}").json()
    for name in KPIS:
        assert kpi(name) in page, name
    found = {row["kpi"]: Decimal(str(row["value"])) for row in answer["rows"] if row["kpi"] in KPIS}
    assert found == golden(KPIS)
