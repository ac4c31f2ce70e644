"""Quick entry without a mouse: Tab, type, Enter, and the next one."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from customers.models import Customer, Handle
from inventory.models import Product
from sales.models import Interaction

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def wait_for_focus(page: Page, name: str) -> None:
    page.wait_for_function("name => document.activeElement.name === name", arg=name)


def test_two_are_noted_from_the_keyboard_alone(page: Page, live_server: LiveServer, staff: User) -> None:
    anna = Customer.objects.create(name="Anna Alvarez")
    Handle.objects.create(customer=anna, platform="instagram", value="@bagsbyanna")
    Product.objects.create(sku="LV-1", title="Speedy 30")
    page.goto(f"{live_server.url}/admin/login/?next=/admin/sales/interaction/quick/")
    page.fill("input[name=username]", "stella")
    page.fill("input[name=password]", "a long password")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/quick/")
    page.wait_for_load_state("networkidle")
    wait_for_focus(page, "kind")

    page.keyboard.type("Question")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # opens the list of people
    page.keyboard.type("bagsby")  # a part of the handle
    expect(page.get_by_role("option", name="Anna Alvarez")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("lv-1")
    page.keyboard.press("Tab")
    page.keyboard.type("authenticity")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Noted: question, Anna Alvarez, LV-1.")).to_be_visible()

    expect(page.locator("select[name=kind]")).to_have_value("question")
    wait_for_focus(page, "kind")
    page.locator("input[name=topic]").focus()
    page.keyboard.type("shipping")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Noted: question.")).to_be_visible()
    said = list(Interaction.objects.order_by("id").values_list("customer__name", "product__sku", "topic", "outcome"))
    assert said == [("Anna Alvarez", "LV-1", "authenticity", "open"), (None, None, "shipping", "open")]
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
