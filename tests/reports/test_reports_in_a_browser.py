"""Mailing and scheduling as people do it: by mouse, by keyboard, on a phone, and without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from boutique import boutique
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from lacelux.outbox.services import due_ids
from lacelux.outbox.tasks import deliver
from reports import production, shipped
from reports.audience import Recipients
from reports.models import Report, Run, Schedule
from reports.services import run_report

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

MARCH = "period=2026-03-01/2026-03-31"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
NAMES = """[...document.querySelectorAll('#content input, #content select, #content textarea')]
    .filter(field => field.type !== 'hidden' && !field.closest('[hidden]') && !field.labels.length)
    .map(field => field.name)"""


@pytest.fixture
def go(page: Page, live_server: Any, owner: User) -> Callable[[str], Page]:
    """`go("/reports/mail-this/")`: as the owner, in a shop with the boutique's March and the shipped reports."""
    boutique()
    shipped.install()
    sign_in(page, live_server.url, owner)

    def go(path: str) -> Page:
        page.goto(live_server.url + path)
        page.wait_for_load_state("networkidle")
        return page

    return go


def sign_in(page: Page, server: str, user: User) -> None:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": server}])


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_a_question_is_mailed_to_me_and_followed_to_its_end(go: Callable[[str], Page]):
    page = go(f"/analytics/brands/performance/?{MARCH}")
    page.get_by_role("link", name="Mail this").click()
    expect(page.get_by_role("heading", name="Mail “Brand performance”")).to_be_visible()
    page.get_by_label("PDF").uncheck()
    page.get_by_label("CSV").check()
    page.get_by_label("A sentence of yours").fill("Look at Hermès.")
    page.get_by_role("button", name="Mail it").click()
    page.wait_for_url("**/reports/runs/*/")
    standing = page.locator("#run-standing")
    expect(standing).to_contain_text("Waiting")

    production.produce(Run.objects.get().pk)
    expect(standing).to_contain_text("Done", timeout=10_000)  # the page looks by itself
    mails = page.get_by_role("region", name="Mails of sending no. 1")
    expect(mails).to_contain_text("Waiting")
    [delivery] = due_ids(timezone.now(), 10)
    deliver(delivery)
    expect(mails).to_contain_text("Sent", timeout=15_000)

    page.locator("summary").first.click()
    page.get_by_role("button", name="Copy").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download brand-performance").click()
    assert download.value.suggested_filename == "brand-performance_2026-03-01_2026-03-31.csv"


def test_a_question_is_scheduled_by_keyboard(go: Callable[[str], Page], owner: User):
    page = go(f"/analytics/brands/performance/?{MARCH}")
    page.get_by_role("link", name="Schedule this").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/schedule-this/**")
    beside = page.locator("#foreseen")
    expect(beside).to_contain_text("Every Monday at 07:00")

    page.get_by_label("Every week").focus()
    expect(page.get_by_label("Monday")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Monday")).to_be_hidden()
    expect(page.get_by_label("Day of the month")).to_be_visible()
    expect(beside).to_contain_text("On the 1st of each month at 07:00")

    page.get_by_role("combobox", name="Time zone").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("berl")
    page.keyboard.press("Enter")
    expect(beside).to_contain_text("Berlin time")
    page.get_by_label("olivia").focus()
    page.keyboard.press("Space")
    expect(beside).to_contain_text("sees everything")

    page.get_by_role("button", name="Schedule it").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/reports/schedule/*/change/")
    made = Schedule.objects.get()
    assert (made.every, made.day, made.zone, made.recipients.people) == ("month", 1, "Europe/Berlin", (owner.pk,))
    assert made.report.title == "Brand performance"
    expect(page.locator("#foreseen")).to_contain_text("On the 1st of each month at 07:00, Berlin time")


def test_the_form_of_a_schedule_is_left_by_keyboard_alone(go: Callable[[str], Page]):
    """Tab passes each field once, in the order in which they stand, and is caught by none."""
    page = go("/admin/reports/schedule/add/")
    page.get_by_label("Report", exact=True).focus()
    passed = []
    for _ in range(60):
        passed.append(page.evaluate("document.activeElement.name || document.activeElement.innerText.trim()"))
        if passed[-1] == "_save":
            break
        page.keyboard.press("Tab")
    named = [name for name in dict.fromkeys(passed) if name in {
        "report", "period", "formats", "only_if_data", "every", "weekdays", "at", "people", "roles", "addresses",
        "is_paused", "_save",
    }]  # fmt: skip
    assert named == [
        "report", "period", "formats", "only_if_data", "every", "weekdays", "at", "people", "roles", "addresses",
        "is_paused", "_save",
    ]  # fmt: skip
    assert "day" not in passed


def test_an_error_is_tied_to_its_field(go: Callable[[str], Page]):
    page = go("/reports/mail-this/?question=brands/performance")
    page.get_by_label("Other addresses").fill("ann@")
    page.get_by_role("button", name="Mail it").click()
    field = page.get_by_label("Other addresses")
    assert field.get_attribute("aria-invalid") == "true"
    described = (field.get_attribute("aria-describedby") or "").split()
    assert "Line 1: “ann@” is no address." in page.locator(f"#{described[-1]}").inner_text()
    assert field.input_value() == "ann@"


def test_without_scripts_a_schedule_is_made_all_the_same(
    go: Callable[[str], Page], browser: Browser, live_server: Any, owner: User
):
    context = browser.new_context(java_script_enabled=False, viewport=DESK)
    page = context.new_page()
    sign_in(page, live_server.url, owner)
    page.goto(f"{live_server.url}/reports/schedule-this/?question=brands/performance&{MARCH}")
    page.get_by_label("Every day").check()
    expect(page.get_by_label("Day of the month")).to_be_visible()
    page.get_by_label("Other addresses").fill("ann@example.com")
    page.get_by_role("button", name="Schedule it").click()
    page.wait_for_url("**/admin/reports/schedule/*/change/")
    assert Schedule.objects.get().every == "day"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_and_their_fields_have_names(go: Callable[[str], Page], owner: User, scheme: str):
    report = Report.objects.get(slug="daily-sales")
    schedule = Schedule.objects.create(
        report=report, owner=owner, every="day", formats=["csv"], addresses=f"{'a' * 60}@example.com", trouble="It did."
    )
    run = run_report(
        outline=report.outline, owner=owner, cause="person", formats=["csv"],
        recipients=Recipients(people=(owner.pk,), addresses=(f"{'a' * 60}@example.com",)),
    )  # fmt: skip
    production.produce(run.pk)
    page = go(run.get_absolute_url())
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    paths = [
        run.get_absolute_url(), f"{run.get_absolute_url()}again/", f"{run.get_absolute_url()}make-again/",
        "/admin/reports/run/", "/admin/reports/schedule/", schedule.get_absolute_url(), "/admin/reports/schedule/add/",
        f"/admin/reports/schedule/{schedule.pk}/pause/", "/reports/mail-this/?question=overview",
        "/reports/schedule-this/?question=inventory/aging", "/reports/mail-this/?question=sales/daily",
    ]  # fmt: skip
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        for path in paths:
            go(path)
            assert overflow(page) <= 0, (path, size)
            assert page.evaluate(NAMES) == [] or "/admin/reports/" in path, path
