"""Many buyers at once against the real server (bars A1 and A3), with their controls.

On SQLite the same holds because writers queue; only PostgreSQL can prove that nothing oversells.
"""

import http.client
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest
from buyers import post, sale
from django.db import connection
from server import serving

from inventory.models import Product, StockMovement
from inventory.services import list_product, receive
from lacelux.access.keys import issue
from lacelux.access.models import IdempotencyRecord
from sales.integrity import violations
from sales.models import Channel, Order, OrderLine

pytestmark = pytest.mark.django_db(transaction=True)
CALLERS = 20


@pytest.fixture(scope="module")
def port(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The real server, with all its protections."""
    with serving(tmp_path_factory.mktemp("server")) as port:
        yield port


@pytest.fixture
def key(transactional_db: None) -> str:
    Channel.objects.create(code="till", name="Till")
    return issue(name="till", role="pos")[1]


def pieces(count: int, quantity: int = 1) -> list[str]:
    """SKUs of that many listed pieces."""
    for n in range(count):
        product = Product.objects.create(sku=f"P-{n}", list_price=Decimal(450), is_one_of_one=quantity == 1)
        receive(product=product, quantity=quantity)
        list_product(product=product)
    return [f"P-{n}" for n in range(count)]


def buy_at_once(port: int, key: str, *, buyers: int, rounds: int, skus: list[str]) -> Counter[int]:
    script = str(Path(__file__).with_name("buyers.py"))
    running = [
        subprocess.Popen(
            [sys.executable, script, str(port), key, str(rounds), str(seed), *skus], stdout=subprocess.PIPE, text=True
        )
        for seed in range(buyers)
    ]
    statuses: Counter[int] = Counter()
    for process in running:
        said, _ = process.communicate()
        assert process.returncode == 0
        statuses.update({int(status): count for status, count in json.loads(said).items()})
    return statuses


def assert_each_sold_once(statuses: Counter[int], skus: list[str], attempts: int) -> None:
    assert statuses == {201: len(skus), 409: attempts - len(skus)}
    assert sorted(OrderLine.objects.values_list("product__sku", flat=True)) == sorted(skus)
    assert StockMovement.objects.filter(kind="sell").count() == len(skus)
    assert not Product.objects.exclude(status="sold").exists()
    assert not violations()


def test_four_buyers_of_the_same_fifty_pieces_get_each_once(key: str, port: int) -> None:
    skus = pieces(50)
    statuses = buy_at_once(port, key, buyers=4, rounds=1, skus=skus)
    assert_each_sold_once(statuses, skus, 4 * 50)


@pytest.mark.soak
@pytest.mark.postgres
@pytest.mark.timeout(900)
def test_eight_processes_of_five_hundred_sales_sell_a_hundred_pieces_once(key: str, port: int) -> None:
    skus = pieces(100)
    statuses = buy_at_once(port, key, buyers=8, rounds=5, skus=skus)
    assert_each_sold_once(statuses, skus, 8 * 500)


@pytest.fixture
def _no_constraint() -> Iterator[None]:
    """Without "one live sale line per piece", which alone would save naive code."""
    [constraint] = [one for one in OrderLine._meta.constraints if one.name == "sales_one_live_line_per_piece"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(OrderLine, constraint)
    yield
    OrderLine.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(OrderLine, constraint)


@pytest.mark.postgres
@pytest.mark.broken_books
@pytest.mark.usefixtures("_no_constraint")
def test_control_naive_stock_keeping_oversells(key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNPROTECTED", "stock")
    skus = pieces(20)
    with serving(tmp_path, "unprotected:application") as port:
        statuses = buy_at_once(port, key, buyers=6, rounds=1, skus=skus)
    assert statuses[201] > len(skus)
    assert violations()


def call_at_once(port: int, key: str) -> list[tuple[int, bytes, bool]]:
    """The answers to the same sale, with the same Idempotency-Key, asked for by twenty callers at one moment."""
    start = Barrier(CALLERS)

    def call(_: int) -> tuple[int, bytes, bool]:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connected:
            connected.connect()
            start.wait(30)
            return post(connected, key, sale("P-0"), "the same key")

    with ThreadPoolExecutor(CALLERS) as callers:
        return list(callers.map(call, range(CALLERS)))


def test_twenty_calls_with_one_key_at_once_have_one_effect_and_one_answer(key: str, port: int) -> None:
    pieces(1, quantity=50)
    answers = call_at_once(port, key)
    assert Counter(status for status, _, _ in answers) == {201: CALLERS}
    assert len({body for _, body, _ in answers}) == 1
    assert Counter(replayed for _, _, replayed in answers) == {True: CALLERS - 1, False: 1}
    assert (Order.objects.count(), IdempotencyRecord.objects.count()) == (1, 1)
    assert Product.objects.get().quantity_available == 49
    assert not violations()


def test_twenty_refusals_with_one_key_at_once_are_one_refusal(key: str, port: int) -> None:
    Product.objects.create(sku="P-0")
    answers = call_at_once(port, key)
    assert Counter(status for status, _, _ in answers) == {409: CALLERS}
    assert len({body for _, body, _ in answers}) == 1
    assert Order.objects.count() == 0


def test_control_without_memory_of_keys_each_call_sells(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNPROTECTED", "idempotency")
    pieces(1, quantity=50)
    with serving(tmp_path, "unprotected:application") as port:
        call_at_once(port, key)
    assert Order.objects.count() == CALLERS
