"""Every page of the sidebar, as a person meets it. The fixture `page` fails on any error the browser reports."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response, expect

from analytics.catalogue import ANALYSES
from tests.running.shop import RunningShop

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
FOCUSED = "(document.activeElement.innerText || document.activeElement.name || document.activeElement.title).trim()"


def sidebar_of(page: Page, shop: RunningShop) -> list[str]:
    """Paths that the sidebar leads to, once each."""
    hrefs = page.locator("nav a[href], aside a[href]").evaluate_all("links => links.map(link => link.href)")
    own = [urlsplit(href) for href in hrefs if href.startswith(shop.url) and "logout" not in href]
    return list(dict.fromkeys(address.path for address in own))


def open_page(page: Page, shop: RunningShop, path: str) -> Response:
    response = page.goto(shop.url + path, wait_until="load")
    page.wait_for_load_state("networkidle")
    assert response is not None
    assert response.status == 200, path
    return response


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


def every_page(page: Page, shop: RunningShop) -> list[str]:
    questions = [f"/analytics/{slug}/" for slug in ANALYSES]
    return list(dict.fromkeys(["/", *sidebar_of(page, shop), *questions]))


def test_every_page_opens_without_an_error_and_fits_a_phone(
    log_in: Callable[[str], Page], demo_shop: RunningShop
) -> None:
    page = log_in("owner")
    paths = every_page(page, demo_shop)
    assert len(paths) > 15
    too_wide = {}
    for path in paths:
        open_page(page, demo_shop, path)
        if path.startswith("/api/"):
            continue
        assert page.locator("h1").first.inner_text().strip(), path
        page.set_viewport_size(PHONE)
        too_wide[path] = overflow(page)
        page.set_viewport_size(DESK)
    assert not {path: wider for path, wider in too_wide.items() if wider}


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
            plot.scroll_into_view_if_needed()
            expect(plot).to_have_attribute("data-drawn", "true")
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
