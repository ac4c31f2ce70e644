"""The admin as people meet it: light, dark and on a phone, by mouse and by keyboard. `page` fails on any error."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from pieces import channel, piece
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from sales.services import SaleLine, record_sale

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

LISTS = ("inventory/product", "sales/order", "customers/customer", "sales/refund", "auth/user", "access/apikey")


@pytest.fixture
def signed_in(page: Page, live_server: LiveServer, owner: User) -> Callable[[str], Page]:
    page.goto(f"{live_server.url}/admin/login/?next=/admin/inventory/product/")
    page.fill("input[name=username]", "olivia")
    page.fill("input[name=password]", "a long password")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/inventory/product/")

    def go(path: str) -> Page:
        page.goto(live_server.url + path)
        page.wait_for_load_state("networkidle")
        return page

    return go


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize(
    ("scheme", "size"), [("light", (1280, 800)), ("dark", (390, 844))], ids=["desk, light", "phone, dark"]
)
def test_pages_open_without_an_error(
    signed_in: Callable[[str], Page], page: Page, scheme: str, size: tuple[int, int]
) -> None:
    speedy = piece("LV-1", cost="300.00")
    order = record_sale(channel=channel(), lines=[SaleLine(product=speedy, unit_price=Decimal(500))])
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    paths = [f"/admin/{name}/" for name in LISTS] + [
        f"/admin/inventory/product/{speedy.pk}/change/",
        f"/admin/inventory/product/{speedy.pk}/hold/",
        "/admin/inventory/product/add/",
        f"/admin/sales/order/{order.pk}/change/",
        f"/admin/sales/order/{order.pk}/refund/",
        "/admin/sales/order/add/",
    ]
    for path in paths:
        assert overflow(signed_in(path)) <= 0, path
    assert ("dark" in (page.locator("html").get_attribute("class") or "")) is (scheme == "dark")


def test_the_sidebar_works_by_keyboard(signed_in: Callable[[str], Page]) -> None:
    page = signed_in("/admin/inventory/product/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to content"
    people = page.get_by_role("button", name="People")
    assert people.get_attribute("aria-expanded") == "false"
    people.focus()
    page.keyboard.press("Enter")
    assert people.get_attribute("aria-expanded") == "true"
    assert page.get_by_role("link", name="Customers").is_visible()
    assert page.locator("[aria-current=page]").inner_text().strip().endswith("Products")


def test_the_phone_menu_opens_and_closes(signed_in: Callable[[str], Page]) -> None:
    page = signed_in("/admin/inventory/product/")
    page.set_viewport_size({"width": 390, "height": 844})
    assert not page.get_by_role("link", name="Stock movements").is_visible()
    page.get_by_role("button", name="Open the menu").click()
    assert page.get_by_role("link", name="Stock movements").is_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Stock movements").wait_for(state="hidden")


def test_a_piece_is_found_and_sold_by_hand(signed_in: Callable[[str], Page]) -> None:
    speedy = piece("LV-1")
    channel()
    page = signed_in("/admin/sales/order/add/")
    choose(page, "id_channel", "Till")
    choose(page, "id_lines-0-product", "LV-1")
    page.fill("#id_lines-0-unit_price", "500")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/admin/sales/order/")
    assert "$500.00" in page.locator("#result_list").inner_text()
    speedy.refresh_from_db()
    assert speedy.status == "sold"


def choose(page: Page, name: str, text: str) -> None:
    """Pick from a field that searches as one types."""
    page.locator(f"[id='{name}'] + .select2 .select2-selection").click()
    page.locator(".select2-search__field").fill(text)
    page.locator(".select2-results__option", has_text=text).first.click()
