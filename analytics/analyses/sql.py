"""Pieces of SQL that several questions share, so that a word means the same in each."""

from __future__ import annotations

from analytics.counting import SOLD

__all__ = ["GAPS_OF_ORDERS", "ONE_LINE", "ORDERS", "ORDERS_OF_CUSTOMERS", "RECORDS_BEGIN", "SOLD"]

# Orders count where a line was sold above 0.00: giveaways alone make none.
# `{orders}` counts them and `{one_line}` narrows to enough lines to know them by: see `analytics.counting`.
ORDERS = "{orders}"
ONE_LINE = "{one_line}"
RECORDS_BEGIN = "(SELECT min(date) FROM entry)"
# One row an order of a known customer within the period: who, and its first day.
ORDERS_OF_CUSTOMERS = f"""
    SELECT order_id, min(customer_id) AS customer_id, min(date) AS date FROM entry
    WHERE {{filters}} AND {SOLD} AND {ONE_LINE} AND customer_id IS NOT NULL GROUP BY order_id
"""
# … with the days since the same customer's order before it, within the period.
GAPS_OF_ORDERS = f"""
    SELECT order_id, customer_id, date,
           date - lag(date) OVER (PARTITION BY customer_id ORDER BY date, order_id) AS days
    FROM ({ORDERS_OF_CUSTOMERS}) AS bought
"""
