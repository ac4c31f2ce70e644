"""Every page of the sidebar, as a person meets it. The fixture `page` fails on any error the browser reports."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from analytics.catalogue import ANALYSES
from tests.running.shop import RunningShop

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PHONE = {"width": 390, "height": 844}
FOCUSED = "(document.activeElement.innerText || document.activeElement.name || document.activeElement.title).trim()"


def sidebar_of(page: Page, shop: RunningShop) -> list[str]:
    """Paths that the sidebar leads to, once each."""
    hrefs = page.locator("nav a[href], aside a[href]").evaluate_all("links => links.map(link => link.href)")
    own = [urlsplit(href) for href in hrefs if href.startswith(shop.url) and "logout" not in href]
    return list(dict.fromkeys(address.path for address in own))


def open_page(page: Page, shop: RunningShop, path: str) -> None:
    """The page with what it loads, its first chart drawn."""
    response = page.goto(shop.url + path)
    assert response is not None
    assert response.status == 200, path
    for plot in page.locator("[data-plot]").all()[:1]:
        draw(plot)


def draw(plot: Locator) -> None:
    """A chart is drawn when it comes into view."""
    plot.scroll_into_view_if_needed()
    expect(plot).to_have_attribute("data-drawn", "true", timeout=15_000)


def fits(page: Page) -> bool:
    """Whether the page is no wider than the window, once what it shows has been fitted to it."""
    try:
        page.wait_for_function(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth", timeout=5000
        )
    except PlaywrightTimeout:
        return False
    return True


def every_page(page: Page, shop: RunningShop) -> list[str]:
    questions = [f"/analytics/{slug}/" for slug in ANALYSES]
    return list(dict.fromkeys(["/", *sidebar_of(page, shop), *questions]))


def test_every_page_opens_without_an_error(log_in: Callable[[str], Page], demo_shop: RunningShop) -> None:
    page = log_in("owner")
    paths = every_page(page, demo_shop)
    assert len(paths) > 15
    for path in paths:
        open_page(page, demo_shop, path)
        if not path.startswith("/api/"):
            assert page.locator("h1").first.inner_text().strip(), path


def test_nothing_is_wider_than_a_phone(log_in: Callable[[str], Page], demo_shop: RunningShop) -> None:
    page = log_in("owner")
    paths = [path for path in every_page(page, demo_shop) if not path.startswith("/api/")]
    page.set_viewport_size(PHONE)
    too_wide = []
    for path in paths:
        open_page(page, demo_shop, path)
        if not fits(page):
            too_wide.append(path)
    assert not too_wide


@pytest.mark.parametrize("who", ["manager", "staff", "viewer"])
def test_the_sidebar_leads_nobody_to_a_refusal(log_in: Callable[[str], Page], demo_shop: RunningShop, who: str) -> None:
    page = log_in(who)
    paths = sidebar_of(page, demo_shop)
    assert paths
    answers = {path: page.request.get(demo_shop.url + path).status for path in paths}
    assert set(answers.values()) == {200}, answers


def test_every_question_draws_its_chart_and_its_table(log_in: Callable[[str], Page], demo_shop: RunningShop) -> None:
    page = log_in("owner")
    for slug, analysis in ANALYSES.items():
        open_page(page, demo_shop, f"/analytics/{slug}/")
        assert page.locator("table tbody tr").count(), slug
        plots = page.locator("[data-plot]").all()
        assert plots or not analysis.chart or page.locator(".tile").count(), f"{slug} shows no chart"
        for plot in plots:
            draw(plot)
            expect(plot.locator(".main-svg").first).to_be_visible()


def test_a_page_of_figures_can_be_used_by_keyboard(log_in: Callable[[str], Page], demo_shop: RunningShop) -> None:
    """Tab reaches a link of the sidebar, the choice of the period, and a download."""
    page = log_in("manager")
    open_page(page, demo_shop, f"/analytics/{next(iter(ANALYSES))}/")
    reached = set()
    for _ in range(250):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(f"{FOCUSED}.toLowerCase()"))
    assert any("overview" in name for name in reached)
    assert any("period" in name for name in reached)
    assert any("csv" in name for name in reached)
