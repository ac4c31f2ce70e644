"""Each question against sums made by hand, on the boutique."""

from datetime import date
from decimal import Decimal

import pytest
from boutique import MARCH, OWNER, TODAY, VIEWER, Boutique, ask, money, rows_by
from pieces import at, channel

from analytics.catalogue import ANALYSES
from customers.models import Customer
from sales.services import SaleLine, record_sale

pytestmark = pytest.mark.django_db


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


class TestTopCustomers:
    def test_namesakes_stay_apart(self, shop: Boutique):
        result = ask("customers/top", period=MARCH)
        first, second, third = result.dicts()
        # Anna: 450.00 + 100.00 - 15.00 + 2000.00; the other Anna: 680.00 - 40.00; Bella got a giveaway
        assert (first["customer_id"], first["orders"], first["units"]) == (shop.anna.pk, 3, 3)
        assert (first["revenue"], first["profit"]) == (money("2535.00"), money("690.00"))
        assert (second["customer_id"], second["revenue"]) == (shop.namesake.pk, money("640.00"))
        assert first["customer"] == second["customer"] == "Anna Ode"
        assert (third["customer_id"], third["orders"], third["last_order"]) == (shop.bella.pk, 0, None)
        assert first["last_order"] == TODAY

    def test_shares_are_of_all_known_customers_even_when_cut(self, shop: Boutique):
        (first,) = ask("customers/top", period=MARCH, limit=1).dicts()
        assert first["share"] == first["cumulative_share"] == pytest.approx(2535 / 3175)
        assert ask("customers/top", period=MARCH).column("cumulative_share")[1] == pytest.approx(1.0)

    def test_sales_to_nobody_known_are_said(self, shop: Boutique):
        assert ask("customers/top", period=MARCH).notes == [
            "Entries without a customer, $40 of revenue, are not among these figures."
        ]
        assert ask("customers/top", period="2026-03-10/2026-03-10").notes == [
            "No sale in this period names a customer."
        ]

    def test_the_pareto_share_of_twenty_five_customers(self, shop: Boutique):
        for place in range(25):  # the best five bring 100, the next eight 40, the other twelve 5 each: 880
            price = 100 if place < 5 else 40 if place < 13 else 5
            customer = Customer.objects.create(name=f"Customer {place}")
            record_sale(
                channel=channel(), customer=customer, lines=[SaleLine(unit_price=Decimal(price))],
                ordered_at=at("2026-01-05"),
            )  # fmt: skip
        result = ask("customers/top", period="2026-01-01/2026-01-31")
        assert result.insights == [
            "The top 20% (5 customers of 25) bring 57% of revenue: $500 of $880.",
            "The next 30% bring 36%, the other half 7%.",
        ]
        assert result.column("cumulative_share")[4] == pytest.approx(500 / 880)
        assert result.column("tier").count("Top 20%") == 5
        assert result.column("tier").count("Next 30%") == 8

    def test_does_not_call_three_people_a_pareto(self, shop: Boutique):
        assert ask("customers/top", period=MARCH).insights[0].startswith("Not enough data")

    def test_the_id_stays_where_the_name_is_withheld(self, shop: Boutique):
        result = ask("customers/top", VIEWER, period=MARCH)
        names = [column.name for column in result.columns]
        assert "customer_id" in names
        assert not {"customer", "profit"} & set(names)
        assert result.chart is None
        assert shop.anna.name not in str(result.rows)


class TestRepeatPurchase:
    def test_by_number_of_orders(self, shop: Boutique):
        rows = rows_by(ask("customers/repeat-purchase", period=MARCH), "orders_each")
        assert list(rows) == [1, 2, 3, 4, 5]
        # the other Anna ordered once, Anna on the 2nd, the 5th and the 31st
        assert (rows[1]["customers"], rows[1]["orders"], rows[1]["revenue"]) == (1, 1, money("640.00"))
        assert (rows[3]["customers"], rows[3]["orders"], rows[3]["revenue"]) == (1, 3, money("2535.00"))
        assert rows[3]["days_between"] == 14.5  # of 3 and 26
        assert (rows[2]["customers"], rows[2]["revenue"], rows[2]["days_between"]) == (0, money("0.00"), None)
        assert rows[1]["customer_share"] == 0.5
        assert rows[3]["revenue_per_customer"] == money("2535.00")

    def test_all_time(self, shop: Boutique):
        rows = rows_by(ask("customers/repeat-purchase", period="all"), "orders_each")
        assert [rows[n]["customers"] for n in (1, 2, 3)] == [1, 1, 1]  # Carla, the other Anna, Anna
        assert rows[2]["days_between"] == 23  # from the 10th of February to the 5th of March

    def test_is_honest_about_two_people(self, shop: Boutique):
        assert ask("customers/repeat-purchase", period=MARCH).insights == [
            "Not enough data to say how many come back: only 2 customers bought in this period."
        ]

    def test_says_rate_interval_and_median(self, shop: Boutique):
        for place in range(40):
            customer = Customer.objects.create(name=f"Customer {place}")
            for day in ("2026-01-05", "2026-01-15") if place < 20 else ("2026-01-05",):
                lines = [SaleLine(unit_price=Decimal(10))]
                record_sale(channel=channel(), customer=customer, lines=lines, ordered_at=at(day))
        said = ask("customers/repeat-purchase", period="2026-01-01/2026-01-31").insights
        assert said == [
            "50% of customers (20 of 40) ordered more than once; 95% interval 35% to 65%.",
            "Half of them order again within 10 days.",
            "Repeat customers bring 67% of known customers' revenue.",
        ]


