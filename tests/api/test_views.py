"""POST /api/views/: a view counts once for a session within half an hour, robots never, and everybody hears 202."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient
from server import serving

from inventory import viewing
from inventory.models import Product, ProductView
from inventory.services import views
from inventory.services.views import Seen, count_views
from lacelux.access.sitekeys import site_keys
from sales.integrity import violations

Look = Callable[..., Response]
pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def look(shop: SimpleNamespace) -> Look:
    """`look("LV-1", session="b", agent="curl/8")`: the answer to one view."""

    def post(product: Any = "LV-1", *, session: Any = "a", agent: str = FIREFOX, key: str | None = None) -> Response:
        headers = {"User-Agent": agent, "X-Site-Key": site_keys()[0] if key is None else key}
        return APIClient().post("/api/views/", {"product": product, "session": session}, headers=headers)

    return post


def count(shop: SimpleNamespace) -> tuple[int, int]:
    shop.speedy.refresh_from_db()
    return ProductView.objects.count(), shop.speedy.views_count


def test_a_view_is_noted_with_its_time_and_counted(shop: SimpleNamespace, look: Look, clock: Any) -> None:
    answer = look()
    assert (answer.status_code, answer.content) == (202, b"")
    seen = ProductView.objects.get()
    assert (seen.product, seen.session, seen.viewed_at) == (shop.speedy, "a", timezone.now())
    assert count(shop) == (1, 1)


def test_a_session_counts_once_within_thirty_minutes(shop: SimpleNamespace, look: Look, clock: Any) -> None:
    for minutes, expected in ((0, 1), (29, 1), (1, 2), (29, 2), (31, 3)):
        clock.shift(timedelta(minutes=minutes))
        assert look().status_code == 202
        assert count(shop) == (expected, expected)


def test_another_session_and_another_piece_count_for_themselves(shop: SimpleNamespace, look: Look) -> None:
    look()
    look(session="b")
    look("LV-2")
    look(shop.neverfull.pk)
    assert count(shop) == (3, 2)


@pytest.mark.parametrize(
    "agent",
    [
        "", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bingbot/2.0", "HeadlessChrome",
        "facebookexternalhit/1.1", "UptimeRobot/2.0", "Some Crawler", "WhatsApp LinkPreview", "AhrefsBot/7.0",
    ],
)  # fmt: skip
def test_robots_hear_the_same_and_count_for_nothing(shop: SimpleNamespace, look: Look, agent: str) -> None:
    assert look(agent=agent).status_code == 202
    assert count(shop) == (0, 0)


@pytest.mark.parametrize("agent", [FIREFOX, "curl/8.5", "python-requests/2.32"])
def test_who_does_not_say_to_be_a_robot_counts(shop: SimpleNamespace, look: Look, agent: str) -> None:
    look(agent=agent)
    assert count(shop) == (1, 1)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"product": "NO"}, "product"), ({"product": 999_999}, "product"), ({"product": 10**30}, "product"),
        ({"product": True}, "product"), ({"product": None}, "product"), ({"product": []}, "product"),
        ({"session": ""}, "session"), ({"session": None}, "session"), ({"session": "x" * 65}, "session"),
    ],
)  # fmt: skip
def test_nonsense_is_a_400_that_names_the_field(look: Look, said: dict[str, Any], field: str) -> None:
    answer = look(**said)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, [field])
    assert not ProductView.objects.exists()


def test_a_view_without_a_session_or_with_more_is_refused(shop: SimpleNamespace) -> None:
    for body in ({"product": "LV-1"}, {"product": "LV-1", "session": "a", "colour": "red"}, [], "LV-1"):
        answer = APIClient().post("/api/views", body, headers={"X-Site-Key": site_keys()[0]})
        assert answer.status_code in (400, 403), answer.content
    assert not ProductView.objects.exists()


@pytest.mark.parametrize("key", ["", "wrong", "site_"])
def test_without_the_site_key_nothing_is_taken(look: Look, key: str) -> None:
    answer = look(key=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "permission_denied")
    assert not ProductView.objects.exists()


def test_the_site_key_may_stand_in_the_body_as_a_beacon_needs_it(shop: SimpleNamespace) -> None:
    body = json.dumps({"product": "LV-1", "session": "a", "site_key": site_keys()[0]})
    for kind in ("application/json", "text/plain;charset=UTF-8"):
        answer = Client(headers={"User-Agent": FIREFOX}).post("/api/views", body, content_type=kind)
        assert answer.status_code == 202, answer.content
    assert count(shop) == (1, 1)


def test_the_site_key_is_the_installation_s_own_unless_the_settings_name_others(look: Look, settings: Any) -> None:
    said = StringIO()
    call_command("site_key", stdout=said)
    own = said.getvalue().strip()
    assert own.startswith("site_")
    assert look(key=own).status_code == 202
    settings.SITE_KEYS = ["spring", "summer"]
    assert [look(key=key).status_code for key in ("spring", "summer", own)] == [202, 202, 403]


def test_an_address_has_a_limit_of_its_own(look: Look, settings: Any) -> None:
    settings.THROTTLE_VIEWS = "3/hour"
    assert [look(session=str(n)).status_code for n in range(4)] == [202, 202, 202, 429]


def test_a_view_touches_no_figure_of_the_stock(shop: SimpleNamespace, look: Look) -> None:
    versions = shop.speedy.history.count()
    look()
    assert shop.speedy.history.count() == versions
    assert not violations()


def test_views_of_a_piece_that_is_gone_are_passed_over(shop: SimpleNamespace) -> None:
    gone = Seen(10**12, "a", timezone.now())
    assert count_views([gone, Seen(shop.speedy.pk, "a", timezone.now())]) == 1


def test_many_views_at_once_are_counted_as_one_by_one(shop: SimpleNamespace) -> None:
    now = timezone.now()
    seen = [Seen(shop.speedy.pk, f"s{n % 450}", now + timedelta(minutes=20 * (n // 450))) for n in range(1_350)]
    assert count_views(seen) == 900  # at 0 and at 40 minutes; that at 20 is of the first
    assert count_views(seen) == 0
    assert count(shop) == (900, 900)


RACERS = 6


@pytest.fixture
def at_once(shop: SimpleNamespace) -> Callable[[], int]:
    """The same view by that many writers at one moment: how many of them counted it."""

    def race() -> int:
        seen, start = [Seen(shop.speedy.pk, "a", timezone.now())], threading.Barrier(RACERS)

        def write(_: int) -> int:
            start.wait(30)
            try:
                return count_views(seen)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(RACERS) as writers:
            return sum(writers.map(write, range(RACERS)))

    return race


@pytest.mark.django_db(transaction=True)
def test_the_same_view_written_at_once_counts_once(shop: SimpleNamespace, at_once: Callable[[], int]) -> None:
    assert at_once() == 1
    assert count(shop) == (1, 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_without_taking_turns_it_counts_more_than_once(
    at_once: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, all_looked = views._counted_before, threading.Barrier(RACERS)

    def look_and_wait(seen: Any) -> Any:
        found = looked(seen)
        all_looked.wait(30)
        return found

    monkeypatch.setattr(views, "_one_at_a_time", lambda: None)
    monkeypatch.setattr(views, "_counted_before", look_and_wait)
    assert at_once() == RACERS


@pytest.fixture
def _gathering(settings: Any) -> Iterator[None]:
    settings.VIEWS_WAIT = 0.05
    viewing._remembered.cache_clear()
    yield
    viewing.gathered.finish()
    viewing._remembered.cache_clear()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_gathering")
def test_views_are_gathered_and_written_a_moment_later(shop: SimpleNamespace, look: Look) -> None:
    for n in range(20):
        assert look(session=f"s{n % 10}").status_code == 202
    viewing.gathered.finish()
    assert count(shop) == (10, 10)


@pytest.mark.usefixtures("_gathering")
def test_where_the_database_does_not_keep_up_views_are_told_to_come_back(
    look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewing, "MOST_WAITING", 0)
    answer = look()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")


@pytest.mark.django_db(transaction=True)
def test_a_server_that_ends_well_has_written_what_it_took(
    shop: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_KEYS", "shop")
    monkeypatch.setenv("VIEWS_WAIT", "2")
    with serving(tmp_path, workers=1) as port:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for n in range(50):
            body = json.dumps({"product": "LV-1", "session": f"s{n}", "site_key": "shop"})
            line.request("POST", "/api/views/", body, {"User-Agent": FIREFOX, "Content-Type": "application/json"})
            answer = line.getresponse()
            answer.read()
            assert answer.status == 202
        line.close()
    assert count(shop) == (50, 50)


def test_every_sku_and_id_finds_its_piece_in_the_memory_too(shop: SimpleNamespace, settings: Any) -> None:
    settings.VIEWS_WAIT = 1
    viewing._remembered.cache_clear()
    assert viewing.product_id("LV-1") == viewing.product_id(shop.speedy.pk) == shop.speedy.pk
    with pytest.raises(Product.DoesNotExist):
        viewing.product_id("NO")
    viewing._remembered.cache_clear()
