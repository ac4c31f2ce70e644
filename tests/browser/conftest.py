"""A demo shop run as people run it, and a person who has logged in."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.running.shop import RunningShop, manage


@pytest.fixture(scope="session")
def demo_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """Four months of a small demo shop under the real server. Tests only look."""
    folder = tmp_path_factory.mktemp("demo")
    manage(folder, "migrate", "--verbosity", "0")
    manage(folder, "demo", "--months", "4", "--scale", "0.2")
    with RunningShop(folder) as shop:
        yield shop


@pytest.fixture
def log_in(page: Page, demo_shop: RunningShop) -> Callable[[str], Page]:
    """`log_in("manager")`: the page after the demo's person has logged in by hand."""

    def log_in(username: str) -> Page:
        page.goto(f"{demo_shop.url}/admin/login/")
        page.locator("input[name=username]").fill(username)
        page.locator("input[name=password]").fill("lace-luxx-demo")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    return log_in
