"""Who buys, and who comes back."""

from __future__ import annotations

from analytics import bands
from analytics.analyses.sql import GAPS_OF_ORDERS, ORDERS, SOLD
from analytics.analyses.words import money, percent, several, too_few
from analytics.base import Analysis, Drill, Insight, Result
from analytics.charts import Bar, HorizontalBar
from analytics.columns import MARGIN, PERSONAL, Date, Days, Integer, Key, Money, Percent, Text
from analytics.methods.intervals import proportion
from analytics.params import ORDERS as ORDER_COUNTS
from analytics.params import Asked, SalesParams

FEWEST_CUSTOMERS = 20
FEWEST_GAPS = 20
NOBODYS = "(SELECT sum(revenue) FROM entry WHERE {filters} AND customer_id IS NULL)"


def nobodys(result: Result) -> list[str]:
    """A note on the sales that name no customer: they are in the shop's figures, but in no person's."""
    amount = result.facts.get("nobodys")
    if not result.rows:
        return ["No sale in this period names a customer."]
    return [f"Entries without a customer, {money(amount)} of revenue, are not among these figures."] if amount else []


class TopCustomers(Analysis):
    """Who brings most, and what share the best fifth of the customers really brings."""

    slug = "customers/top"
    title = "Top customers"
    columns = (
        Integer("rank", "Rank"),
        Key("customer_id"),
        Text("customer", "Customer", PERSONAL),
        Text("country", "Country"),
        Integer("orders", "Orders"),
        Integer("units", "Units"),
        Money("revenue", "Revenue"),
        Percent("share", "Share of revenue"),
        Percent("cumulative_share", "Share with all above"),
        Money("profit", "Profit", MARGIN),
        Date("last_order", "Last order"),
        Text("tier", "Tier"),
    )
    facts = ("people", "whole", "top_fifth", "next_third", "nobodys")
    chart = HorizontalBar(x="customer", y="revenue", title="Revenue by customer, best first")
    drill = Drill("sales/entries", {"customer": "customer_id"})
    Params = SalesParams
    # Customers who only got money back count in the sums, but not among those who bought.
    sql = f"""
        WITH totals AS (
            SELECT customer_id, {ORDERS} AS orders, sum(units) AS units, sum(revenue) AS revenue,
                   sum(profit) AS profit, max(CASE WHEN {SOLD} THEN date END) AS last_order
            FROM entry WHERE {{filters}} AND customer_id IS NOT NULL GROUP BY customer_id
        ), ranked AS (
            SELECT *, row_number() OVER best AS rank, sum(revenue) OVER best AS running
            FROM totals WINDOW best AS (ORDER BY revenue DESC, customer_id ROWS UNBOUNDED PRECEDING)
        ), everyone AS (
            SELECT count(*) FILTER (WHERE orders > 0) AS people, sum(revenue) AS whole FROM totals
        ), tiered AS (
            SELECT *, CASE WHEN rank <= ceil(people * 0.2) THEN 'Top 20%'
                           WHEN rank <= ceil(people * 0.5) THEN 'Next 30%' ELSE 'Other 50%' END AS tier
            FROM ranked CROSS JOIN everyone
        ), tiers AS (
            SELECT sum(CASE WHEN tier = 'Top 20%' THEN revenue END) AS top_fifth,
                   sum(CASE WHEN tier = 'Next 30%' THEN revenue END) AS next_third FROM tiered
        )
        SELECT tiered.*, ratio(revenue, whole) AS share, ratio(running, whole) AS cumulative_share, tiers.*,
               {NOBODYS} AS nobodys
        FROM tiered CROSS JOIN tiers
    """
    names = """
        SELECT answer.*, customer, nullif(country, '') AS country
        FROM {answer} LEFT JOIN customers ON customers.customer_id = answer.customer_id
    """
    named = ("customer", "country")
    order = "rank"
    limit = 50

    def insights(self, result: Result) -> list[Insight]:
        people, whole, top = (result.facts[name] for name in ("people", "whole", "top_fifth"))
        if people < FEWEST_CUSTOMERS or whole <= 0:
            have = f"only {several(people, 'customer')} bought"
            return [Insight(too_few("what the top 20% bring", have), ("share",))]
        middle, fifth = result.facts["next_third"], -(-people // 5)
        return [
            Insight(
                f"The top 20% ({several(fifth, 'customer')} of {people:,}) bring {percent(float(top / whole))} of "
                f"revenue: {money(top)} of {money(whole)}.",
                ("share", "cumulative_share"),
            ),
            Insight(
                f"The next 30% bring {percent(float(middle / whole))}, "
                f"the other half {percent(float((whole - top - middle) / whole))}.",
                ("tier",),
            ),
        ]

    def notes(self, asked: Asked, result: Result) -> list[str]:
        return nobodys(result)


class RepeatPurchase(Analysis):
    """How many customers buy again, how soon, and what one-time and repeat customers bring."""

    slug = "customers/repeat-purchase"
    title = "Repeat purchases"
    columns = (
        Key("orders_each"),
        Text("label", "Orders in the period"),
        Integer("customers", "Customers"),
        Percent("customer_share", "Share of customers"),
        Integer("orders", "Orders"),
        Money("revenue", "Revenue"),
        Percent("revenue_share", "Share of revenue"),
        Money("revenue_per_customer", "Revenue per customer"),
        Money("profit", "Profit", MARGIN),
        Days("days_between", "Days between orders, median"),
    )
    facts = ("people", "again", "typical_gap", "gaps", "nobodys")
    chart = Bar(x="label", y="customers", title="Customers by how often they ordered")
    drill = Drill("sales/entries", {"orders": "orders_each"})
    Params = SalesParams
    sql = f"""
        WITH gaps AS ({GAPS_OF_ORDERS}
        ), counts AS (
            SELECT customer_id, count(*) AS orders FROM gaps GROUP BY customer_id
        ), money AS (
            SELECT customer_id, sum(revenue) AS revenue, sum(profit) AS profit FROM entry
            WHERE {{filters}} AND customer_id IS NOT NULL GROUP BY customer_id
        ), groups AS (
            SELECT least(orders, 5) AS orders_each, count(*) AS customers, sum(orders) AS orders,
                   sum(revenue) AS revenue, sum(profit) AS profit
            FROM counts JOIN money ON money.customer_id = counts.customer_id GROUP BY 1
        ), spans AS (
            SELECT least(orders, 5) AS orders_each, median(days) AS days_between
            FROM gaps JOIN counts ON counts.customer_id = gaps.customer_id WHERE days IS NOT NULL GROUP BY 1
        ), total AS (
            SELECT count(*) AS people, count(*) FILTER (WHERE orders > 1) AS again FROM counts
        ), typical AS (
            SELECT median(days) AS typical_gap, count(days) AS gaps FROM gaps
        )
        SELECT CAST(code AS INTEGER) AS orders_each, label, coalesce(customers, 0) AS customers,
               coalesce(orders, 0) AS orders, coalesce(revenue, 0.00) AS revenue, coalesce(profit, 0.00) AS profit,
               ratio(coalesce(customers, 0), people) AS customer_share,
               ratio(coalesce(revenue, 0), sum(revenue) OVER ()) AS revenue_share,
               money_per(revenue, customers) AS revenue_per_customer, days_between,
               people, again, typical_gap, gaps, {NOBODYS} AS nobodys
        FROM {bands.listed(ORDER_COUNTS, "code", "label")} CROSS JOIN total CROSS JOIN typical
        LEFT JOIN groups ON groups.orders_each = CAST(code AS INTEGER)
        LEFT JOIN spans ON spans.orders_each = CAST(code AS INTEGER)
    """
    order = "orders_each"

    def insights(self, result: Result) -> list[Insight]:
        people, again, gaps = (result.facts[name] for name in ("people", "again", "gaps"))
        if people < FEWEST_CUSTOMERS:
            have = f"only {several(people, 'customer')} bought in this period"
            return [Insight(too_few("how many come back", have), ("customers",))]
        low, high = proportion(again, people)
        said = [
            Insight(
                f"{percent(again / people)} of customers ({again:,} of {people:,}) ordered more than once; "
                f"95% interval {percent(low)} to {percent(high)}.",
                ("customers", "customer_share"),
            )
        ]
        if gaps >= FEWEST_GAPS:
            typical = result.facts["typical_gap"]
            said.append(
                Insight(f"Half of them order again within {several(round(typical), 'day')}.", ("days_between",))
            )
        once = next((row for row in result.dicts() if row["orders_each"] == 1), None)
        if once and once["revenue_share"] is not None and 0 <= once["revenue_share"] <= 1:
            share = percent(1 - once["revenue_share"])
            said.append(Insight(f"Repeat customers bring {share} of known customers' revenue.", ("revenue_share",)))
        return said

    def notes(self, asked: Asked, result: Result) -> list[str]:
        said = ["Orders within the period only: over a short one fewer people come back. Ask for all time to see all."]
        return said + nobodys(result) if result.facts.get("people") else nobodys(result)


class OrderGaps(Analysis):
    """How long customers wait from one order to the next."""

    slug = "customers/order-gaps"
    title = "Time between orders"
    columns = (
        Key("gap"),
        Text("label", "Since the order before"),
        Integer("orders", "Orders"),
        Percent("share", "Share"),
        Percent("cumulative_share", "Share up to here"),
    )
    facts = ("gaps", "quick", "typical_gap", "slow")
    chart = Bar(x="label", y="orders", title="Repeat orders by the time since the order before")
    drill = Drill("sales/entries", {"gap": "gap"})
    Params = SalesParams
    sql = f"""
        WITH gaps AS (SELECT order_id, days FROM ({GAPS_OF_ORDERS}) AS every_order WHERE days IS NOT NULL
        ), counted AS (
            SELECT {bands.case("days", bands.GAPS)} AS gap, count(*) AS orders FROM gaps GROUP BY 1
        ), typical AS (
            SELECT count(*) AS gaps, quantile_cont(days, 0.25) AS quick, median(days) AS typical_gap,
                   quantile_cont(days, 0.75) AS slow FROM gaps
        )
        SELECT place, code AS gap, label, coalesce(orders, 0) AS orders,
               ratio(coalesce(orders, 0), typical.gaps) AS share,
               ratio(sum(coalesce(orders, 0)) OVER (ORDER BY place), typical.gaps) AS cumulative_share,
               typical.gaps, quick, typical_gap, slow
        FROM {bands.listed(bands.choices(bands.GAPS), "code", "label")} CROSS JOIN typical
        LEFT JOIN counted ON counted.gap = code
    """
    order = "place"

    def insights(self, result: Result) -> list[Insight]:
        gaps = result.facts["gaps"]
        if gaps < FEWEST_GAPS:
            have = f"{several(gaps, 'repeat order')} in the period"
            return [Insight(too_few("how long customers wait", have), ("orders",))]
        quick, typical, slow = (round(result.facts[name]) for name in ("quick", "typical_gap", "slow"))
        text = f"The median is {several(typical, 'day')}; half of all repeat orders come after {quick} to {slow} days"
        return [Insight(f"{text} ({gaps:,} repeat orders).", ("orders",))]

    def notes(self, asked: Asked, result: Result) -> list[str]:
        return [
            "Both orders lie in the period: over a short one, long waits are missing. Sales without a customer too."
        ]
