"""The API as a person sees it: its description to try out, and its browsable pages, under our CSP and offline."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signed_in(page: Page, live_server: Any, manager: User, client_as: Callable[[User], Any]) -> Page:
    cookie = client_as(manager).cookies["session"].value
    page.context.add_cookies([{"name": "session", "value": cookie, "url": live_server.url}])
    return page


def test_the_description_renders_and_tries_a_call(signed_in: Page, live_server: Any, shop: SimpleNamespace) -> None:
    signed_in.goto(f"{live_server.url}/api/docs/")
    operation = signed_in.locator("#operations-v1-channels_list, [id$=channels_list]").first
    operation.locator("button.opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table")).to_contain_text("whatnot")


def test_strangers_are_asked_to_sign_in(page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/api/docs/")
    expect(page).to_have_url(f"{live_server.url}/admin/login/?next=/api/docs/")


def test_the_browsable_pages_work(signed_in: Page, live_server: Any, shop: SimpleNamespace) -> None:
    signed_in.goto(f"{live_server.url}/api/v1/products/?search=LV-2")
    expect(signed_in.locator(".response-info")).to_contain_text('"sku": "LV-2"')
