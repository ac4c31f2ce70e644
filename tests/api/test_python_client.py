"""clients/python/lacelux_client.py: any question in two lines, against the real server."""

import builtins
import sys
from collections.abc import Callable
from importlib import util
from types import SimpleNamespace
from typing import Any
from urllib.error import URLError

import pytest
from boutique import MARCH, Boutique, boutique
from django.conf import settings

from lacelux.access.keys import issue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def client() -> Any:
    spec = util.spec_from_file_location("lacelux_client", settings.BASE_DIR / "clients/python/lacelux_client.py")
    assert spec
    assert spec.loader
    module = sys.modules["lacelux_client"] = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def march(transactional_db: None) -> Boutique:
    return boutique()


@pytest.fixture
def shop(march: Boutique, client: Any, live_server: Any) -> Callable[[str], Any]:
    return lambda role: client.Shop(live_server.url + "/", issue(name=f"notebook-{role}", role=role)[1])


@pytest.fixture
def _without_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def imported(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "pandas":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", imported)


def test_a_question_is_asked_in_two_lines(shop: Callable[[str], Any]) -> None:
    answer = shop("owner").ask("brands/performance", period=MARCH)
    best = answer[0]
    assert (best["brand"], best["revenue"], len(answer)) == ("Chanel", 2000.0, len(answer.rows))
    assert sum(row["revenue"] for row in answer) == 3215.0
    assert answer.period["start"] == "2026-03-01"
    assert answer.as_of


def test_a_table_is_a_frame_where_pandas_is(shop: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def frame(rows: Any, columns: Any) -> Any:
        return rows, columns

    answer = shop("owner").ask("brands/performance", period=MARCH)
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=frame))
    assert answer.table() == (answer.rows, [column["name"] for column in answer.columns])


@pytest.mark.usefixtures("_without_pandas")
def test_without_pandas_a_table_is_text(shop: Callable[[str], Any]) -> None:
    heads, first, *_ = shop("owner").ask("brands/performance", period=MARCH).table().splitlines()
    assert "Revenue" in heads
    assert "Chanel" in first
    assert heads.index("Revenue") + len("Revenue") == first.index("2000.0") + len("2000.0")


def test_several_values_of_a_filter_are_a_list(shop: Callable[[str], Any], march: Boutique) -> None:
    brands = [march.brands[name].pk for name in ("Chanel", "Hermès")]
    answer = shop("owner").ask("brands/performance", period=MARCH, brand=brands, channel=None)
    assert {row["brand"] for row in answer} == {"Chanel", "Hermès"}


def test_a_listing_is_followed_page_by_page(shop: Callable[[str], Any]) -> None:
    first = shop("owner").ask("sales/entries", period="all", limit=4)
    pages = list(first.pages())
    assert [len(page) for page in pages[:-1]] == [4] * (len(pages) - 1)
    assert sum(map(len, pages)) == first.total_rows > 4


def test_a_key_sees_what_its_role_may(shop: Callable[[str], Any]) -> None:
    assert "profit" in shop("manager").ask("brands/performance", period=MARCH)[0]
    viewer = shop("viewer")
    assert "profit" not in viewer.ask("brands/performance", period=MARCH)[0]
    assert "brands/performance" in {question["slug"] for question in viewer.questions()}


def test_what_the_shop_refuses_is_told(shop: Callable[[str], Any], client: Any) -> None:
    with pytest.raises(client.ShopError, match="colour") as refusal:
        shop("owner").ask("brands/performance", colour="red")
    assert (refusal.value.status, refusal.value.code, list(refusal.value.fields)) == (400, "invalid", ["colour"])
    with pytest.raises(client.ShopError, match="403"):
        shop("pos").ask("brands/performance")
    with pytest.raises(client.ShopError, match="404"):
        shop("staff").ask("nothing/here")


def test_a_wrong_key_and_a_wrong_address_are_told_apart(client: Any, live_server: Any) -> None:
    with pytest.raises(client.ShopError, match="401"):
        client.Shop(live_server.url, "lx_wrong").questions()
    with pytest.raises(URLError):
        client.Shop("http://127.0.0.1:9", "lx_wrong", timeout=2).questions()
