"""The mart is fresh to the last commit, sees what readers see, and survives what databases go through."""

import json
import random
import threading
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from analytics.counting import distinct, marked
from analytics.mart import changes, replica, snapshot
from analytics.mart.capture import CAPTURE
from analytics.mart.replica import Replica, mart
from analytics.mart.tables import TABLES
from analytics.models import Change, Database
from customers.models import Customer
from inventory.models import Brand, Product
from lacelux.intake.models import Batch
from lacelux.lib.zones import offsets
from sales.models import Adjustment, Channel, Order, OrderLine, Refund

NOON = datetime(2026, 3, 11, 16, tzinfo=UTC)
numbers = count(1)


def channel() -> Channel:
    return Channel.objects.get_or_create(code="whatnot", defaults={"name": "Whatnot"})[0]


def order(**values: object) -> Order:
    return Order.objects.create(
        **{"source": "till", "number": str(next(numbers)), "channel": channel(), "ordered_at": NOON, "currency": "USD"}
        | values
    )


def line(order: Order, gross: str = "100.00", **values: object) -> OrderLine:
    money = Decimal(gross)
    return OrderLine(**{"order": order, "unit_price": money, "gross": money, "sold_at": order.ordered_at} | values)


def ask(sql: str) -> list[tuple[object, ...]]:
    with mart().session() as session:
        return session.query(sql)


def revenue() -> Decimal | None:
    return ask("SELECT sum(revenue) FROM sales")[0][0]  # type: ignore[return-value]


