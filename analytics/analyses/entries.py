"""The entries of the money ledger themselves: what any figure of sales is the sum of."""

from __future__ import annotations

from dataclasses import replace

from analytics import bands
from analytics.analyses.sql import GAPS_OF_ORDERS, ORDERS
from analytics.base import Analysis
from analytics.columns import COST, MARGIN, PERSONAL, Days, Integer, Key, Money, Text, Time
from analytics.counting import counted
from analytics.params import Asked, EntryParams

# What an entry does not hold itself, found only where it is asked for: filter → (columns, relation, join).
FOUND = {
    "model": (
        "by_piece.model",
        "(SELECT product_id, nullif(model, '') AS model FROM products) AS by_piece",
        "by_piece.product_id = entry.product_id",
    ),
    "orders": (
        "by_customer.customer_orders",
        f"""(
            SELECT customer_id, nullif(least({ORDERS}, 5), 0) AS customer_orders FROM entry
            WHERE {{filters}} AND customer_id IS NOT NULL GROUP BY customer_id
        ) AS by_customer""",
        "by_customer.customer_id = entry.customer_id",
    ),
    "gap": (
        "by_order.gap",
        f"""(
            SELECT order_id, {bands.case("days", bands.GAPS)} AS gap FROM ({GAPS_OF_ORDERS}) AS every_order
        ) AS by_order""",
        "by_order.order_id = entry.order_id AND entry.kind = 'sale'",
    ),
}


class Entries(Analysis):
    """The entries behind any figure of sales: every sale, refund, adjustment and write-off, the latest first."""

    slug = "sales/entries"
    title = "Entries"
    columns = (
        Key("entry_id"),
        Time("occurred_at", "When"),
        Text("kind", "Kind"),
        Key("order_id"),
        Text("number", "Number"),
        Key("product_id"),
        Text("sku", "SKU"),
        Text("description", "Description"),
        Key("brand_id"),
        Text("brand", "Brand"),
        Key("category_id"),
        Text("category", "Category"),
        Text("condition", "Condition"),
        Text("channel", "Channel"),
        Text("show", "Show"),
        Text("host", "Host"),
        Text("campaign", "Campaign"),
        Key("customer_id"),
        Text("customer", "Customer", PERSONAL),
        Text("country", "Country"),
        Integer("quantity", "Quantity"),
        Integer("units", "Units"),
        Money("gross", "Gross"),
        Money("discounts", "Discounts"),
        Money("refunds", "Refunds"),
        Money("adjustments", "Adjustments"),
        Money("revenue", "Revenue"),
        Money("cost", "Cost", COST),
        Money("fees", "Fees"),
        Money("profit", "Profit", MARGIN),
        Money("loss", "Loss", COST),
        Days("days_to_sell", "Days to sell"),
    )
    Params = EntryParams
    is_listing = True
    sql = "SELECT * FROM (SELECT entry.*{columns} FROM entry {joins}) AS found WHERE {filters}"
    names = """
        SELECT answer.* REPLACE (coalesce(nullif(description, ''), title) AS description), brand, category, channel,
               show_name AS show, host, campaign, sku, customer
        FROM {answer}
        LEFT JOIN products p ON p.product_id = answer.product_id
        LEFT JOIN brand b ON b.brand_id = answer.brand_id
        LEFT JOIN category c ON c.category_id = answer.category_id
        LEFT JOIN channel ch ON ch.channel_id = answer.channel_id
        LEFT JOIN shows s ON s.show_id = answer.show_id
        LEFT JOIN host h ON h.host_id = answer.host_id
        LEFT JOIN campaign ca ON ca.campaign_id = answer.campaign_id
        LEFT JOIN customers cu ON cu.customer_id = answer.customer_id
    """
    named = ("brand", "category", "channel", "show", "host", "campaign", "sku", "customer", "description")
    order = "occurred_at DESC, entry_id DESC"
    limit = 50

    def statement(self, asked: Asked) -> str:
        """With what the filters ask beyond the entry itself; that is found within the other filters."""
        wanted = [FOUND[filter_.name] for filter_, _ in asked.filters if filter_.name in FOUND]
        others = replace(asked, filters=tuple(f for f in asked.filters if f[0].name not in ("orders", "gap")))
        joins = " ".join(f"LEFT JOIN {relation} ON {on}" for _, relation, on in wanted)
        columns = "".join(f", {column}" for column, _, _ in wanted)
        whole = super().statement(asked).replace("{columns}", columns)
        return whole.replace("{joins}", counted(joins, others).replace("{filters}", self.within(others)))