class TestOrderGaps:
    def test_the_distribution(self, shop: Boutique):
        result = ask("customers/order-gaps", period="all")
        found = {row["gap"]: row["orders"] for row in result.dicts()}
        assert found == {
            "0-7": 1, "8-14": 0, "15-30": 2, "31-60": 0, "61-90": 0, "91-180": 0, "181-365": 0, "366-": 0,
        }  # fmt: skip
        assert result.column("cumulative_share")[-1] == pytest.approx(1.0)
        assert result.column("label")[0] == "Within a week"


class TestTopSelling:
    def test_twins_stay_apart_and_shares_are_of_the_whole(self, shop: Boutique):
        rows = rows_by(ask("products/top-selling", period=MARCH), "product_id")
        assert {key: (row["units"], row["revenue"]) for key, row in rows.items()} == {
            shop.flap.pk: (1, money("2000.00")),
            shop.twin.pk: (1, money("600.00")),
            shop.speedy.pk: (1, money("450.00")),
            shop.wallet.pk: (1, money("100.00")),
            shop.scarf.pk: (3, money("80.00")),  # 80.00 + 40.00 - 40.00 + a giveaway
            None: (0, money("-15.00")),
        }
        assert list(rows)[0] == shop.flap.pk
        assert rows[None]["title"] == "Without a product"
        assert rows[shop.scarf.pk]["on_hand"] == 5
        (first,) = ask("products/top-selling", period=MARCH, limit=1).dicts()
        assert first["share"] == pytest.approx(2000 / 3215)

    def test_ordered_by_units_or_by_name(self, shop: Boutique):
        assert ask("products/top-selling", period=MARCH, sort="-units", limit=1).column("sku") == ["HE-1"]
        assert ask("products/top-selling", period=MARCH, sort="title", limit=1).column("title") == ["Carré"]


class TestModels:
    def test_one_row_a_brand_and_model(self, shop: Boutique):
        rows = rows_by(ask("products/models", period=MARCH), "model")
        assert (rows["Speedy 30"]["units"], rows["Speedy 30"]["revenue"]) == (2, money("1050.00"))
        assert rows["Speedy 30"]["average_price"] == money("525.00")
        assert rows["Speedy 30"]["days_to_sell"] == 26
        assert rows["Speedy 30"]["on_hand"] == 0
        assert sum(ask("products/models", period=MARCH).column("revenue")) == money("3215.00")


class TestBrands:
    def test_now_and_before(self, shop: Boutique):
        rows = rows_by(ask("brands/performance", period=MARCH), "brand")
        assert {brand: (row["revenue"], row["revenue_before"]) for brand, row in rows.items()} == {
            "Chanel": (money("2000.00"), None),
            "Louis Vuitton": (money("1050.00"), None),
            "No brand": (money("85.00"), None),  # the wallet and the chargeback
            "Hermès": (money("80.00"), money("1050.00")),
            "Gucci": (money("0.00"), money("200.00")),
        }
        assert rows["Hermès"]["growth"] == pytest.approx(80 / 1050 - 1)
        assert rows["Gucci"]["growth"] == -1
        assert rows["Chanel"]["growth"] is None
        assert rows["Chanel"]["share"] == pytest.approx(2000 / 3215)
        assert rows["Louis Vuitton"]["margin"] == pytest.approx(340 / 1050)
        assert rows["Louis Vuitton"]["days_to_sell"] == 26
        assert not any(row["emerging"] for row in rows.values())

    def test_share_is_of_the_whole_even_when_cut(self, shop: Boutique):
        assert ask("brands/performance", period=MARCH, limit=1).column("share") == [pytest.approx(2000 / 3215)]

    def test_says_which_have_fallen_silent(self, shop: Boutique):
        assert "Nothing sold now, but in the period before: Gucci." in ask("brands/performance", period=MARCH).insights

    def test_rising_takes_five_units_and_a_quarter_more(self, shop: Boutique):
        sale = [SaleLine(product=shop.scarf, unit_price=Decimal(280), quantity=5)]
        record_sale(channel=channel(), lines=sale, ordered_at=at("2026-03-30"))
        result = ask("brands/performance", period=MARCH)  # 80.00 + 1400.00 against 1050.00
        assert [row["brand"] for row in result.dicts() if row["emerging"]] == ["Hermès"]
        assert "Rising: Hermès (+41%)." in result.insights


