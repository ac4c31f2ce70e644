"""The shop at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from analytics.analyses.sql import RECORDS_BEGIN
from analytics.analyses.words import compared, money, partly_covered, percent, several
from analytics.base import Analysis, Drill, Insight, Result, Viewer
from analytics.charts import Tiles
from analytics.columns import COST, MARGIN, Key, Measure, Percent, Text
from analytics.mart.session import Row, Session
from analytics.params import PIECE_FILTERS, Asked, SalesParams

OF_PIECES = {filter_.name for filter_ in PIECE_FILTERS}


@dataclass(frozen=True)
class Kpi:
    """One figure. `kind` narrows the entries behind it; `is_stock` figures are of now and have nothing before."""

    name: str
    label: str
    unit: str
    kind: str = ""
    permission: str = ""
    is_stock: bool = False


KPIS = (
    Kpi("revenue", "Revenue", "money"),
    Kpi("orders", "Orders", "integer", kind="sale"),
    Kpi("units", "Units", "integer"),
    Kpi("aov", "Average order", "money", kind="sale"),
    Kpi("profit", "Profit", "money", permission=MARGIN),
    Kpi("margin", "Margin", "percent", permission=MARGIN),
    Kpi("refunds", "Refunds", "money", kind="refund"),
    Kpi("customers", "Customers who bought", "integer", kind="sale"),
    Kpi("new_customers", "New customers", "integer", kind="sale"),
    Kpi("repeat_rate", "Repeat rate", "percent", kind="sale"),
    Kpi("days_to_sell", "Days to sell, median", "days", kind="sale"),
    Kpi("on_hand", "Pieces on hand", "integer", is_stock=True),
    Kpi("list_value", "List value on hand", "money", is_stock=True),
    Kpi("stock_cost", "Cost tied up in stock", "money", permission=COST, is_stock=True),
)
BY_NAME = {kpi.name: kpi for kpi in KPIS}


@dataclass(frozen=True)
class KpiDrill(Drill):
    """Figures of stock lead to the pieces on hand, all others to the entries."""

    def link(self, params: Mapping[str, Any], row: Mapping[str, Any]) -> str:
        kpi = BY_NAME[row["kpi"]]
        if kpi.is_stock:
            kept = {name: value for name, value in params.items() if name in OF_PIECES}
            return f"inventory/pieces?{urlencode({**kept, 'stock': ['available', 'reserved']}, doseq=True)}"
        return super().link({**params, "kind": kpi.kind} if kpi.kind else params, row)


EITHER = "(date BETWEEN $start AND $end OR date BETWEEN $previous_start AND $previous_end)"


class Kpis(Analysis):
    """How the shop does: what came in, what is left of it, who bought, and what lies on the shelf."""

    slug = "overview/kpis"
    title = "Overview"
    columns = (
        Key("kpi"),
        Text("label", "Figure"),
        Measure("value", "Value"),
        Measure("before", "Period before"),
        Percent("change", "Change"),
        Text("unit", "Unit"),
    )
    facts = ("records_begin",)
    chart = Tiles(label="label", value="value", change="change", title="Figures of the period, and their change")
    drill = KpiDrill("sales/entries", {})
    Params = SalesParams
    sql = f"""
        WITH people AS (
            SELECT customer_id, {{orders:date >= $start}} AS now, {{orders:date < $start}} AS before
            FROM entry WHERE {EITHER} AND {{scope}} GROUP BY customer_id
        ), old AS (
            SELECT customer_id, min(date) AS first_order FROM entry
            WHERE (opens_order OR strays) AND customer_id IS NOT NULL GROUP BY customer_id
        ), whole AS (
            SELECT date >= $start AS is_now, sum(revenue) AS revenue, sum(units) AS units,
                   sum(gross) - sum(discounts) AS ordered, sum(profit) AS profit, sum(refunds) AS refunds,
                   median(days_to_sell) AS days_to_sell
            FROM entry WHERE {EITHER} AND {{scope}} GROUP BY 1
        ), counted AS (
            SELECT TRUE AS is_now, coalesce(sum(now), 0) AS orders FROM people
            UNION ALL SELECT FALSE, coalesce(sum(before), 0) FROM people
        ), met AS (
            SELECT TRUE AS is_now, count(*) FILTER (WHERE now > 0) AS customers,
                   count(*) FILTER (WHERE now > 1) AS again,
                   count(*) FILTER (WHERE now > 0 AND first_order >= $start) AS new_customers
            FROM people LEFT JOIN old ON old.customer_id = people.customer_id
            WHERE people.customer_id IS NOT NULL
            UNION ALL
            SELECT FALSE, count(*) FILTER (WHERE before > 0), count(*) FILTER (WHERE before > 1),
                   count(*) FILTER (WHERE before > 0 AND first_order >= $previous_start)
            FROM people LEFT JOIN old ON old.customer_id = people.customer_id
            WHERE people.customer_id IS NOT NULL
        )
        SELECT counted.is_now, coalesce(revenue, 0.00) AS revenue, orders, coalesce(units, 0) AS units,
               money_per(ordered, orders) AS aov, coalesce(profit, 0.00) AS profit, ratio(profit, revenue) AS margin,
               coalesce(refunds, 0.00) AS refunds, customers, new_customers, ratio(again, customers) AS repeat_rate,
               days_to_sell, {RECORDS_BEGIN} AS records_begin
        FROM counted JOIN met ON met.is_now = counted.is_now LEFT JOIN whole ON whole.is_now = counted.is_now
        ORDER BY counted.is_now DESC
    """
    stock_sql = """
        SELECT coalesce(sum(on_hand), 0), coalesce(sum(on_hand * list_price), 0.00),
               coalesce(sum(on_hand * landed_cost), 0.00)
        FROM products WHERE on_hand > 0 AND {scope}
    """

    def rows(self, asked: Asked, session: Session) -> list[Row]:
        """One row a figure. Stock belongs to no channel or show: a filter on one leaves its figures out."""
        now, before = session.query(self.statement(asked), self.values(asked))
        if not asked.period or not asked.period.previous():
            before = tuple(None for _ in now)
        figures = list(zip(now[1:-1], before[1:-1], strict=True))
        figures += [(value, None) for value in self.stock(asked, session)]
        found = zip(KPIS, figures, strict=False)
        rows = [(k.name, k.label, value, past, change(k, value, past), k.unit, now[-1]) for k, (value, past) in found]
        return arranged(rows, [column.name for column in self.columns], asked)

    def stock(self, asked: Asked, session: Session) -> Row:
        if not all(filter_.name in OF_PIECES for filter_, _ in asked.filters):
            return ()
        scope, bound = asked.scope
        return session.query(self.stock_sql.replace("{scope}", scope), bound)[0]

    def shown(self, rows: list[Row], viewer: Viewer) -> list[Row]:
        return [row for row in rows if viewer.may(BY_NAME[row[0]].permission)]

    def telling(self, result: Result) -> list[Row]:
        return [row for row in result.rows if not BY_NAME[row[0]].is_stock]

    def insights(self, result: Result) -> list[Insight]:
        row = {row["kpi"]: row for row in result.dicts()}
        if "revenue" not in row or "orders" not in row:
            return []
        if not row["orders"]["value"]:
            return [Insight("No order in this period.")]
        revenue, orders = row["revenue"], row["orders"]["value"]
        said = [f"{several(orders, 'order')} brought {money(revenue['value'])}{compared(revenue['change'])}."]
        people, new = (row.get(name, {}).get("value") for name in ("customers", "new_customers"))
        if people and new is not None:
            said.append(f"{several(people, 'customer')} bought, {percent(new / people)} of them for the first time.")
        return [Insight(text, ("value", "change")) for text in said]

    def notes(self, asked: Asked, result: Result) -> list[str]:
        said = partly_covered(result)
        if any(row["unit"] == "percent" for row in result.dicts()):
            said.append("The change of a percentage is in percentage points. Figures of stock are as of now.")
        if not all(filter_.name in OF_PIECES for filter_, _ in asked.filters):
            said.append("Stock belongs to no channel, show, host, campaign or country: its figures are left out.")
        return said


def change(kpi: Kpi, value: Any, before: Any) -> float | None:
    """Growth; for a percentage the difference. None where there is nothing to compare with."""
    if value is None or before is None:
        return None
    if kpi.unit == "percent":
        return float(value - before)
    return float(value / before - 1) if before > 0 else None


def arranged(rows: list[Row], names: list[str], asked: Asked) -> list[Row]:
    """Rows sorted and cut as asked, empty values last."""
    if asked.sort:
        place, is_down = names.index(asked.sort.removeprefix("-")), asked.sort.startswith("-")
        known = sorted((row for row in rows if row[place] is not None), key=lambda row: row[place], reverse=is_down)
        rows = known + [row for row in rows if row[place] is None]
    if not asked.limit:
        return rows if asked.page == 1 else []
    first = asked.limit * (asked.page - 1)
    return rows[first : first + asked.limit]
