"""Pieces of SQL that several questions share, so that a word means the same in each."""

from __future__ import annotations

# Orders count where a line was sold above 0.00: giveaways alone make none.
SOLD = "kind = 'sale' AND gross > 0"
ORDERS = f"count(DISTINCT CASE WHEN {SOLD} THEN order_id END)"
RECORDS_BEGIN = "(SELECT min(date) FROM entry)"
# One row an order of a known customer within the period: who, and its first day.
ORDERS_OF_CUSTOMERS = f"""
    SELECT order_id, min(customer_id) AS customer_id, min(date) AS date FROM entry
    WHERE {{filters}} AND {SOLD} AND customer_id IS NOT NULL GROUP BY order_id
"""
# … with the days since the same customer's order before it, within the period.
GAPS_OF_ORDERS = f"""
    SELECT order_id, customer_id, date,
           date - lag(date) OVER (PARTITION BY customer_id ORDER BY date, order_id) AS days
    FROM ({ORDERS_OF_CUSTOMERS}) AS bought
"""
