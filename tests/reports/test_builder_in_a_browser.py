"""The builder as people meet it: sections that come, move and go, the sheet that follows, by mouse and by keyboard."""

import re
from collections.abc import Callable, Iterator

import pytest
from boutique import boutique
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from reports.models import Report
from reports.outlines import Outline, SectionOutline
from reports.shipped import make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
Open = Callable[[str], Page]
MARCH = "2026-03-01/2026-03-31"


@pytest.fixture
def open_page(page: Page, live_server: LiveServer, owner: User) -> Iterator[Open]:
    """`open_page("/")`: as the owner. In the end the last sheet is waited for, while there is a shop to answer."""
    client = Client()
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])

    def open_page(path: str) -> Page:
        page.goto(live_server.url + path)
        return page

    yield open_page
    if page.locator("[data-preview]").count():
        expect(page.locator("[data-preview]")).to_have_attribute("aria-busy", "false")


@pytest.fixture
def corner(db: None) -> Report:
    names = ("brands/performance", "products/top-selling", "sales/weekdays")
    sections = tuple(SectionOutline(analysis=name, shows_chart=False) for name in names)
    return make(Outline(title="Corner", slug="corner", period=MARCH, sections=sections))


def titles(page: Page) -> list[str]:
    return page.locator("[data-section]:not(.is-removed) .section-name [data-title]").all_inner_texts()


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_a_report_is_built_from_nothing(open_page: Open) -> None:
    boutique()
    page = open_page("/admin/reports/report/add/")
    page.fill("#id_title", "The corner")
    page.get_by_role("button", name="Go on").click()
    sheet = page.locator("[data-sheet]")
    expect(sheet).to_contain_text("A section that you add shows here.")

    page.select_option("#id_period", label="From … to …")
    page.fill("#id_start", "2026-03-01")
    page.fill("#id_end", "2026-03-31")
    page.locator("[data-section] select").first.select_option(label="Brand performance")
    expect(sheet.get_by_role("img", name="Revenue by brand")).to_be_visible()
    page.get_by_label("Heading").fill("Who earns")
    expect(sheet.get_by_role("heading", name="Who earns")).to_be_visible()

    page.get_by_role("button", name="Add a section").click()
    expect(page.locator("[data-section]").nth(1).get_by_label("Question")).to_be_focused()
    page.locator("[data-section]").nth(1).get_by_label("Question").select_option(label="Daily sales")
    expect(sheet.get_by_role("heading", name="Daily sales")).to_be_visible()
    expect(sheet).to_contain_text("The first 10 of 31 rows.")

    shared = page.locator("[data-shared] .pick", has_text="Brand")
    shared.locator("summary").click()
    shared.get_by_role("searchbox").or_(shared.locator("input").nth(1)).first.focus()
    shared.get_by_label("Hermès").check()
    page.keyboard.press("Escape")
    expect(sheet.locator(".sheet-facts")).to_contain_text("Brand: Hermès")

    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    outline = Report.objects.get(title="The corner").outline
    assert outline.period == MARCH
    assert list(outline.filters) == ["brand"]
    assert [section.title for section in outline.sections] == ["Who earns", "Daily sales"]


def test_sections_are_put_in_order_by_keyboard(open_page: Open, corner: Report) -> None:
    page = open_page(corner.get_absolute_url())
    said = page.locator("[data-said]")
    up = page.locator("[data-section]").nth(2).get_by_role("button", name="Move up")
    up.focus()
    page.keyboard.press("Enter")
    expect(said).to_have_text("“Sales by day of the week” is now in place 2 of 3.")
    page.keyboard.press("Enter")
    assert titles(page) == ["Sales by day of the week", "Brand performance", "Top-selling products"]
    expect(page.locator("[data-section]").first.get_by_role("button", name="Move down")).to_be_focused()
    expect(page.locator("[data-dirty]")).to_contain_text("Not saved yet")

    page.locator("[data-section]").nth(1).get_by_role("button", name="Remove").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    assert titles(page) == ["Sales by day of the week", "Top-selling products"]
    page.keyboard.press("Enter")
    assert len(titles(page)) == 3
    page.locator("[data-section]").nth(1).get_by_role("button", name="Duplicate").click()
    expect(page.locator("[data-section]")).to_have_count(4)

    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    names = [section.analysis for section in Report.objects.get(pk=corner.pk).outline.sections]
    assert names == ["sales/weekdays", "brands/performance", "brands/performance", "products/top-selling"]


def test_a_fault_is_led_to_and_nothing_typed_is_lost(open_page: Open, corner: Report) -> None:
    page = open_page(corner.get_absolute_url())
    first = page.locator("[data-section]").first
    first.locator(".section-toggle").click()
    first.get_by_label("Rows").fill("5000")
    expect(page.locator("[data-sheet]")).to_contain_text("Section 1, “Brand performance”: Rows: At most 1,000.")
    first.locator(".section-toggle").click()
    page.get_by_role("button", name="Save").click()
    page.locator("[data-troubles]").get_by_role("link", name=re.compile("Rows")).click()
    expect(first.get_by_label("Rows")).to_be_focused()
    expect(first.get_by_label("Rows")).to_have_value("5000")


def test_a_preview_that_does_not_come_says_so_and_can_be_tried_again(open_page: Open, corner: Report) -> None:
    page = open_page(corner.get_absolute_url())
    expect(page.locator("[data-sheet]")).to_contain_text("Brand performance")
    page.route("**/preview/*", lambda route: route.abort("aborted"))
    page.fill("#id_title", "Another name")
    expect(page.locator("[data-trouble]")).to_contain_text("The shop does not answer.")
    page.unroute("**/preview/*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-sheet]")).to_contain_text("Another name")
    expect(page.locator("[data-trouble]")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(open_page: Open, corner: Report, page: Page, scheme: str) -> None:
    boutique()
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/admin/reports/report/", "/admin/reports/report/add/", f"/admin/reports/report/{corner.pk}/test/"):
        assert overflow(open_page(path)) <= 0, path
    open_page(corner.get_absolute_url())
    expect(page.locator("[data-sheet] table").first).to_be_visible()
    for toggle in page.locator(".section-toggle").all():
        toggle.click()
    assert overflow(page) <= 0
    page.locator("[data-section] .pick").first.locator("summary").click()
    assert overflow(page) <= 0
