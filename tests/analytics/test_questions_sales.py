"""Overview and timing: each question against sums made by hand, on the boutique."""

from datetime import date
from decimal import Decimal

import pytest
from boutique import MARCH, VIEWER, Boutique, ask, money, rows_by
from pieces import at, channel

from sales.services import SaleLine, record_sale

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # the mart is the same whatever database fills it


class TestOverview:
    def test_every_figure_and_the_one_before(self, shop: Boutique):
        rows = rows_by(ask("overview/kpis", period=MARCH), "kpi")
        assert {kpi: (row["value"], row["before"]) for kpi, row in rows.items()} == {
            "revenue": (money("3215.00"), money("1250.00")),
            "orders": (5, 2),
            "units": (7, 3),
            "aov": (money("654.00"), money("625.00")),
            "profit": (money("922.00"), money("340.00")),
            "margin": (pytest.approx(922 / 3215), pytest.approx(340 / 1250)),
            "refunds": (money("40.00"), money("0.00")),
            "customers": (2, 2),
            "new_customers": (1, 2),
            "repeat_rate": (0.5, 0.0),
            "days_to_sell": (29.5, 19.0),  # of 23, 29, 30, 32; of 19 and 19
            "on_hand": (10, None),
            "list_value": (money("3275.00"), None),
            "stock_cost": (money("1580.00"), None),
        }

    def test_growth_is_relative_and_in_points_for_percentages(self, shop: Boutique):
        rows = rows_by(ask("overview/kpis", period=MARCH), "kpi")
        assert rows["revenue"]["change"] == pytest.approx(3215 / 1250 - 1)
        assert rows["repeat_rate"]["change"] == pytest.approx(0.5)
        assert rows["refunds"]["change"] is None

    def test_all_time_has_nothing_before(self, shop: Boutique):
        rows = rows_by(ask("overview/kpis", period="all"), "kpi")
        assert rows["revenue"]["value"] == money("4465.00")
        assert all(row["before"] is None and row["change"] is None for row in rows.values())
        assert rows["new_customers"]["value"] == 3

    def test_profit_and_cost_are_rows_that_only_some_may_see(self, shop: Boutique):
        seen = set(ask("overview/kpis", VIEWER, period=MARCH).column("kpi"))
        assert not seen & {"profit", "margin", "stock_cost"}
        assert {"revenue", "on_hand"} <= seen

    def test_stock_belongs_to_no_channel(self, shop: Boutique):
        result = ask("overview/kpis", period=MARCH, channel="Whatnot")
        assert "on_hand" not in result.column("kpi")
        assert any("Stock belongs to no channel" in note for note in result.notes)
        assert rows_by(result, "kpi")["revenue"]["value"] == money("740.00")

    def test_a_piece_filter_reaches_the_stock(self, shop: Boutique):
        rows = rows_by(ask("overview/kpis", period=MARCH, brand=shop.brands["Chanel"].pk), "kpi")
        assert (rows["on_hand"]["value"], rows["list_value"]["value"]) == (1, money("1500.00"))

    def test_sorted_and_cut_as_asked(self, shop: Boutique):
        assert ask("overview/kpis", period=MARCH, sort="label", limit=2).column("kpi") == ["aov", "stock_cost"]


class TestDaily:
    def test_every_day_is_there_and_adds_up(self, shop: Boutique):
        result = ask("sales/daily", period=MARCH)
        rows = rows_by(result, "date")
        assert len(rows) == 31
        assert rows[date(2026, 3, 5)] | {"profit": 0, "margin": 0} == {
            "date": date(2026, 3, 5), "weekday": 4, "orders": 2, "units": 4, "gross": money("780.00"),
            "discounts": money("0.00"), "refunds": money("0.00"), "revenue": money("780.00"),
            "aov": money("390.00"), "profit": 0, "margin": 0, "complete": True,
        }  # fmt: skip
        assert rows[date(2026, 3, 6)]["revenue"] == money("0.00")
        assert rows[date(2026, 3, 6)]["aov"] is None
        assert rows[date(2026, 3, 10)]["revenue"] == money("40.00")  # 23:30 in New York is the 11th in UTC
        assert rows[date(2026, 3, 12)]["refunds"] == money("40.00")
        assert rows[date(2026, 3, 16)]["profit"] == money("0.00")  # a write-off is a loss, shown apart
        assert sum(result.column("revenue")) == money("3215.00")
        assert sum(result.column("profit")) == money("922.00")
        assert sum(result.column("units")) == 7

    def test_today_is_not_over(self, shop: Boutique):
        result = ask("sales/daily", period="7d")
        assert result.column("complete") == [True] * 6 + [False]
        assert "The last day is not over yet." in result.notes

    def test_a_year_is_still_by_day(self, shop: Boutique):
        assert ask("sales/daily", period="1y").column("date")[0] == date(2025, 4, 1)
        assert len(ask("sales/daily", period="1y").rows) == 365


