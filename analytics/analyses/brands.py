"""Questions about brands."""

from __future__ import annotations

from analytics.analyses.sql import RECORDS_BEGIN
from analytics.analyses.words import joined, partly_covered, percent
from analytics.base import Analysis, Drill, Insight, Result
from analytics.charts import HorizontalBar
from analytics.columns import MARGIN, Days, Flag, Integer, Key, Money, Percent, Text
from analytics.params import Asked, SalesParams

EMERGING_GROWTH = 0.25  # against the period before
EMERGING_UNITS = 5  # fewer are an accident


class BrandPerformance(Analysis):
    """Which brands earn, how fast their pieces sell, and which are rising."""

    slug = "brands/performance"
    title = "Brand performance"
    columns = (
        Key("brand_id"),
        Text("brand", "Brand"),
        Integer("units", "Units"),
        Money("revenue", "Revenue"),
        Percent("share", "Share of revenue"),
        Money("profit", "Profit", MARGIN),
        Percent("margin", "Margin", MARGIN),
        Money("revenue_before", "Revenue in the period before"),
        Percent("growth", "Growth"),
        Flag("emerging", "Emerging"),
        Days("days_to_sell", "Days to sell, median"),
    )
    facts = ("brands", "top_three", "records_begin")
    chart = HorizontalBar(x="brand", y="revenue", title="Revenue by brand")
    drill = Drill("sales/entries", {"brand": "brand_id"})
    Params = SalesParams
    # A brand that sold before and not now is a row too: it has fallen to nothing.
    sql = f"""
        WITH now AS (
            SELECT brand_id, sum(units) AS units, sum(revenue) AS revenue, sum(profit) AS profit,
                   median(days_to_sell) AS days_to_sell
            FROM entry WHERE {{filters}} GROUP BY brand_id
        ), before AS (
            SELECT brand_id, sum(revenue) AS revenue FROM entry
            WHERE date BETWEEN $previous_start AND $previous_end AND {{scope}} GROUP BY brand_id
        ), both_periods AS (
            SELECT coalesce(now.brand_id, before.brand_id) AS brand_id, coalesce(units, 0) AS units,
                   coalesce(now.revenue, 0.00) AS revenue, coalesce(profit, 0.00) AS profit, days_to_sell,
                   before.revenue AS revenue_before, ratio(coalesce(now.revenue, 0) - before.revenue, before.revenue)
                   AS growth
            FROM now FULL JOIN before ON before.brand_id IS NOT DISTINCT FROM now.brand_id
        ), ranked AS (
            SELECT *, ratio(revenue, sum(revenue) OVER ()) AS share,
                   CASE WHEN brand_id IS NOT NULL AND revenue > 0 THEN
                       row_number() OVER (ORDER BY brand_id IS NULL, revenue DESC, brand_id) END AS place
            FROM both_periods
        )
        SELECT ranked.*, coalesce(brand, 'No brand') AS brand, ratio(profit, revenue) AS margin,
               coalesce(growth >= {EMERGING_GROWTH}, FALSE) AND units >= {EMERGING_UNITS}
               AND ranked.brand_id IS NOT NULL AS emerging,
               count(place) OVER () AS brands, sum(CASE WHEN place <= 3 THEN share END) OVER () AS top_three,
               {RECORDS_BEGIN} AS records_begin
        FROM ranked LEFT JOIN brand ON brand.brand_id = ranked.brand_id
    """
    order = "revenue DESC, brand, brand_id"
    limit = 50

    def insights(self, result: Result) -> list[Insight]:
        rows = [row for row in result.dicts() if row["brand_id"] is not None]
        said = [*self._leaders(rows, result), *self._rising(rows)]
        fallen = [row["brand"] for row in rows if row["revenue_before"] and not row["revenue"] and not row["units"]][:3]
        if fallen:
            said.append(Insight(f"Nothing sold now, but in the period before: {joined(fallen)}.", ("revenue_before",)))
        return said

    def _leaders(self, rows: list[dict[str, object]], result: Result) -> list[Insight]:
        if result.facts["brands"] < 4 or result.facts["top_three"] is None:
            return []
        top = sorted(rows, key=lambda row: row["revenue"], reverse=True)[:3]  # type: ignore[arg-type, return-value]
        if result.params.get("sort") or result.page > 1 or len(top) < 3:
            return []
        names, share = joined([str(row["brand"]) for row in top]), percent(result.facts["top_three"])
        return [Insight(f"{names} bring {share} of revenue.", ("share",))]

    def _rising(self, rows: list[dict[str, object]]) -> list[Insight]:
        rising = [f"{row['brand']} (+{percent(float(str(row['growth'])))})" for row in rows if row["emerging"]][:3]
        return [Insight(f"Rising: {joined(rising)}.", ("growth", "emerging"))] if rising else []

    def notes(self, asked: Asked, result: Result) -> list[str]:
        rule = (
            f"Emerging: at least {EMERGING_UNITS} units, and revenue at least {percent(EMERGING_GROWTH)} above the "
            "period before."
        )
        return [rule, *partly_covered(result)] if asked.period and asked.period.previous() else []
