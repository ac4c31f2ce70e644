"""What lies on the shelf, how long already, and what it ties up."""

from __future__ import annotations

from analytics import bands
from analytics.analyses.words import money, percent, several
from analytics.base import Analysis, Drill, Insight, Result
from analytics.charts import Bar
from analytics.columns import COST, Date, Days, Flag, Integer, Key, Money, Percent, Text
from analytics.params import Asked, PiecesParams, StockParams

DRAWERS = (*bands.choices(bands.AGES), bands.NOT_LISTED)
DEAD = bands.AGES[-1].code
# Pieces with their age in days since listed, where they are on hand: what is gone has no age.
AGED = f"""(
    SELECT *, CASE WHEN on_hand > 0 AND age IS NULL THEN '{bands.NOT_LISTED[0]}'
                   ELSE {bands.case("age", bands.AGES)} END AS age_band
    FROM (
        SELECT * REPLACE (nullif(model, '') AS model),
               CASE WHEN on_hand > 0 AND listed_on <= $today THEN $today - listed_on END AS age,
               CASE WHEN on_hand = 0 THEN 'gone' WHEN available = 0 THEN 'reserved' ELSE 'available' END AS stock
        FROM pieces
    ) AS dated
) AS aged"""


class InventoryAging(Analysis):
    """How long the pieces on hand have been listed, and how much money they tie up."""

    slug = "inventory/aging"
    title = "Inventory aging"
    columns = (
        Key("age"),
        Text("label", "Days listed"),
        Integer("pieces", "Pieces"),
        Percent("share", "Share of pieces"),
        Money("list_value", "List value"),
        Money("cost", "Cost tied up", COST),
        Percent("cost_share", "Share of cost", COST),
    )
    facts = ("total", "unpriced")
    chart = Bar(x="label", y="pieces", title="Pieces on hand by days since listed")
    drill = Drill("inventory/pieces", {"age": "age"})
    Params = StockParams
    sql = f"""
        WITH drawers AS (
            SELECT age_band, sum(on_hand) AS pieces, sum(on_hand * list_price) AS list_value,
                   sum(on_hand * landed_cost) AS cost, sum(CASE WHEN list_price IS NULL THEN on_hand END) AS unpriced
            FROM {AGED} WHERE on_hand > 0 AND {{filters}} GROUP BY age_band
        )
        SELECT place, code AS age, label, coalesce(pieces, 0) AS pieces, coalesce(list_value, 0.00) AS list_value,
               coalesce(cost, 0.00) AS cost, ratio(coalesce(pieces, 0), sum(pieces) OVER ()) AS share,
               ratio(coalesce(cost, 0), sum(cost) OVER ()) AS cost_share, sum(pieces) OVER () AS total,
               sum(unpriced) OVER () AS unpriced
        FROM {bands.listed(DRAWERS, "code", "label")} LEFT JOIN drawers ON drawers.age_band = code
    """
    order = "place"

    def insights(self, result: Result) -> list[Insight]:
        total = result.facts["total"]
        if not total:
            return [Insight("Nothing is on hand.", ("pieces",))]
        old = next((row for row in result.dicts() if row["age"] == DEAD), None)
        if old is None or not old["pieces"]:
            return [Insight(f"{several(total, 'piece')} on hand; none has been listed for over 90 days.", ("pieces",))]
        text = f"{old['pieces']:,} of {several(total, 'piece')} have been listed for over 90 days"
        said = [Insight(f"{text}: {percent(old['share'])}.", ("pieces", "share"))]
        if old["cost"] > 0:
            tied = f"They tie up {money(old['cost'])}, {percent(old['cost_share'])} of the cost of what is on hand."
            said.append(Insight(tied, ("cost", "cost_share")))
        return said

    def notes(self, asked: Asked, result: Result) -> list[str]:
        unpriced = result.facts.get("unpriced")
        return [f"{several(unpriced, 'piece')} without a price are not in the list value."] if unpriced else []


class Pieces(Analysis):
    """The pieces behind any figure of stock: those on hand first, the longest listed on top."""

    slug = "inventory/pieces"
    title = "Pieces"
    columns = (
        Key("product_id"),
        Text("sku", "SKU"),
        Text("title", "Title"),
        Key("brand_id"),
        Text("brand", "Brand"),
        Key("category_id"),
        Text("category", "Category"),
        Text("model", "Model"),
        Text("size", "Size"),
        Text("colour", "Colour"),
        Text("condition", "Condition"),
        Text("status", "Status"),
        Integer("on_hand", "On hand"),
        Integer("available", "Available"),
        Integer("sold", "Sold"),
        Money("list_price", "Price"),
        Money("list_value", "List value on hand"),
        Money("landed_cost", "Landed cost", COST),
        Money("cost", "Cost on hand", COST),
        Date("listed_on", "Listed"),
        Days("age", "Days listed"),
        Date("sold_on", "Sold"),
        Days("days_to_sell", "Days to sell"),
        Flag("is_limited_edition", "Limited"),
        Flag("is_consigned", "Consigned"),
    )
    Params = PiecesParams
    drill = Drill("sales/entries", {"product": "product_id"}, but=("status", "age", "stock"))
    is_listing = True
    sql = f"""
        SELECT *, on_hand * list_price AS list_value, on_hand * landed_cost AS cost FROM {AGED} WHERE {{filters}}
    """
    order = "age DESC NULLS LAST, on_hand DESC, product_id"
    limit = 50
