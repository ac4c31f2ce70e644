"""Pages of answers in a browser: clicks lead down, colours follow the theme, filters apply, charts fail well."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from boutique import boutique
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from golden import golden_shop
from playwright.sync_api import Browser, Page, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(180),
]

MARCH = "period=2026-03-01/2026-03-31"
DRAWN = ".js-plotly-plot .main-svg"
Open = Callable[[str], Page]


def sign_in(page: Page, server: str, user: User) -> None:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server}])


@pytest.fixture
def open_page(page: Page, live_server, owner: User) -> Open:
    """`open_page("/")`: as the owner, with every chart drawn."""
    sign_in(page, live_server.url, owner)

    def open_page(path: str) -> Page:
        page.goto(live_server.url + path)
        if page.locator("[data-plot]").count():
            page.wait_for_selector(DRAWN)
        return page

    return open_page


def middle_of_bar(page: Page, place: int) -> tuple[float, float]:
    """Plotly takes the mouse above the bars, so a bar is met by where it is."""
    box = page.locator(".bars .point path").nth(place).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_click_on_a_bar_leads_to_its_entries(open_page: Open):
    shop = golden_shop()
    page = open_page(f"/analytics/brands/performance/?{MARCH}")
    names = page.locator(".ytick text").all_text_contents()
    place = names.index("Louis Vuitton")
    page.mouse.click(*middle_of_bar(page, place))
    page.wait_for_url("**/analytics/sales/entries/**")
    address = urlsplit(page.url)
    asked = parse_qs(address.query)
    assert asked == {"period": ["2026-03-01/2026-03-31"], "brand": [str(shop.speedy.brand_id)]}
    expect(page.locator(".chips")).to_contain_text("Louis Vuitton")
    expect(page.locator("table.answer tbody tr")).to_have_count(2)  # the sale and its goodwill


def test_a_click_on_a_cell_of_the_heat_map_leads_to_its_hour(open_page: Open):
    golden_shop()
    page = open_page(f"/analytics/sales/hourly/?{MARCH}")
    box = page.locator(".heatmaplayer image").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 20.5 / 24, box["y"] + box["height"] * 0.5 / 7)
    page.wait_for_url("**/analytics/sales/entries/**")
    asked = parse_qs(urlsplit(page.url).query)
    assert (asked["weekday"], asked["hour"]) == (["1"], ["20"])


def test_the_same_way_down_by_keyboard(open_page: Open):
    golden_shop()
    page = open_page(f"/analytics/brands/performance/?{MARCH}")
    page.get_by_role("link", name="Louis Vuitton").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/analytics/sales/entries/**")


def test_colours_follow_the_theme(open_page: Open):
    golden_shop()
    page = open_page(f"/analytics/brands/performance/?{MARCH}")
    bar = page.locator(".bars .point path").first
    light = bar.evaluate("bar => getComputedStyle(bar).fill")
    assert light == "rgb(122, 31, 61)"
    page.evaluate("document.documentElement.classList.add('dark')")
    page.wait_for_function("getComputedStyle(document.querySelector('.bars .point path')).fill !== 'rgb(122, 31, 61)'")


def test_a_filter_is_found_by_typing_and_applied(open_page: Open):
    shop = golden_shop()
    page = open_page(f"/analytics/sales/daily/?{MARCH}")
    page.locator("summary", has_text="Category").click()
    page.get_by_label("Scarves").check()
    page.locator("details[open]").get_by_role("button", name="Apply").click()
    page.wait_for_url("**category=**")
    asked = parse_qs(urlsplit(page.url).query)
    assert asked == {"period": ["2026-03-01/2026-03-31"], "category": [str(shop.scarf.category_id)]}
    expect(page.locator(".chips")).to_contain_text("Scarves")
    page.get_by_role("link", name="Remove: Category").click()
    page.wait_for_url(lambda url: "category" not in url)


def test_days_of_ones_own_make_a_period(open_page: Open):
    boutique()
    page = open_page("/analytics/sales/daily/")
    page.locator("summary", has_text="Last 30 days").click()
    page.get_by_label("From", exact=True).fill("2026-03-01")
    page.get_by_label("To", exact=True).fill("2026-03-09")
    page.locator("details[open]").get_by_role("button", name="Apply").click()
    page.wait_for_url("**period=2026-03-01**")
    expect(page.locator("summary b").first).to_have_text("1 – 9 Mar 2026")


def test_escape_closes_a_list_and_gives_the_focus_back(open_page: Open):
    boutique()
    page = open_page(f"/?{MARCH}")
    button = page.locator("summary", has_text="Channel")
    button.click()
    page.keyboard.press("Escape")
    expect(page.locator("details.pick[open]")).to_have_count(0)
    assert button.evaluate("button => button === document.activeElement")


def test_a_hostile_name_runs_nothing(open_page: Open):
    shop = golden_shop()
    shop.kelly.brand.name = "</script><img src=x onerror=alert(1)><b>Hermès"
    shop.kelly.brand.save()
    page = open_page(f"/analytics/brands/performance/?{MARCH}")
    page.on("dialog", lambda dialog: pytest.fail("a name ran"))
    expect(page.locator(".ytick text").first).to_contain_text("</script><img src=x")
    page.mouse.move(*middle_of_bar(page, 0))
    expect(page.locator(".hoverlayer")).to_contain_text("<img src=x onerror")


def test_a_chart_that_cannot_be_drawn_says_so_and_can_be_tried_again(browser: Browser, live_server, owner: User):
    golden_shop()
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, live_server.url, owner)
    page.route("**/analytics/plotly-*.js", lambda route: route.abort())
    page.goto(f"{live_server.url}/analytics/brands/performance/?{MARCH}")
    expect(page.locator(".plot-failed")).to_be_visible()
    expect(page.locator("table.answer")).to_be_visible()
    page.unroute("**/analytics/plotly-*.js")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector(DRAWN)
    expect(page.locator(".plot-failed")).to_be_hidden()
    context.close()


def test_everything_but_the_chart_works_without_scripts(browser: Browser, live_server, owner: User):
    golden_shop()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server.url, owner)
    page.goto(f"{live_server.url}/analytics/brands/performance/?{MARCH}")
    expect(page.locator("table.answer tbody tr")).not_to_have_count(0)
    page.locator("summary", has_text="Category").click()
    page.get_by_label("Scarves").check()
    page.locator("details[open]").get_by_role("button", name="Apply").click()
    assert "category=" in page.url
    context.close()


def test_plotly_needs_no_eval(browser: Browser, live_server, owner: User):
    """Only the shell's own scripts need `unsafe-eval`: the charts are drawn where it is forbidden."""
    golden_shop()
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, live_server.url, owner)

    def stricter(route):
        response = route.fetch()
        policy = response.headers["content-security-policy"].replace("'unsafe-eval'", "")
        route.fulfill(response=response, headers={**response.headers, "content-security-policy": policy})

    page.route("**/analytics/brands/performance/**", stricter)
    page.goto(f"{live_server.url}/analytics/brands/performance/?{MARCH}")
    page.wait_for_selector(DRAWN, state="attached")
    assert page.locator(".bars .point path").count() > 1
    context.close()
