"""How a statement counts orders: distinct orders with a sale line above 0.00.

The mart marks one such line of each order (`opens_order`), and the orders whose lines fell into several local hours
(`strays`). Where no filter takes lines apart, the marked lines can be counted in place of distinct orders; strays are
still told apart one by one. Both ways give the same number, the first in a fraction of the time.
"""

from __future__ import annotations

from analytics.params import Asked

SOLD = "kind = 'sale' AND gross > 0"
MARKED = (
    "(count(*) FILTER (WHERE opens_order AND NOT strays)"
    f" + count(DISTINCT CASE WHEN strays AND {SOLD} THEN order_id END))"
)
DISTINCT = f"count(DISTINCT CASE WHEN {SOLD} THEN order_id END)"


def counted(sql: str, asked: Asked) -> str:
    """`sql` with `{orders}` and `{one_line}` put in, as the filters allow."""
    whole = asked.keeps_orders_whole
    return sql.replace("{orders}", MARKED if whole else DISTINCT).replace(
        "{one_line}", "(opens_order OR strays)" if whole else "TRUE"
    )
