"""How a statement counts orders: distinct orders with a sale line above 0.00.

The mart marks one such line of each order (`opens_order`), except in orders whose lines fell into several local hours
(`strays`). Where no filter takes lines apart, marked lines are counted in place of distinct orders, and only strays are
told apart one by one. Both ways give the same number, the first in a fraction of the time.

In a statement `{orders}` is the number of orders, `{orders:condition}` of those with a line that meets the condition,
and `{customers_orders}` a SELECT of (order_id, customer_id, date), one row an order of a known customer.
"""

from __future__ import annotations

import re

from analytics.params import Asked

SOLD = "gross > 0"  # which only sales are
KNOWN = "WHERE {filters} AND customer_id IS NOT NULL"
GROUPED = "SELECT order_id, min(customer_id) AS customer_id, min(date) AS date FROM entry"


def marked(condition: str = "TRUE") -> str:
    lines = f"count(*) FILTER (WHERE opens_order AND {condition})"
    return f"({lines} + count(DISTINCT CASE WHEN strays AND {condition} THEN order_id END))"


def distinct(condition: str = "TRUE") -> str:
    return f"count(DISTINCT CASE WHEN {SOLD} AND {condition} THEN order_id END)"


def counted(sql: str, asked: Asked) -> str:
    """`sql` with its counts of orders put in, as the filters allow."""
    whole = asked.keeps_orders_whole
    count = marked if whole else distinct
    one_each = (
        f"SELECT order_id, customer_id, date FROM entry {KNOWN} AND opens_order"
        f" UNION ALL {GROUPED} {KNOWN} AND strays GROUP BY order_id"
    )
    orders = one_each if whole else f"{GROUPED} {KNOWN} AND {SOLD} GROUP BY order_id"
    sql = re.sub(r"\{orders(?::([^}]+))?\}", lambda found: count(found[1] or "TRUE"), sql)
    return sql.replace("{customers_orders}", orders)
