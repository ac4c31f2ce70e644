"""Customers: each question against sums made by hand, on the boutique."""

from decimal import Decimal

import pytest
from boutique import MARCH, TODAY, VIEWER, Boutique, ask, money, rows_by
from pieces import at, channel

from customers.models import Customer
from sales.services import SaleLine, record_sale

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # the mart is the same whatever database fills it


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