class TestAging:
    def test_drawers_of_what_is_on_hand(self, shop: Boutique):
        rows = rows_by(ask("inventory/aging"), "age")
        assert {age: (row["pieces"], row["list_value"], row["cost"]) for age, row in rows.items()} == {
            "0-30": (1, money("1500.00"), money("700.00")),
            "31-60": (5, money("225.00"), money("50.00")),
            "61-90": (2, money("1200.00"), money("550.00")),
            "91-": (1, money("350.00"), money("160.00")),
            "not-listed": (1, money("0.00"), money("120.00")),
        }
        assert rows["91-"]["share"] == pytest.approx(0.1)
        assert rows["91-"]["cost_share"] == pytest.approx(160 / 1580)

    def test_says_what_is_old_and_what_it_ties_up(self, shop: Boutique):
        result = ask("inventory/aging")
        assert result.insights == [
            "1 of 10 pieces have been listed for over 90 days: 10%.",
            "They tie up $160, 10% of the cost of what is on hand.",
        ]
        assert result.notes == ["1 piece without a price are not in the list value."]

    def test_cost_is_withheld_with_its_sentence(self, shop: Boutique):
        result = ask("inventory/aging", VIEWER)
        assert [column.name for column in result.columns] == ["age", "label", "pieces", "share", "list_value"]
        assert len(result.insights) == 1


class TestListings:
    def test_pieces_on_hand_come_first_and_the_oldest_on_top(self, shop: Boutique):
        result = ask("inventory/pieces")
        assert result.total_rows == 12
        assert result.column("sku")[:5] == ["XX-2", "XX-1", "GU-2", "HE-1", "CH-2"]
        assert result.column("age")[:5] == [91, 90, 70, 58, 30]

    @pytest.mark.parametrize(
        ("asked", "skus"),
        [
            ({"age": "not-listed"}, {"XX-3"}),
            ({"age": "61-90"}, {"XX-1", "GU-2"}),
            ({"stock": "reserved"}, {"CH-2"}),
            ({"stock": "gone", "brand": "Gucci"}, {"GU-1"}),
            ({"status": ["draft", "active"], "brand": "none"}, {"XX-1", "XX-2", "XX-3"}),
            ({"condition": "none", "brand": "Chanel"}, {"CH-1", "CH-2"}),
            ({"model": "Speedy 30"}, {"LV-1", "LV-2"}),
        ],
    )
    def test_pieces_by_filter(self, shop: Boutique, asked: dict[str, object], skus: set[str]):
        assert set(ask("inventory/pieces", **asked).column("sku")) == skus

    def test_entries_are_the_ledger_latest_first(self, shop: Boutique):
        result = ask("sales/entries", period=MARCH)
        assert result.total_rows == 10
        assert [row["number"] for row in result.dicts()][:1] == ["T-3"]
        assert sum(result.column("revenue")) == money("3215.00")
        assert sum(result.column("loss")) == money("10.00")
        assert result.column("occurred_at")[0].isoformat() == "2026-03-31T13:00:00+00:00"

    @pytest.mark.parametrize(
        ("asked", "revenue"),
        [
            ({"brand": "none"}, "85.00"),
            ({"brand": ["Chanel", "none"]}, "2085.00"),
            ({"kind": "refund"}, "-40.00"),
            ({"customer": "none"}, "40.00"),
            ({"host": "Hana"}, "740.00"),
            ({"show": "Bags, live"}, "740.00"),
            ({"campaign": "Spring"}, "640.00"),
            ({"country": "Japan"}, "435.00"),
            ({"condition": ["A", "B"]}, "1050.00"),
            ({"category": "Bags", "channel": "till"}, "2450.00"),
            ({"weekday": 4, "hour": 20}, "780.00"),
            ({"orders": 3}, "2535.00"),
            ({"gap": "0-7"}, "100.00"),
            ({"model": "Speedy 30"}, "1050.00"),
        ],
    )
    def test_entries_by_filter(self, shop: Boutique, asked: dict[str, object], revenue: str):
        assert sum(ask("sales/entries", period=MARCH, **asked).column("revenue")) == money(revenue)

    def test_pages_go_on_where_the_last_one_ended(self, shop: Boutique):
        pages = [ask("sales/entries", period=MARCH, limit=4, page=page).column("entry_id") for page in (1, 2, 3, 4)]
        assert [len(page) for page in pages] == [4, 4, 2, 0]
        assert sum(pages, []) == ask("sales/entries", period=MARCH).column("entry_id")

    def test_the_stream_is_the_same_rows(self, shop: Boutique):
        with ANALYSES["sales/entries"].stream({"period": [MARCH]}, OWNER, today=TODAY) as (columns, rows):
            assert list(rows) == ask("sales/entries", period=MARCH).rows
            assert columns == ANALYSES["sales/entries"].columns
