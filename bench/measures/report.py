"""Prints as JSON how long documents take in this process, the mart loaded and everything imported."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import Any

import django

django.setup()

from django.utils import timezone  # noqa: E402

from analytics.base import Viewer  # noqa: E402
from lacelux.access.roles import permissions_of  # noqa: E402
from reports.documents import answered, reading  # noqa: E402
from reports.outlines import Outline, SectionOutline  # noqa: E402
from reports.renditions import PAINTERS  # noqa: E402
from reports.shipped import SHIPPED  # noqa: E402

FORMS = ("pdf", "xlsx", "csv", "mail")
ROUNDS = 3
OWNER = Viewer(permissions_of("owner"))
CHARTS = ("sales/daily", "sales/trends", "brands/performance", "sales/hourly", "sales/weekdays", "products/top-selling")
LONG = "sales/entries"
SHOWN = ("occurred_at", "number", "kind", "sku", "description", "brand", "units", "revenue", "profit")


def main() -> None:
    found: dict[str, Any] = {"reports": {}}
    make(SHIPPED[0], "pdf")
    for outline in SHIPPED:
        found["reports"][outline.slug] = {form: median(lambda o=outline, f=form: make(o, f)) for form in FORMS}
    ten_pages = Outline(title="Ten pages", period="1y", sections=(*map(asked, CHARTS), listing(270)))
    found["ten_pages"] = {"seconds": median(lambda: make(ten_pages, "pdf")), "pages": pages_of(ten_pages)}
    found["table"] = {"seconds": median(lambda: make(Outline(title="Long", sections=(listing(5_000),)), "pdf"))}
    found["workbook"] = workbook(100_000)
    print(json.dumps(found))


def asked(slug: str, **params: str) -> SectionOutline:
    return SectionOutline(analysis=slug, params=params)


def listing(rows: int) -> SectionOutline:
    """Entries of a period that holds at least so many, with the columns that fit a page; workbooks hold all of them."""
    return replace(asked(LONG, period=period_with(rows)), columns=SHOWN)


def period_with(rows: int) -> str:
    """As many whole days up to yesterday as it takes to hold that many entries."""
    with reading() as session:
        days = session.query(
            "SELECT date, sum(count(*)) OVER (ORDER BY date DESC) AS held FROM entry WHERE date < $today "
            "GROUP BY date ORDER BY date DESC",
            {"today": timezone.localdate()},
        )
    start: date = next(day for day, held in days if held >= rows)
    return f"{start}/{timezone.localdate() - timedelta(days=1)}"


def make(outline: Outline, form: str) -> int:
    """Answer and paint once; the file's size."""
    with reading() as session, TemporaryFile() as file:
        PAINTERS[form](answered(outline, OWNER, session, today=timezone.localdate(), formats=FORMS[:3]), file)
        return file.seek(0, 2)


def median(work: Callable[[], int]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def pages_of(outline: Outline) -> int:
    with reading() as session, NamedTemporaryFile(suffix=".pdf") as file:
        PAINTERS["pdf"](answered(outline, OWNER, session, today=timezone.localdate()), file)
        file.flush()
        told = subprocess.run(["pdfinfo", file.name], capture_output=True, text=True, check=True).stdout
        return int(re.search(r"Pages:\s+(\d+)", told)[1])  # type: ignore[index]


def workbook(rows: int) -> dict[str, float]:
    """Seconds, and megabytes above what the process held before."""
    outline = Outline(title="Entries", sections=(listing(rows),))
    make(Outline(title="Entries", sections=(listing(10),)), "xlsx")
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    before = status("VmRSS")
    started = time.perf_counter()
    size = make(outline, "xlsx")
    seconds, columns = time.perf_counter() - started, len(outline.sections[0].question.columns)
    return {"seconds": seconds, "megabytes": status("VmHWM") - before, "size": size, "columns": columns}


def status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


if __name__ == "__main__":
    main()
