"""When sales happen: by day, by weekday, over time."""

from __future__ import annotations

from typing import Any

from analytics.analyses.sql import ORDERS, RECORDS_BEGIN
from analytics.analyses.words import WEEKDAYS, compared, day, money, partly_covered, several, too_few
from analytics.base import Analysis, Drill, Insight, Result
from analytics.charts import Bar, Line
from analytics.columns import MARGIN, Date, Flag, Integer, Money, Percent, Weekday
from analytics.params import Asked, DailyParams, SeriesParams

FEWEST_DAYS = 4  # of a weekday, before it is called better than another
SUMS = f"""
    {ORDERS} AS orders, sum(units) AS units, sum(gross) AS gross, sum(discounts) AS discounts,
    sum(refunds) AS refunds, sum(revenue) AS revenue, sum(profit) AS profit
"""
DENSE = """
    coalesce(orders, 0) AS orders, coalesce(units, 0) AS units, coalesce(gross, 0.00) AS gross,
    coalesce(discounts, 0.00) AS discounts, coalesce(refunds, 0.00) AS refunds, coalesce(revenue, 0.00) AS revenue,
    coalesce(profit, 0.00) AS profit, money_per(gross - discounts, orders) AS aov, ratio(profit, revenue) AS margin
"""
MEASURES = (
    Integer("orders", "Orders"),
    Integer("units", "Units"),
    Money("gross", "Gross"),
    Money("discounts", "Discounts"),
    Money("refunds", "Refunds"),
    Money("revenue", "Revenue"),
    Money("aov", "Average order"),
    Money("profit", "Profit", MARGIN),
    Percent("margin", "Margin", MARGIN),
)


class Series(Analysis):
    """Dense over the buckets of the period, which a statement finds as `$starts $ends $complete`."""

    def values(self, asked: Asked) -> dict[str, Any]:
        assert asked.period is not None
        buckets = asked.period.buckets(asked.today)
        return super().values(asked) | {
            "starts": [bucket.start for bucket in buckets],
            "ends": [bucket.end for bucket in buckets],
            "complete": [bucket.is_complete for bucket in buckets],
        }

    def notes(self, asked: Asked, result: Result) -> list[str]:
        return ["The last day is not over yet."] if asked.period and asked.period.end >= asked.today else []


class DailySales(Series):
    """What each day brought, days without a sale included."""

    slug = "sales/daily"
    title = "Daily sales"
    columns = (Date("date", "Day"), Weekday("weekday", "Weekday"), *MEASURES, Flag("complete", "Over"))
    chart = Bar(x="date", y="revenue", title="Revenue by day")
    drill = Drill("sales/entries", period=("date", "date"))
    Params = DailyParams
    sql = f"""
        WITH days AS (
            SELECT unnest($starts) AS date, unnest($complete) AS complete
        ), sums AS (
            SELECT date, {SUMS} FROM entry WHERE {{filters}} GROUP BY date
        )
        SELECT days.date, extract(isodow FROM days.date) AS weekday, complete, {DENSE}
        FROM days LEFT JOIN sums ON sums.date = days.date
    """
    order = "date"

    def insights(self, result: Result) -> list[Insight]:
        rows = list(result.dicts())
        best = max(rows, key=lambda row: row["revenue"])
        if best["revenue"] <= 0:
            return [Insight("Nothing was earned in this period.", ("revenue",))]
        total, sold = sum(row["revenue"] for row in rows), sum(row["orders"] > 0 for row in rows)
        return [
            Insight(f"{money(total)} in {several(len(rows), 'day')}, {sold} of them with an order.", ("revenue",)),
            Insight(
                f"The best day was {WEEKDAYS[best['weekday']]}, {day(best['date'])}, with {money(best['revenue'])}.",
                ("revenue",),
            ),
        ]


