"""Documents at a million sale entries: the four shipped reports in each form, long tables, large workbooks."""

from __future__ import annotations

from typing import Any

from bench.ground import LINES, Ground

REPORT, TEN_PAGES, TABLE, WORKBOOK, MEGABYTES = 3.0, 2.0, 3.0, 12.0, 150  # seconds, and MB above the idle process


def main() -> bool:
    ground = Ground("sqlite").with_shop()
    ground.measure("bench.measures.first_answer", "--write")
    found = ground.measure("bench.measures.report")
    return report(found)


def report(found: dict[str, Any]) -> bool:
    print(f"{LINES:,} sale entries, seconds to answer and to paint, median of three")
    reached = True
    for slug, forms in found["reports"].items():
        for form, seconds in forms.items():
            reached &= row(f"{slug}, {form}", seconds, REPORT)
    ten, table, book = found["ten_pages"], found["table"], found["workbook"]
    reached &= row(f"{ten['pages']} pages with six charts, pdf", ten["seconds"], TEN_PAGES)
    reached &= row("table of 5,000 rows, pdf", table["seconds"], TABLE)
    reached &= row(f"workbook of 100,000 rows × {book['columns']:.0f} columns", book["seconds"], WORKBOOK)
    is_small = book["megabytes"] <= MEGABYTES
    print(f"{'':<44}{book['megabytes']:>6.0f} MB above the idle process{'' if is_small else '  MISSED'}")
    return reached and is_small


def row(name: str, seconds: float, most: float) -> bool:
    print(f"{name:<44}{seconds:>6.2f}{'' if seconds <= most else '  MISSED'}")
    return seconds <= most