@pytest.mark.django_db(transaction=True)
class TestFreshness:
    def test_an_empty_shop_answers(self):
        assert revenue() is None

    def test_a_saved_line_is_there_at_the_next_question(self):
        revenue()
        line(order()).save()
        assert revenue() == Decimal("100.00")

    def test_bulk_create_is_seen(self):
        revenue()
        OrderLine.objects.bulk_create(line(order(), f"{n}.10") for n in (1, 2, 3))
        assert revenue() == Decimal("6.30")

    def test_update_of_many_is_seen(self):
        OrderLine.objects.bulk_create(line(order()) for _ in range(3))
        revenue()
        OrderLine.objects.update(gross=Decimal("20.05"))
        assert revenue() == Decimal("60.15")

    def test_raw_sql_is_seen(self):
        line(order()).save()
        revenue()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE sales_orderline SET gross = 7.25")
        assert revenue() == Decimal("7.25")

    def test_a_delete_is_seen(self):
        kept, gone = order(), order()
        line(kept, "1.00").save()
        line(gone, "2.00").save()
        assert revenue() == Decimal("3.00")
        gone.delete()
        assert revenue() == Decimal("1.00")

    def test_what_was_rolled_back_never_was(self):
        line(order()).save()
        revenue()
        with transaction.atomic():
            OrderLine.objects.update(gross=Decimal("5.00"))
            transaction.set_rollback(True)
        assert revenue() == Decimal("100.00")
        line(order(), "1.00").save()  # on SQLite this change takes the id of one that was rolled back
        assert revenue() == Decimal("101.00")

    def test_uncommitted_rows_of_another_are_not_seen_and_do_not_block(self):
        revenue()
        with transaction.atomic():
            line(order()).save()
            assert revenue() is None
        assert revenue() == Decimal("100.00")

    def test_cancelling_an_order_takes_its_lines_out(self):
        cancelled = order()
        line(cancelled).save()
        assert revenue() == Decimal("100.00")
        Order.objects.filter(id=cancelled.id).update(state="cancelled", cancelled_at=NOON)
        assert revenue() == 0 or revenue() is None

    def test_renaming_a_brand_touches_one_row_and_shows_at_once(self):
        brand = Brand.objects.create(name="Channel")
        piece = Product.objects.create(sku="CC-1", brand=brand)
        line(order(), product=piece).save()
        assert ask("SELECT brand, sum(revenue) FROM sales GROUP BY brand") == [("Channel", Decimal("100.00"))]
        before = Change.objects.count()
        brand.name = "Chanel"
        brand.save()
        assert Change.objects.count() == before + 1
        assert ask("SELECT brand, sum(revenue) FROM sales GROUP BY brand") == [("Chanel", Decimal("100.00"))]

    def test_moving_a_piece_to_another_brand_moves_its_entries(self):
        prada = Brand.objects.create(name="Prada")
        piece = Product.objects.create(sku="P-1")
        line(order(), product=piece).save()
        assert ask("SELECT brand FROM sales") == [(None,)]
        Product.objects.filter(id=piece.id).update(brand=prada)
        assert ask("SELECT brand FROM sales") == [("Prada",)]

    def test_what_the_mart_does_not_read_is_not_noted(self):
        piece = Product.objects.create(sku="V-1")
        before = Change.objects.count()
        Product.objects.filter(id=piece.id).update(views_count=9, notes="dust bag missing")
        assert Change.objects.count() == before

    def test_every_kind_of_entry_has_its_signs(self):
        sold = order()
        first = line(sold, "100.00", discount=Decimal("10.00"), cost=Decimal("40.00"), fees=Decimal("8.00"))
        first.save()
        Refund.objects.create(
            source="till", number="R1", order=sold, line=first, channel=channel(), quantity=1, amount=Decimal("30.00"),
            fees_returned=Decimal("2.40"), cost_returned=Decimal("0.00"), refunded_at=NOON,
        )  # fmt: skip
        Refund.objects.create(
            source="till", number="R2", order=sold, line=first, channel=channel(), amount=Decimal("5.00"),
            state="asked", refunded_at=NOON,
        )  # fmt: skip
        Adjustment.objects.create(kind="adjustment", source="till", amount=Decimal("-1.50"), adjusted_at=NOON)
        Adjustment.objects.create(kind="write_off", source="till", cost=Decimal("12.00"), quantity=1, adjusted_at=NOON)
        rows = ask("SELECT kind, units, gross, discounts, refunds, revenue, cost, fees, profit, loss FROM sales")
        money = [[str(value) for value in row] for row in sorted(rows, key=lambda row: str(row[0]))]
        assert money == [
            ["adjustment", "0", "0.00", "0.00", "0.00", "-1.50", "0.00", "0.00", "-1.50", "0.00"],
            ["refund", "-1", "0.00", "0.00", "30.00", "-30.00", "0.00", "-2.40", "-27.60", "0.00"],
            ["sale", "1", "100.00", "10.00", "0.00", "90.00", "40.00", "8.00", "42.00", "0.00"],
            ["write_off", "0", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "12.00"],
        ]

    def test_one_line_stands_for_its_order_through_every_change(self):
        def counts() -> tuple[object, ...]:
            return ask(f"SELECT {marked()}, {distinct()} FROM entry")[0]

        orders = [order() for _ in range(4)]
        for sold in orders:
            OrderLine.objects.bulk_create(line(sold) for _ in range(3))
        assert counts() == (4, 4)
        first = orders[0].lines.order_by("id").first()
        first.delete()  # the marked line goes: another takes its place
        assert counts() == (4, 4)
        orders[1].lines.update(gross=0)  # giveaways make no order
        assert counts() == (3, 3)
        orders[2].lines.filter(id=orders[2].lines.last().id).update(sold_at=NOON + timedelta(days=40))
        assert ask(f"SELECT date, {marked()} FROM entry GROUP BY date ORDER BY date") == [
            (date(2026, 3, 11), 3),
            (date(2026, 4, 20), 1),
        ]
        orders[3].delete()
        assert counts() == (2, 2)

    def test_control_without_the_triggers_a_change_is_missed(self):
        line(order()).save()
        revenue()
        CAPTURE.drop(connection)
        try:
            OrderLine.objects.update(gross=Decimal("1.00"))
            assert revenue() == Decimal("100.00")
        finally:
            CAPTURE.install(connection)

    def test_capture_survives_migrations(self):
        revenue()
        call_command("migrate", "sales", "zero", verbosity=0, interactive=False)
        call_command("migrate", verbosity=0, interactive=False)
        line(order()).save()
        assert revenue() == Decimal("100.00")

    def test_a_flush_empties_the_mart_too(self):
        line(order()).save()
        assert revenue() == Decimal("100.00")
        call_command("flush", verbosity=0, interactive=False)
        assert revenue() is None
        line(order(), "3.00").save()
        assert revenue() == Decimal("3.00")

    @pytest.mark.postgres
    def test_a_transaction_that_commits_late_is_not_missed(self):
        revenue()
        late, early = connections["default"].copy(), connection
        try:
            sold = order()
            late.set_autocommit(False)
            with late.cursor() as cursor:  # takes its change id first …
                cursor.execute(
                    "INSERT INTO sales_orderline (order_id, description, quantity, unit_price, gross, discount, fees,"
                    " cost, sold_at, holds_piece) VALUES (%s, '', 1, 5, 5, 0, 0, 0, now(), false)",
                    [sold.id],
                )
            line(sold, "100.00").save(using=early.alias)
            assert revenue() == Decimal("100.00")
            late.commit()  # … and commits last
            assert revenue() == Decimal("105.00")
        finally:
            late.close()

    @pytest.mark.postgres
    def test_truncate_is_seen(self):
        line(order()).save()
        revenue()
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE sales_orderline CASCADE")
        assert not revenue()