class TestWeekdays:
    def test_sums_days_and_the_average_of_whole_days(self, shop: Boutique):
        rows = rows_by(ask("sales/weekdays", period=MARCH), "weekday")
        assert {day: (row["days"], row["revenue"]) for day, row in rows.items()} == {
            1: (5, money("450.00")),
            2: (5, money("2040.00")),
            3: (4, money("0.00")),
            4: (4, money("740.00")),
            5: (4, money("0.00")),
            6: (4, money("0.00")),
            7: (5, money("-15.00")),
        }
        assert rows[1]["revenue_per_day"] == money("90.00")
        assert rows[2]["revenue_per_day"] == money("10.00")  # 40.00 in four Tuesdays: today is not over
        assert rows[4]["share"] == pytest.approx(740 / 3215)
        assert rows[7]["revenue_per_day"] == money("-3.00")

    def test_says_which_is_best_only_after_four_of_each(self, shop: Boutique):
        assert ask("sales/weekdays", period=MARCH).insights[0].startswith("Thursdays bring most, $185 a day")
        assert ask("sales/weekdays", period="7d").insights[0].startswith("Not enough data")


class TestTrends:
    def test_months_with_growth_between_whole_ones(self, shop: Boutique):
        result = ask("sales/trends", period="2026-01-01/2026-03-31", grain="month", today=date(2026, 4, 2))
        assert [(str(row["start"]), str(row["end"]), row["revenue"], row["growth"]) for row in result.dicts()] == [
            ("2026-01-01", "2026-01-31", money("0.00"), None),
            ("2026-02-01", "2026-02-28", money("1250.00"), None),
            ("2026-03-01", "2026-03-31", money("3215.00"), pytest.approx(1.572)),
        ]
        assert result.column("units_growth")[2] == pytest.approx(7 / 3 - 1)

    def test_an_unfinished_month_has_no_growth(self, shop: Boutique):
        result = ask("sales/trends", period="1y")
        assert len(result.rows) == 12
        assert result.column("complete")[-1] is False
        assert result.column("growth")[-1] is None
        assert any("cut by the period or not over" in note for note in result.notes)

    def test_weeks_are_cut_to_the_period(self, shop: Boutique):
        result = ask("sales/trends", period=MARCH, grain="week")
        first = next(result.dicts())
        assert (first["start"], first["end"], first["complete"]) == (date(2026, 3, 1), date(2026, 3, 1), False)
        assert sum(result.column("revenue")) == money("3215.00")
        assert rows_by(result, "start")[date(2026, 3, 2)]["orders"] == 3

    def test_says_how_the_period_stands_to_the_one_before(self, shop: Boutique):
        said = ask("sales/trends", period=MARCH).insights
        assert said[0] == "Revenue was $3,215, 157% more than in the period before."

    def test_says_where_the_period_before_is_only_partly_covered(self, shop: Boutique):
        assert any("The records begin on February 10, 2026" in note for note in ask("sales/trends", period=MARCH).notes)

    def test_an_order_over_midnight_counts_in_both_days_and_once_in_the_week(self, shop: Boutique):
        late, early = at("2026-03-24", 23, 50), at("2026-03-25", 0, 10)
        lines = [SaleLine(unit_price=Decimal(10), sold_at=late), SaleLine(unit_price=Decimal(20), sold_at=early)]
        record_sale(channel=channel(), lines=lines, ordered_at=late)
        days = rows_by(ask("sales/trends", period="2026-03-23/2026-03-29", grain="day"), "start")
        assert (days[date(2026, 3, 24)]["orders"], days[date(2026, 3, 25)]["orders"]) == (1, 1)
        assert ask("sales/trends", period="2026-03-23/2026-03-29", grain="week").column("orders") == [1]


class TestHourly:
    def test_all_168_cells_in_local_time(self, shop: Boutique):
        result = ask("sales/hourly", period=MARCH)
        cells = {(row["weekday"], row["hour"]): row["revenue"] for row in result.dicts() if row["revenue"]}
        assert len(result.rows) == 168
        assert cells == {
            (1, 10): money("450.00"),
            (2, 9): money("2000.00"),
            (2, 23): money("40.00"),
            (4, 12): money("-40.00"),
            (4, 20): money("780.00"),
            (7, 12): money("-15.00"),
        }
        assert sum(result.column("orders")) == 5

    def test_what_an_hour_live_brings(self, shop: Boutique):
        cells = {(r["weekday"], r["hour"]): r for r in ask("sales/hourly", period=MARCH).dicts() if r["live_hours"]}
        assert {cell: (row["live_hours"], row["sales_per_live_hour"]) for cell, row in cells.items()} == {
            (4, 19): (1.0, money("0.00")),
            (4, 20): (1.0, money("780.00")),
            (4, 21): (1.0, money("0.00")),
        }

    def test_is_silent_about_power_hours_for_five_orders(self, shop: Boutique):
        assert ask("sales/hourly", period=MARCH).insights == [
            "Not enough data to say which hours are best: 5 orders in the period."
        ]