class Weekdays(Series):
    """Which days of the week sell, and so which suit a show."""

    slug = "sales/weekdays"
    title = "Sales by day of the week"
    columns = (
        Weekday("weekday", "Weekday"),
        Integer("days", "Days in the period"),
        *MEASURES,
        Percent("share", "Share of revenue"),
        Money("revenue_per_day", "Revenue per whole day"),
    )
    chart = Bar(x="weekday", y="revenue_per_day", title="What a day brings, by day of the week")
    drill = Drill("sales/entries", {"weekday": "weekday"})
    Params = DailyParams
    sql = f"""
        WITH days AS (
            SELECT extract(isodow FROM date) AS weekday, count(*) AS days, count(*) FILTER (WHERE complete) AS whole
            FROM (SELECT unnest($starts) AS date, unnest($complete) AS complete) AS calendar GROUP BY 1
        ), sums AS (
            SELECT weekday, {SUMS}, sum(revenue) FILTER (WHERE date < $today) AS earned
            FROM entry WHERE {{filters}} GROUP BY weekday
        )
        SELECT w.weekday, coalesce(days, 0) AS days, {DENSE},
               ratio(coalesce(revenue, 0), sum(revenue) OVER ()) AS share,
               CASE WHEN whole > 0 THEN coalesce(money_per(earned, whole), 0.00) END AS revenue_per_day
        FROM (VALUES (1), (2), (3), (4), (5), (6), (7)) AS w(weekday)
        LEFT JOIN days ON days.weekday = w.weekday LEFT JOIN sums ON sums.weekday = w.weekday
    """
    order = "weekday"

    def insights(self, result: Result) -> list[Insight]:
        rows = [row for row in result.dicts() if row["revenue_per_day"] is not None]
        fewest = min((row["days"] for row in rows), default=0)
        if len(result.rows) < 7 or len(rows) < 7 or fewest < FEWEST_DAYS:
            have = f"each weekday must come at least {FEWEST_DAYS} times in the period"
            return [Insight(too_few("which weekday is best", have), ("revenue_per_day",))]
        ranked = sorted(rows, key=lambda row: row["revenue_per_day"], reverse=True)
        if ranked[0]["revenue_per_day"] <= 0:
            return []
        first, second, last = ranked[0], ranked[1], ranked[-1]
        text = (
            f"{WEEKDAYS[first['weekday']]}s bring most, {money(first['revenue_per_day'])} a day on average, before "
            f"{WEEKDAYS[second['weekday']]}s with {money(second['revenue_per_day'])}; "
            f"{WEEKDAYS[last['weekday']]}s bring least, {money(last['revenue_per_day'])}."
        )
        return [Insight(text, ("revenue_per_day",))]


class SalesTrends(Series):
    """How revenue and units move over time, and how each point stands to the one before."""

    slug = "sales/trends"
    title = "Sales trends"
    columns = (
        Date("start", "From"),
        Date("end", "To"),
        *MEASURES,
        Percent("growth", "Growth"),
        Percent("units_growth", "Growth of units"),
        Flag("complete", "Over"),
    )
    facts = ("revenue_before", "records_begin")
    chart = Line(x="start", y=("revenue",), complete="complete", title="Revenue over time")
    drill = Drill("sales/entries", period=("start", "end"))
    Params = SeriesParams
    sql = f"""
        WITH buckets AS (
            SELECT unnest($starts) AS start, unnest($ends) AS "end", unnest($complete) AS complete
        ), sums AS (
            SELECT {{first_day}} AS start, {SUMS} FROM entry WHERE {{filters}} GROUP BY 1
        ), points AS (
            SELECT buckets.start, "end", complete, {DENSE} FROM buckets LEFT JOIN sums ON sums.start = buckets.start
        ), compared AS (
            SELECT *, complete AND lag(complete) OVER following AS is_fair, lag(revenue) OVER following AS earlier,
                   lag(units) OVER following AS earlier_units
            FROM points WINDOW following AS (ORDER BY start)
        )
        SELECT *, CASE WHEN is_fair THEN ratio(revenue - earlier, earlier) END AS growth,
               CASE WHEN is_fair THEN ratio(units - earlier_units, earlier_units) END AS units_growth,
               (SELECT sum(revenue) FROM entry WHERE date BETWEEN $previous_start AND $previous_end AND {{scope}})
                   AS revenue_before,
               {RECORDS_BEGIN} AS records_begin
        FROM compared
    """
    order = "start"

    def statement(self, asked: Asked) -> str:
        """With the day its bucket begins for each entry; the period cuts the first."""
        assert asked.period is not None
        grain = asked.period.grain
        # In whole days: date_trunc goes through a timestamp, at twice the time.
        begins = {"day": "date", "week": "date - (weekday - 1)", "month": "date - CAST(day(date) - 1 AS INTEGER)"}
        first = begins[grain] if grain == "day" else f"greatest({begins[grain]}, $start)"
        return super().statement(asked).replace("{first_day}", first)

    def insights(self, result: Result) -> list[Insight]:
        rows = list(result.dicts())
        total, before = sum(row["revenue"] for row in rows), result.facts["revenue_before"]
        if not any(row["orders"] for row in rows):
            return [Insight("No order in this period.", ("revenue",))]
        if "limit" in result.params:
            return []
        growth = float(total / before - 1) if before and before > 0 else None
        said = [Insight(f"Revenue was {money(total)}{compared(growth)}.", ("revenue",))]
        whole = [row for row in rows if row["complete"]]
        if result.period and len(whole) > 2:
            best = max(whole, key=lambda row: row["revenue"])
            name = {"day": day(best["start"]), "week": f"the week of {day(best['start'])}"}.get(
                result.period.grain, f"{best['start']:%B %Y}"
            )
            said.append(Insight(f"The best was {name} with {money(best['revenue'])}.", ("revenue",)))
        return said

    def notes(self, asked: Asked, result: Result) -> list[str]:
        cut = [row for row in result.dicts() if not row["complete"]]
        said = ["Points that are cut by the period or not over yet are marked and have no growth."] if cut else []
        return said + partly_covered(result)
