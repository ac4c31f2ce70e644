"""Questions about brands."""

from __future__ import annotations

from analytics.base import Analysis, Drill, Insight, Result
from analytics.charts import HorizontalBar
from analytics.columns import MARGIN, Days, Integer, Key, Money, Percent, Text
from analytics.params import SalesParams


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
        Percent("growth", "Growth"),
        Days("days_to_sell", "Days to sell, median"),
    )
    chart = HorizontalBar(x="brand", y="revenue", title="Revenue by brand")
    drill = Drill("sales/entries", {"brand": "brand_id"})
    Params = SalesParams
    sql = """
        WITH now AS (
            SELECT brand_id, brand, sum(units) AS units, sum(revenue) AS revenue, sum(profit) AS profit,
                   median(days_to_sell) FILTER (WHERE kind = 'sale') AS days_to_sell
            FROM sales WHERE {filters} GROUP BY brand_id, brand
        ), before AS (
            SELECT brand_id, sum(revenue) AS revenue FROM sales
            WHERE date BETWEEN $previous_start AND $previous_end AND {scope} GROUP BY brand_id
        )
        SELECT now.brand_id, coalesce(now.brand, 'No brand') AS brand, now.units, now.revenue, now.profit,
               CASE WHEN sum(now.revenue) OVER () > 0 THEN now.revenue / sum(now.revenue) OVER () END AS share,
               CASE WHEN now.revenue > 0 THEN now.profit / now.revenue END AS margin,
               CASE WHEN before.revenue > 0 THEN now.revenue / before.revenue - 1 END AS growth,
               now.days_to_sell
        FROM now LEFT JOIN before ON before.brand_id IS NOT DISTINCT FROM now.brand_id
    """
    order = "revenue DESC, brand, brand_id"
    limit = 50

    def insights(self, result: Result) -> list[Insight]:
        top = list(result.dicts())[:3]
        share = sum(row["share"] or 0 for row in top)
        return [Insight(f"{', '.join(row['brand'] for row in top)} bring {share:.0%} of revenue.", ("share",))]
