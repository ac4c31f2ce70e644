"""Which pieces and models sell."""

from __future__ import annotations

from analytics.analyses.words import joined, money, percent, several
from analytics.base import Analysis, Drill, Insight, Result
from analytics.charts import HorizontalBar
from analytics.columns import MARGIN, Date, Days, Integer, Key, Money, Percent, Text
from analytics.params import Asked, SalesParams


class TopSelling(Analysis):
    """Which products bring most, by revenue and by units."""

    slug = "products/top-selling"
    title = "Top-selling products"
    columns = (
        Key("product_id"),
        Text("sku", "SKU"),
        Text("title", "Title"),
        Text("brand", "Brand"),
        Text("category", "Category"),
        Integer("units", "Units"),
        Money("revenue", "Revenue"),
        Percent("share", "Share of revenue"),
        Money("profit", "Profit", MARGIN),
        Percent("margin", "Margin", MARGIN),
        Date("last_sold", "Last sold"),
        Integer("on_hand", "On hand"),
    )
    facts = ("products", "whole")
    chart = HorizontalBar(x="title", y="revenue", title="Revenue by product, best first")
    drill = Drill("sales/entries", {"product": "product_id"})
    Params = SalesParams
    sql = """
        WITH totals AS (
            SELECT product_id, sum(units) AS units, sum(revenue) AS revenue, sum(profit) AS profit,
                   max(CASE WHEN kind = 'sale' THEN date END) AS last_sold
            FROM entry WHERE {filters} GROUP BY product_id
        ), whole AS (
            SELECT count(product_id) AS products, sum(revenue) AS whole FROM totals
        )
        SELECT *, ratio(revenue, whole) AS share, ratio(profit, revenue) AS margin FROM totals CROSS JOIN whole
    """
    names = """
        SELECT answer.*, sku, coalesce(nullif(title, ''), sku, 'Without a product') AS title, brand, category, on_hand
        FROM {answer} LEFT JOIN pieces ON pieces.product_id = answer.product_id
    """
    named = ("sku", "title", "brand", "category", "on_hand")
    order = "revenue DESC, units DESC, product_id"
    limit = 50

    def insights(self, result: Result) -> list[Insight]:
        best = next((row for row in result.dicts() if row["product_id"] and row["revenue"] > 0), None)
        if best is None or result.params.get("sort") or result.page > 1:
            return []
        products, whole = result.facts["products"], result.facts["whole"]
        share = f", {percent(float(best['revenue'] / whole))} of all" if whole > 0 else ""
        text = f"{best['title']} brings most: {money(best['revenue'])} from {several(best['units'], 'unit')}{share}"
        return [Insight(f"{text} ({several(products, 'product')} moved).", ("title", "units", "revenue", "share"))]

    def notes(self, asked: Asked, result: Result) -> list[str]:
        nameless = any(row["product_id"] is None for row in result.dicts())
        return ["“Without a product”: refunds and adjustments that name none."] if nameless else []


class Models(Analysis):
    """Which models sell, whatever the single piece: their prices, how fast they go, and what is left of them."""

    slug = "products/models"
    title = "Models"
    columns = (
        Key("brand_id"),
        Text("brand", "Brand"),
        Text("model", "Model"),
        Integer("units", "Units"),
        Money("revenue", "Revenue"),
        Percent("share", "Share of revenue"),
        Money("average_price", "Average price paid"),
        Money("profit", "Profit", MARGIN),
        Percent("margin", "Margin", MARGIN),
        Days("days_to_sell", "Days to sell, median"),
        Integer("on_hand", "On hand"),
    )
    chart = HorizontalBar(x="model", y="revenue", title="Revenue by model, best first")
    drill = Drill("sales/entries", {"brand": "brand_id", "model": "model"})
    Params = SalesParams
    sql = """
        WITH named AS (
            SELECT product_id, brand_id AS of_brand, nullif(model, '') AS model, on_hand FROM products
        ), totals AS (
            SELECT of_brand, model, sum(units) AS units, sum(revenue) AS revenue, sum(profit) AS profit,
                   sum(CASE WHEN gross > 0 THEN gross - discounts END) AS paid,
                   sum(CASE WHEN gross > 0 THEN quantity END) AS pieces,
                   median(days_to_sell) AS days_to_sell
            FROM (SELECT * FROM entry WHERE {filters}) AS chosen
            LEFT JOIN named ON named.product_id = chosen.product_id GROUP BY of_brand, model
        ), left_over AS (
            SELECT of_brand, model, sum(on_hand) AS on_hand FROM named GROUP BY of_brand, model
        )
        SELECT totals.of_brand AS brand_id, coalesce(brand, 'No brand') AS brand, totals.model, units, revenue, profit,
               ratio(revenue, sum(revenue) OVER ()) AS share, money_per(paid, pieces) AS average_price,
               ratio(profit, revenue) AS margin, days_to_sell, on_hand
        FROM totals LEFT JOIN brand ON brand.brand_id = totals.of_brand
        LEFT JOIN left_over ON left_over.of_brand IS NOT DISTINCT FROM totals.of_brand
                           AND left_over.model IS NOT DISTINCT FROM totals.model
    """
    order = "revenue DESC, brand, model"
    limit = 50

    def insights(self, result: Result) -> list[Insight]:
        best = [row for row in result.dicts() if row["model"] and row["revenue"] > 0 and row["share"] is not None][:3]
        if not best or result.params.get("sort") or result.page > 1:
            return []
        names = joined([f"{row['brand']} {row['model']}" for row in best])
        share = percent(sum(row["share"] for row in best))
        verb = "brings" if len(best) == 1 else "bring"
        return [Insight(f"{names} {verb} most: {share} of revenue.", ("model", "brand", "share"))]
