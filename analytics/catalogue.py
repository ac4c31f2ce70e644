"""Every question there is. One line each; the slug is its address on pages and in the API."""

from __future__ import annotations

from analytics.analyses import brands, customers, entries, hours, inventory, overview, products, timing
from analytics.base import Analysis

QUESTIONS: tuple[Analysis, ...] = (
    overview.Kpis(),
    timing.DailySales(),
    timing.Weekdays(),
    timing.SalesTrends(),
    hours.HourlySales(),
    customers.TopCustomers(),
    customers.RepeatPurchase(),
    customers.OrderGaps(),
    products.TopSelling(),
    products.Models(),
    brands.BrandPerformance(),
    inventory.InventoryAging(),
    inventory.Pieces(),
    entries.Entries(),
)
ANALYSES: dict[str, Analysis] = {question.slug: question for question in QUESTIONS}
