"""The four reports that every shop begins with. They are the shop's own from then on, to change or to delete."""

from __future__ import annotations

from typing import Any

from reports.models import Report, Section
from reports.outlines import Outline, SectionOutline


def asked(
    analysis: str, heading: str = "", *, chart: bool = True, table: bool = True, columns: str = "", **params: Any
) -> SectionOutline:
    return SectionOutline(
        analysis=analysis, heading=heading, params=params, shows_chart=chart, shows_table=table,
        columns=tuple(columns.split()),
    )  # fmt: skip


PRODUCTS = "title brand units revenue share profit margin"
BRANDS = "brand units revenue share profit margin growth days_to_sell"
PEOPLE = "rank customer country orders revenue share profit last_order"
DAYS = "date weekday orders units revenue refunds aov profit margin"
MONTHS = "start end orders revenue aov profit margin growth"
WEEKDAYS = "weekday days orders revenue share revenue_per_day profit margin"
MODELS = "brand model units revenue share average_price margin days_to_sell on_hand"
PIECES = "sku title brand condition list_price landed_cost listed_on age"


DAILY = Outline(
    slug="daily-sales",
    title="Daily sales",
    description="Yesterday in figures, and how it stands in the last 30 days.",
    period="yesterday",
    sections=(
        asked("overview/kpis", "The day", table=False),
        asked("sales/daily", "The last 30 days", table=False, period="30d"),
        asked("products/top-selling", "What sold", chart=False, columns=PRODUCTS, limit="15"),
        asked("brands/performance", "By brand", chart=False, columns=BRANDS, limit="10"),
        asked("customers/top", "Who bought", chart=False, columns=PEOPLE, limit="10"),
    ),
)
WEEKLY = Outline(
    slug="weekly-review",
    title="Weekly business review",
    description="The last week against the week before: sales, brands, customers, and the stock as it stands.",
    period="last-week",
    sections=(
        asked("overview/kpis", "The week at a glance", table=False),
        asked("sales/daily", "Day by day", columns=DAYS),
        asked("brands/performance", "Brands", columns=BRANDS, limit="12"),
        asked("products/top-selling", "Best sellers", columns=PRODUCTS, limit="12"),
        asked("customers/top", "Best customers", chart=False, columns=PEOPLE, limit="10"),
        asked("sales/hourly", "When the shop sells, last 90 days", table=False, period="90d"),
        asked("inventory/aging", "Stock by age"),
    ),
)
MONTHLY = Outline(
    slug="month-for-the-owner",
    title="Month for the owner",
    description="What the last month brought and left, over the last twelve months and by brand, model and customer.",
    period="last-month",
    sections=(
        asked("overview/kpis", "The month at a glance", table=False),
        asked("sales/trends", "Twelve months", columns=MONTHS, period="1y", grain="month"),
        asked("brands/performance", "Brands", columns=BRANDS, limit="15"),
        asked("products/models", "Models", columns=MODELS, limit="15"),
        asked("sales/weekdays", "Days of the week, last 90 days", columns=WEEKDAYS, period="90d"),
        asked("customers/repeat-purchase", "Who comes back, last twelve months", period="1y"),
        asked("customers/top", "Best customers", columns=PEOPLE, limit="15"),
        asked("inventory/aging", "Stock by age"),
    ),
)
STOCK = Outline(
    slug="stock-and-aging",
    title="Stock and aging",
    description="What is on the shelf today, how long it has been listed, and the pieces that wait longest.",
    period="30d",
    sections=(
        asked("inventory/aging", "Stock by age"),
        asked("brands/performance", "What sold in the last 30 days, by brand", columns=BRANDS, limit="15"),
        asked("inventory/pieces", "Listed longest", columns=PIECES, limit="200", stock=["available", "reserved"]),
    ),
)
SHIPPED = (DAILY, WEEKLY, MONTHLY, STOCK)


def install(report_model: type[Any] = Report, section_model: type[Any] = Section) -> None:
    """Make those that are missing; one that is there stays as it is. A migration passes models of its own time."""
    for outline in SHIPPED:
        if not report_model.objects.filter(slug=outline.slug).exists():
            make(outline, report_model, section_model)


def make(outline: Outline, report_model: type[Any] = Report, section_model: type[Any] = Section, **own: Any) -> Any:
    """A report of the shop that asks what `outline` does."""
    report = report_model.objects.create(
        title=outline.title, slug=outline.slug, description=outline.description, period=outline.period,
        filters=outline.filters, **own,
    )  # fmt: skip
    section_model.objects.bulk_create(
        section_model(
            report=report, position=place, analysis=section.analysis, heading=section.heading, text=section.text,
            params=section.params, shows_chart=section.shows_chart, shows_table=section.shows_table,
            columns=list(section.columns),
        )
        for place, section in enumerate(outline.sections)
    )  # fmt: skip
    return report