@pytest.mark.django_db(transaction=True)
class TestPublishing:
    def test_rows_of_an_unpublished_batch_do_not_exist(self):
        batch = Batch.objects.create(format="online-retail", source="online-retail")
        revenue()
        before = Change.objects.count()
        ann = Customer.staged.create(name="Ann", batch=batch)
        line(order(batch=batch, customer=ann), batch=batch).save()
        assert Change.objects.count() == before + 1  # the channel alone
        assert revenue() is None
        assert ask("SELECT count(*) FROM customers") == [(0,)]

    def test_publishing_is_one_flip_that_shows_all(self):
        batch = Batch.objects.create(format="online-retail", source="online-retail")
        ann = Customer.staged.create(name="Ann", batch=batch)
        line(order(batch=batch, customer=ann), batch=batch).save()
        revenue()
        Batch.objects.filter(id=batch.id).update(state="published", published_at=timezone.now())
        assert ask("SELECT customer, sum(revenue) FROM sales GROUP BY customer") == [("Ann", Decimal("100.00"))]

    def test_a_large_batch_is_read_in_beside_the_answers_which_say_how_old_they_are(self, monkeypatch):
        monkeypatch.setattr(replica, "MOST_AT_ONCE", 5)
        line(order(), "1.00").save()
        assert revenue() == Decimal("1.00")
        batch = Batch.objects.create(format="online-retail", source="online-retail")
        OrderLine.staged.bulk_create(line(order(batch=batch), batch=batch) for _ in range(10))
        go, real = threading.Event(), replica.replace_touched
        monkeypatch.setattr(replica, "replace_touched", lambda *all_: (go.wait(20), real(*all_)))
        Batch.objects.filter(id=batch.id).update(state="published", published_at=timezone.now())
        asked_at = timezone.now()
        with mart().session() as session:
            assert session.query("SELECT sum(revenue) FROM sales")[0][0] == Decimal("1.00")
            assert session.as_of < asked_at
            assert "still being read in" in session.notes[0]
        go.set()
        mart().wait()
        with mart().session() as session:
            assert session.query("SELECT sum(revenue) FROM sales")[0][0] == Decimal("1001.00")
            assert session.as_of >= asked_at
            assert session.notes == []


@pytest.mark.django_db(transaction=True)
class TestSnapshot:
    @pytest.fixture(autouse=True)
    def _folder(self, settings, tmp_path):
        settings.MART_DIR = tmp_path / "mart"

    def started(self) -> tuple[Replica, list[tuple[object, ...]]]:
        """A new process's replica, and what it answers."""
        fresh = Replica()
        with fresh.session() as session:
            rows = session.query("SELECT sum(revenue) FROM sales")
        fresh.disconnect()
        return fresh, rows

    def test_a_process_starts_from_it_and_adds_what_came_since(self, monkeypatch):
        line(order()).save()
        snapshot.write(mart())
        line(order(), "1.00").save()
        monkeypatch.setattr(Replica, "_reload", lambda *_: pytest.fail("read everything again"))
        assert self.started()[1] == [(Decimal("101.00"),)]

    def test_every_table_comes_back_as_it_was(self):
        line(order(), product=Product.objects.create(sku="A-1", list_price=Decimal("9.99"))).save()
        whole = {table.name: ask(f"SELECT * FROM {table.name} ORDER BY ALL") for table in TABLES}
        snapshot.write(mart())
        replica.use(Replica())
        assert {table.name: ask(f"SELECT * FROM {table.name} ORDER BY ALL") for table in TABLES} == whole

    @pytest.mark.parametrize("name", ["database", "tables", "zone", "currency"])
    def test_one_that_is_not_ours_is_left_alone(self, name, settings):
        line(order()).save()
        snapshot.write(mart())
        OrderLine.objects.all().delete()
        Change.objects.exclude(id=Change.objects.order_by("id").last().id).delete()
        current = settings.MART_DIR / "current.json"
        current.write_text(json.dumps(json.loads(current.read_text()) | {name: "another"}))
        assert self.started()[1] == [(None,)]

    def test_a_rewound_database_is_read_again(self):
        line(order()).save()
        snapshot.write(mart())
        call_command("flush", verbosity=0, interactive=False)
        Database.objects.update(
            uuid=json.loads((snapshot.Path(snapshot.settings.MART_DIR) / "current.json").read_text())["database"]
        )
        line(order(), "2.00").save()
        assert self.started()[1] == [(Decimal("2.00"),)]

    def test_a_damaged_file_costs_nothing_but_time(self, settings):
        line(order()).save()
        folder = snapshot.write(mart())
        assert folder
        (folder / "entry.parquet").write_bytes(b"not parquet")
        assert self.started()[1] == [(Decimal("100.00"),)]

    def test_pruning_keeps_the_newest_and_who_lags_reloads(self):
        line(order()).save()
        revenue()
        for gross in ("2.00", "3.00"):
            OrderLine.objects.update(gross=Decimal(gross))
        Change.objects.update(changed_at=timezone.now() - timedelta(days=3))
        assert changes.prune() > 0
        assert Change.objects.count() == 1
        assert revenue() == Decimal("3.00")


ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Pacific/Chatham",
)


