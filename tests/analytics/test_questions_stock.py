"""Products, brands, stock and the listings: each question against sums made by hand, on the boutique."""

from decimal import Decimal

import pytest
from boutique import MARCH, OWNER, TODAY, VIEWER, Boutique, ask, money, rows_by
from pieces import at, channel

from analytics.catalogue import ANALYSES
from sales.services import SaleLine, record_sale

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # the mart is the same whatever database fills it


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
