"""Pieces of SQL that several questions share, so that a word means the same in each."""

from __future__ import annotations

from analytics.counting import SOLD

__all__ = ["GAPS_OF_ORDERS", "ORDERS", "RECORDS_BEGIN", "SOLD"]

# Orders count where a line was sold above 0.00: giveaways alone make none.
# `{orders}` and `{customers_orders}` are put in by `analytics.counting`, as the filters allow.
ORDERS = "{orders}"
RECORDS_BEGIN = "(SELECT min(date) FROM entry)"
# One row an order of a known customer within the period, with the days since the same customer's order before it.
GAPS_OF_ORDERS = """
    SELECT order_id, customer_id, date,
           date - lag(date) OVER (PARTITION BY customer_id ORDER BY date, order_id) AS days
    FROM ({customers_orders}) AS bought
"""