@pytest.mark.parametrize("zone", ZONES)
def test_offsets_agree_with_zoneinfo_second_by_second_around_each_change(zone):
    table = offsets(zone)
    for (since, seconds), (_, before) in zip(table[1:], table, strict=False):
        change = since.replace(tzinfo=UTC)
        assert change.astimezone(ZoneInfo(zone)).utcoffset() == timedelta(seconds=seconds)
        assert (change - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).utcoffset() == timedelta(seconds=before)


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ZONES)
def test_days_and_hours_around_clock_changes_equal_an_independent_sum(zone, settings):
    """Bar C2, over 10,000 sales in all: the days of 23 and 25 hours too."""
    settings.SHOP_TIME_ZONE = zone
    chance, sold = random.Random(7), order()
    changes_ = [since for since, _ in offsets(zone) if date(2025, 1, 1) <= since.date() <= date(2026, 12, 31)]
    around = changes_ or [datetime(2026, 3, 8, 7)]
    expected: dict[tuple[date, int, int], Decimal] = defaultdict(Decimal)
    lines = []
    for _ in range(1_700):
        at = (chance.choice(around) + timedelta(seconds=chance.randint(-90_000, 90_000))).replace(tzinfo=UTC)
        gross = Decimal(chance.randint(1, 99_999)) / 100
        lines.append(line(sold, str(gross), sold_at=at))
        local = at.astimezone(ZoneInfo(zone))
        expected[local.date(), local.isoweekday(), local.hour] += gross
    OrderLine.objects.bulk_create(lines)
    found = ask("SELECT date, weekday, hour, sum(revenue) FROM sales GROUP BY ALL")
    assert {(day, weekday, hour): total for day, weekday, hour, total in found} == expected
    assert revenue() == sum(expected.values())


@pytest.mark.django_db
def test_half_a_million_rows_add_up_to_the_cent():
    """Bar C3. The control: the database's own sum over floating-point decimals, on SQLite, is off."""
    sold = order()
    numbered = (
        "(SELECT generate_series(1, 500000) AS n)"
        if connection.vendor == "postgresql"
        else "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 500000) SELECT n FROM s)"
    )
    price = "((n * CAST(7919 AS BIGINT)) % 1000003) / 100.0"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sales_orderline (order_id, description, quantity, unit_price, gross, discount, fees, cost,"
            f" sold_at, holds_piece) SELECT {sold.id}, '', 1, {price}, {price}, 0, 0, 0, '2026-03-11 16:00:00',"
            f" {'false' if connection.vendor == 'postgresql' else '0'} FROM {numbered} numbered"
        )
    exact = Decimal(sum((n * 7919) % 1000003 for n in range(1, 500_001))) / 100
    assert revenue() == exact
    assert ask("SELECT count(*) FROM sales") == [(500_000,)]


@pytest.mark.django_db
def test_money_per_rounds_half_up():
    assert ask("SELECT money_per(10.05, 2), money_per(-10.05, 2), money_per(1.00, 3), money_per(1, 0)") == [
        (Decimal("5.03"), Decimal("-5.03"), Decimal("0.33"), None)
    ]
