"""Documents made by hand, for tests of what paints them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from analytics.base import Analysis, Result
from analytics.catalogue import ANALYSES
from analytics.charts import Bar
from analytics.columns import Column, Date, Integer, Money, Percent, Text, Time
from analytics.mart.session import Row
from lacelux.lib.periods import Period
from reports.documents import Document, Part

AS_OF = datetime(2026, 3, 31, 16, 5, tzinfo=UTC)  # 12:05 in New York
MARCH = Period("2026-03-01/2026-03-31", date(2026, 3, 1), date(2026, 3, 31), "day")
COLUMNS: tuple[Column, ...] = (
    Text("brand", "Brand"),
    Integer("units", "Units"),
    Money("revenue", "Revenue"),
    Percent("margin", "Margin"),
)
ROWS: list[Row] = [
    ("Louis Vuitton", 3, Decimal("1035.00"), 0.3285),
    ("Hermès", 4, Decimal("80.00"), 0.75),
    ("Chanel", 1, Decimal("2000.00"), 0.25),
]
BY_BRAND = Bar(x="brand", y="revenue", title="Revenue by brand")
HOSTILE = (
    "#let x = 1",
    "#panic()",
    "$x^2$",
    "*bold* _slant_ `raw`",
    "<label> @ref",
    "back\\slash \\u{41} // not a comment /* nor this */",
    "\"double\" 'single' [brackets] {braces}",
    "= Heading",
    "- item + item / term: x",
    "~ -- --- ...",
    "=1+1",
    "</script>&amp;",
    "https://lace-luxx.test/a?b=c&d=e",
)
UNUSUAL = ("שלום", "김민지", "日本橋", "👩‍💻 ✅", "Ολυμπία", "Zażółć gęślą", "Đặng Thị Huệ", "ﬁt", "Weiß")


def result(columns: Sequence[Column] = COLUMNS, rows: Sequence[Row] = ROWS, **more: Any) -> Result:
    """An answer about brands in March; `more` replaces any of its fields."""
    fields: dict[str, Any] = {
        "slug": "brands/performance",
        "title": "Brand performance",
        "description": "Which brands earn.",
        "params": {},
        "period": MARCH,
        "as_of": AS_OF,
        "columns": tuple(columns),
        "rows": list(rows),
        "insights": [],
        "notes": [],
        "chart": None,
    }
    return Result(**{**fields, **more})


def part(answer: Result | None = None, rows: Sequence[Row] | None = None, **more: Any) -> Part:
    """A section that holds `answer`; `rows` are all of its rows where the answer holds but the first."""
    answer = answer or result()
    every = answer.rows if rows is None else rows
    fields: dict[str, Any] = {
        "analysis": ANALYSES.get(answer.slug) or Analysis(),
        "heading": answer.title,
        "text": "",
        "result": answer,
        "rows": lambda: iter(every),
        "row_count": len(every),
    }
    return Part(**{**fields, **more})


def document(*parts: Part, **more: Any) -> Document:
    """A report of these sections, of March, as of noon on its last day."""
    fields: dict[str, Any] = {
        "title": "How March went",
        "description": "For Monday's meeting.",
        "slug": "how-march-went",
        "parts": parts or (part(),),
        "as_of": AS_OF,
        "period": MARCH,
        "formats": ("pdf", "xlsx", "csv"),
    }
    return Document(**{**fields, **more})


def sales(count: int) -> tuple[tuple[Column, ...], list[Row]]:
    """Columns and rows of `count` made-up sales, each told apart by its number and its cents."""
    columns = (
        Text("number", "Number"),
        Time("sold_at", "Sold"),
        Date("date", "Day"),
        Text("title", "Title"),
        Text("customer", "Customer"),
        Integer("units", "Units"),
        Money("revenue", "Revenue"),
        Money("profit", "Profit"),
        Percent("margin", "Margin"),
    )
    return columns, [sale(n) for n in range(1, count + 1)]


def sale(n: int) -> Row:
    moment = AS_OF - timedelta(minutes=37 * n)
    price = Decimal(n * 137 % 400_000 + 1999) / 100
    title = f"{('Speedy 30', 'Carré', 'Flap', 'Belt')[n % 4]} no. {n}"
    who = ("Anna Ode", "Bella Ruiz", "Carla Weiß")[n % 3]
    return (f"T-{n:05}", moment, moment.date(), title, who, n % 3 + 1, price, price / 4, 0.25)
