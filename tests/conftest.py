"""Shared fixtures: people in their roles, a frozen clock, real files, services, a browser."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright
from retail import online_retail  # noqa: F401  a fixture for all

from analytics.mart import replica
from analytics.mart.reader import SharedReader
from sales.integrity import violations

SERVICES_REQUIRED = os.environ.get("REQUIRE_SERVICES") == "1"
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
SERVICE_MARKERS = ("postgres", "redis", "browser")
MARKED_BY_FIXTURE = {"page": "browser", "browser": "browser", "redis_url": "redis", "real_data": "real_data"}

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure(config: pytest.Config) -> None:
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """What means something only on PostgreSQL is left out elsewhere; tests over the real ledger come last: it is
    committed.
    """
    for item in items:
        for fixture in set(MARKED_BY_FIXTURE) & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKED_BY_FIXTURE[fixture])
        if not touches_database(item):
            item.add_marker("once")
        if connection.vendor != "postgresql" and item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason="means something only on PostgreSQL"))
    yield
    items.sort(key=lambda item: "online_retail" in getattr(item, "fixturenames", ()))


def touches_database(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is not None or bool(
        (DATABASE_FIXTURES | {"django_db_setup"}) & set(getattr(item, "fixturenames", ()))
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Under REQUIRE_SERVICES=1 a test that skips for want of its service has failed."""
    report = yield
    if SERVICES_REQUIRED and report.skipped and any(map(item.get_closest_marker, SERVICE_MARKERS)):
        report.outcome = "failed"
        report.longrepr = f"skipped although REQUIRE_SERVICES=1: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _private_mart(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test asks a mart of its own: through its own transaction, or like a process where it commits."""
    marker = request.node.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"} & set(request.fixturenames) or (
        marker and marker.kwargs.get("transaction")
    )
    own = replica.Replica() if commits else replica.Replica(SharedReader.own, in_background=False)
    replica.use(own)
    yield
    for used in (own, replica.mart()):  # a test may have put another in place
        used.disconnect()
    replica.use(None)


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    """Throttles and memoised answers of one test must not reach the next."""
    yield
    if settings.REDIS_URL:
        cache.delete_many(_own_redis_keys())
    else:
        cache.clear()


def _own_redis_keys() -> list[str]:
    """The keys of this test process; another one may use the same Redis database."""
    prefix = f"{settings.TEST_WORKER}:1:"
    found = cache._cache.get_client().scan_iter(f"{prefix}*")
    return [key.decode().removeprefix(prefix) for key in found]


def _person(username: str, role: str) -> User:
    user = User.objects.create_user(username, f"{username}@lace-luxx.test", "a long password", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture(autouse=True)
def true_books(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test, stock, costs, sales and refunds agree to the piece and the cent; `broken_books` lets it be."""
    uses_database = request.node.get_closest_marker("django_db") or DATABASE_FIXTURES & set(request.fixturenames)
    if not uses_database or request.node.get_closest_marker("broken_books"):
        yield
        return
    request.getfixturevalue("db")  # so that it is still there afterwards
    yield
    if not connection.closed_in_transaction:  # by the end of a request that the test itself made out
        assert not (found := violations()), "\n".join(map(str, found))


@pytest.fixture
def owner(db: None) -> User:
    return _person("olivia", "owner")


@pytest.fixture
def manager(db: None) -> User:
    return _person("marcus", "manager")


@pytest.fixture
def staff(db: None) -> User:
    return _person("stella", "staff")


@pytest.fixture
def viewer(db: None) -> User:
    return _person("victor", "viewer")


@pytest.fixture
def pos(db: None) -> User:
    """The till's own account."""
    return _person("till", "pos")


@pytest.fixture
def client_as() -> Callable[[User], Client]:
    """`client_as(owner).get(…)`: a browser session of that person."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The time stands still on Wednesday, 11 March 2026, noon in the shop; `clock.shift(…)` moves it."""
    noon = datetime(2026, 3, 11, 12, tzinfo=ZoneInfo("America/New_York"))
    with time_machine.travel(noon, tick=False) as traveller:
        yield traveller


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real files, where it lies beside the project or `LACELUX_DATA` names it."""
    folder = Path(os.environ.get("LACELUX_DATA", settings.BASE_DIR.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("no folder of real files (LACELUX_DATA)")
    return folder


@pytest.fixture
def redis_url() -> str:
    """Where a Redis for tests is (`TEST_REDIS_URL` or `REDIS_URL`); mark the test `redis`."""
    url = os.environ.get("TEST_REDIS_URL") or settings.REDIS_URL
    if not url:
        pytest.skip("no Redis (TEST_REDIS_URL)")
    return url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium. Ends with its module: while it lives, Playwright keeps an event loop in this thread."""
    if not CHROMIUM:
        pytest.skip("no Chromium (CHROMIUM)")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # that loop would forbid the ORM
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a fresh, private window. Whatever goes wrong on it fails the test, as does a call abroad."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    troubles = watch(page)
    yield page
    context.close()
    assert not troubles, "\n".join(["the browser reported:", *troubles])


def watch(page: Page) -> list[str]:
    """A list that grows with each error the browser meets on `page`."""
    troubles: list[str] = []
    page.on("console", lambda m: troubles.append(f"{page.url}: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
    page.on("response", lambda r: troubles.append(f"{page.url}: {r.status} {r.url}") if r.status >= 400 else None)
    page.on("requestfailed", lambda r: troubles.append(f"{r.url}: {r.failure}") if _matters(r.failure) else None)
    page.on("request", lambda r: troubles.append(f"calls abroad: {r.url}") if _is_abroad(r.url) else None)
    return troubles


def _matters(failure: str | None) -> bool:
    return failure != "net::ERR_ABORTED"  # that is the browser itself, leaving a page or taking a download


def _is_abroad(url: str) -> bool:
    address = urlsplit(url)
    return address.scheme in ("http", "https", "ws", "wss") and address.hostname not in ("localhost", "127.0.0.1")
