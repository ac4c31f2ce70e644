"""The plan of the demo shop: repeatable, and believable at full size. Needs no database."""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from statistics import mean
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from demo.catalogue import BAGS, WALLETS
from demo.plan import Plan, make_plan
from demo.trade import LinePlan, OrderPlan

NEW_YORK = ZoneInfo("America/New_York")
TODAY = date(2026, 11, 20)

DIGEST = """
import hashlib
from datetime import date
from zoneinfo import ZoneInfo
from demo.plan import make_plan
plan = make_plan(seed=7, today=date(2026, 3, 11), months=2, zone=ZoneInfo("America/New_York"), scale=0.3)
print(hashlib.sha256(repr(plan).encode()).hexdigest())
"""


def small(seed: int = 7, today: date = date(2026, 3, 11)) -> Plan:
    return make_plan(seed=seed, today=today, months=2, zone=NEW_YORK, scale=0.3)


@pytest.fixture(scope="module")
def full() -> Plan:
    return make_plan(seed=7, today=TODAY, months=18, zone=NEW_YORK)


@pytest.fixture(scope="module")
def kept(full: Plan) -> list[tuple[OrderPlan, LinePlan]]:
    """The lines of orders that were neither cancelled nor sent back."""
    gone = ("cancelled", "returned")
    return [(order, line) for order in full.orders if order.fate.kind not in gone for line in order.lines]


def paid(line: LinePlan) -> float:
    return float(line.price - line.discount)


def test_the_same_seed_and_day_give_the_same_plan() -> None:
    assert small() == small()


def test_another_seed_gives_another_plan() -> None:
    assert [order.at for order in small(seed=7).orders] != [order.at for order in small(seed=8).orders]


def test_the_plan_does_not_hang_on_the_order_of_hashes() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_the_full_shop_has_its_size(full: Plan) -> None:
    arrived = [piece for piece in full.pieces if full.span.day_of(piece.received_at) <= TODAY]
    assert full.span.start == date(2025, 5, 20)
    assert 2_900 <= len(arrived) <= 3_100
    assert len(full.people) == 2_000
    assert 140 <= len(full.shows) <= 175
    assert 58 <= len({(piece.model.brand, piece.model.name) for piece in full.pieces}) <= 80


def test_the_best_fifth_of_the_buyers_brings_55_to_75_percent(kept: list[tuple[OrderPlan, LinePlan]]) -> None:
    spent: dict[int, float] = defaultdict(float)
    for order, line in kept:
        spent[order.person.number] += paid(line)
    ranked = sorted(spent.values(), reverse=True)
    assert 0.55 <= sum(ranked[: len(ranked) // 5]) / sum(ranked) <= 0.75


def test_some_buyers_come_back_and_most_do_not(full: Plan) -> None:
    orders = Counter(order.person.number for order in full.orders)
    repeat = sum(number > 1 for number in orders.values()) / len(orders)
    assert 0.2 <= repeat <= 0.5


def test_all_six_channels_sell_and_only_those(full: Plan) -> None:
    channels = Counter(order.channel for order in full.orders)
    assert set(channels) == {"whatnot", "instagram", "poshmark", "ebay", "shopify", "email"}
    assert min(channels.values()) > 40


def test_shows_make_thursday_and_sunday_evening_the_best_time(full: Plan) -> None:
    local = [order.at.astimezone(NEW_YORK) for order in full.orders]
    weekdays, hours = Counter(at.isoweekday() for at in local), Counter(at.hour for at in local)
    assert {day for day, _ in weekdays.most_common(2)} == {4, 7}
    assert sum(hours[hour] for hour in (19, 20, 21)) > 0.4 * len(local)


def test_the_last_quarter_is_strong_and_the_shop_grows(kept: list[tuple[OrderPlan, LinePlan]]) -> None:
    months: dict[str, float] = defaultdict(float)
    for order, line in kept:
        months[f"{order.at.astimezone(NEW_YORK):%Y-%m}"] += paid(line)
    assert mean((months["2025-11"], months["2025-12"])) > 1.3 * mean((months["2025-09"], months["2025-10"]))
    summer = ("06", "07", "08", "09", "10")
    assert sum(months[f"2026-{month}"] for month in summer) > 1.15 * sum(months[f"2025-{month}"] for month in summer)


def test_a_chanel_flap_costs_many_times_a_coach_bag(full: Plan) -> None:
    def price(brand: str, model: str) -> float:
        found = [piece for piece in full.pieces if (piece.model.brand, piece.model.name) == (brand, model)]
        return mean(float(piece.prices[0].amount) for piece in found)

    assert price("Chanel", "Classic Flap Medium") > 20 * price("Coach", "Tabby 26")


def test_bags_leave_the_shelf_faster_than_wallets(full: Plan, kept: list[tuple[OrderPlan, LinePlan]]) -> None:
    days = {line.piece.number: (order.at - line.piece.listed_at).days for order, line in kept}

    def within_60_days(category: str) -> float:
        old = [p for p in full.pieces if p.model.category == category and (TODAY - p.listed_at.date()).days > 60]
        return mean(days.get(piece.number, 999) <= 60 for piece in old)

    assert within_60_days(BAGS) > 1.1 * within_60_days(WALLETS)


def test_emerging_brands_gain_share(kept: list[tuple[OrderPlan, LinePlan]]) -> None:
    emerging = ("Miu Miu", "The Row", "Loewe")
    first = [line.piece.model.brand in emerging for order, line in kept if order.at.year == 2025]
    later = [line.piece.model.brand in emerging for order, line in kept if order.at.year == 2026]
    assert mean(later) > 1.4 * mean(first)


def test_most_pieces_sell_and_some_grow_old(full: Plan, kept: list[tuple[OrderPlan, LinePlan]]) -> None:
    sold = {line.piece.number for _, line in kept}
    listed = [piece for piece in full.pieces if full.span.day_of(piece.listed_at) <= TODAY]
    old = [p for p in listed if p.number not in sold and (TODAY - p.listed_at.date()).days > 90]
    assert 0.65 <= len(sold) / len(listed) <= 0.88
    assert 50 <= len(old) <= 300


def test_no_consigned_piece_sells_below_its_floor(full: Plan) -> None:
    lines = [line for order in full.orders for line in order.lines if line.piece.floor is not None]
    assert len(lines) > 100
    assert all(line.price - line.discount >= line.piece.floor for line in lines)


def test_a_piece_has_one_buyer_at_a_time(full: Plan) -> None:
    """It can be sold again only after it was cancelled or came back."""
    free_from = {}
    for order in full.orders:
        back = range(len(order.lines)) if order.fate.kind == "cancelled" else [order.fate.line]
        for place, line in enumerate(order.lines):
            number = line.piece.number
            assert number not in free_from or free_from[number] < order.at
            returns = order.fate.kind in ("cancelled", "returned") and place in back
            free_from[number] = order.fate.at if returns else full.span.at(date(9999, 1, 1), 0)


def test_each_touchpoint_that_an_order_names_was_clicked_before(full: Plan) -> None:
    clicks = {(talk.person, talk.campaign) for talk in full.talk if talk.kind == "click"}
    through = [order for order in full.orders if order.campaign is not None]
    assert len(through) > 80
    assert all((order.person.number, order.campaign.name) in clicks for order in through)
