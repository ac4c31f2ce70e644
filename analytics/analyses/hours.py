"""At which hours sales happen, and what an hour live brings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from analytics.analyses.sql import ORDERS, SOLD
from analytics.analyses.words import WEEKDAYS, money, percent, several, too_few
from analytics.base import Analysis, Drill, Insight, Result
from analytics.charts import HeatMap
from analytics.columns import MARGIN, Hour, Integer, Money, Number, Percent, Weekday
from analytics.mart.session import Session
from analytics.params import Asked, SalesParams

FEWEST_ORDERS = 30  # before an hour is called a power hour


class HourlySales(Analysis):
    """At which hours of which days people buy, and what an hour live brings then."""

    slug = "sales/hourly"
    title = "Sales by weekday and hour"
    columns = (
        Weekday("weekday", "Weekday"),
        Hour("hour", "Hour"),
        Integer("orders", "Orders"),
        Integer("units", "Units"),
        Money("revenue", "Revenue"),
        Percent("share", "Share of revenue"),
        Number("live_hours", "Hours live"),
        Money("sales_per_live_hour", "Sales per hour live"),
        Money("profit", "Profit", MARGIN),
    )
    chart = HeatMap(x="hour", y="weekday", z="revenue", title="Revenue by weekday and hour")
    drill = Drill("sales/entries", {"weekday": "weekday", "hour": "hour"})
    Params = SalesParams
    sql = f"""
        WITH cells AS (
            SELECT weekday, hour FROM generate_series(1, 7) AS w(weekday), generate_series(0, 23) AS h(hour)
        ), sums AS (
            SELECT weekday, hour, {ORDERS} AS orders, sum(units) AS units, sum(revenue) AS revenue,
                   sum(profit) AS profit,
                   coalesce(sum(gross - discounts) FILTER (WHERE {SOLD} AND show_id IS NOT NULL), 0.00) AS live_sales
            FROM entry WHERE {{filters}} GROUP BY weekday, hour
        ), live AS (
            SELECT unnest($live_weekdays) AS weekday, unnest($live_hours) AS hour, unnest($live_seconds) AS seconds
        )
        SELECT cells.weekday, cells.hour, coalesce(orders, 0) AS orders, coalesce(units, 0) AS units,
               coalesce(revenue, 0.00) AS revenue, coalesce(profit, 0.00) AS profit,
               ratio(coalesce(revenue, 0), sum(revenue) OVER ()) AS share,
               coalesce(seconds, 0) / 3600.0 AS live_hours,
               CASE WHEN seconds > 0 THEN coalesce(money_per(live_sales * 3600, seconds), 0.00) END
                   AS sales_per_live_hour
        FROM cells
        LEFT JOIN sums ON sums.weekday = cells.weekday AND sums.hour = cells.hour
        LEFT JOIN live ON live.weekday = cells.weekday AND live.hour = cells.hour
    """
    order = "weekday, hour"
    shows_sql = """
        SELECT starts_at, ends_at FROM shows
        WHERE ends_at IS NOT NULL AND starts_on BETWEEN CAST($start AS DATE) - 1 AND $end AND {scope}
    """

    def found(self, asked: Asked, session: Session) -> dict[str, Any]:
        """How long shows were on in each cell."""
        of_shows = [(f, v) for f, v in asked.filters if f.name in ("show", "host", "channel")]
        scope, bound = Asked(asked.today, asked.period, tuple(of_shows)).scope
        shows = session.query(self.shows_sql.replace("{scope}", scope), {**self.values(asked), **bound})
        assert asked.period is not None
        seconds = live_seconds(shows, asked.period.start, asked.period.end, session.as_of)
        return {
            "live_weekdays": [weekday for weekday, _ in seconds],
            "live_hours": [hour for _, hour in seconds],
            "live_seconds": [round(value) for value in seconds.values()],
        }

    def insights(self, result: Result) -> list[Insight]:
        rows = list(result.dicts())
        orders = sum(row["orders"] for row in rows)
        if orders < FEWEST_ORDERS:
            return [Insight(too_few("which hours are best", f"{several(orders, 'order')} in the period"), ("orders",))]
        top = sorted(rows, key=lambda row: row["revenue"], reverse=True)[:3]
        if top[-1]["revenue"] <= 0 or top[0]["share"] is None:
            return []
        hours = "; ".join(f"{WEEKDAYS[row['weekday']]} {row['hour']:02d}:00 ({money(row['revenue'])})" for row in top)
        share = percent(sum(row["share"] for row in top))
        return [Insight(f"Power hours: {hours}. Together {share} of revenue.", ("revenue", "share"))]

    def notes(self, asked: Asked, result: Result) -> list[str]:
        return [
            "Refunds count in the hour they were given. Sales per hour live: what was sold in shows, before refunds, "
            "by the hours that shows with a known end were on."
        ]


def live_seconds(
    shows: list[tuple[Any, ...]], first: date, last: date, now: datetime
) -> Mapping[tuple[int, int], float]:
    """(weekday, hour) → seconds that shows were on, in the shop's time, from `first` to `last` and not after `now`.

    `shows`: naive UTC moments of start and end. A show is walked through by the quarter of an hour: offsets of
    all zones are multiples of it.
    """
    zone, found = ZoneInfo(settings.SHOP_TIME_ZONE), defaultdict[tuple[int, int], float](float)
    utc = ZoneInfo("UTC")
    for start, end in shows:
        at, end = start.replace(tzinfo=utc), min(end.replace(tzinfo=utc), now)
        while at < end:
            following = min(quarter_after(at), end)
            local = at.astimezone(zone)
            if first <= local.date() <= last:
                found[local.isoweekday(), local.hour] += (following - at).total_seconds()
            at = following
    return found


def quarter_after(at: datetime) -> datetime:
    begun = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    return begun + timedelta(minutes=15)
