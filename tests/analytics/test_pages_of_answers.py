"""Pages of answers without a browser: what they show, to whom, and in which state."""

import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser

import pytest
from boutique import boutique
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from golden import GOLDEN, golden_shop
from pieces import at, channel

from analytics.catalogue import ANALYSES
from analytics.columns import Money
from sales.services import SaleLine, record_sale

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("clock")]

MARCH = "2026-03-01/2026-03-31"
As = Callable[[User], Client]


class Page(HTMLParser):
    """The tables, links and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.rows: list[list[str]] = []
        self.links: list[str] = []
        self.is_cell = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td") and self.rows:
            self.rows[-1].append("")
            self.is_cell = True
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td"):
            self.is_cell = False

    def handle_data(self, data: str) -> None:
        if self.is_cell:
            self.rows[-1][-1] += data

    def column(self, label: str) -> list[str]:
        head, *rows = self.rows
        place = next(i for i, cell in enumerate(head) if cell.strip("↑↓ ") == label)
        return [row[place] for row in rows]


def open_page(client: Client, path: str, status: int = 200, **query: object) -> Page:
    response = client.get(path, query)
    assert response.status_code == status, response.content
    return Page(response.content.decode())


def address(slug: str) -> str:
    return f"/analytics/{slug}/"


def amount(words: str) -> Decimal:
    return Decimal(words.replace("$", "").replace(",", "").replace("−", "-"))


class TestGoldenLedger:
    """C1 on pages."""

    @pytest.fixture(autouse=True)
    def _shop(self) -> None:
        golden_shop()

    def test_kpis_are_the_sums_made_by_hand(self, client_as: As, owner: User):
        for path in ("/", address("overview/kpis")):
            html = open_page(client_as(owner), path, period=MARCH).html
            for name in ("revenue", "profit", "refunds", "aov"):
                assert f'<span class="value">${GOLDEN[name]:,.2f}</span>' in html, name
            for name in ("units", "orders"):
                assert f'<span class="value">{GOLDEN[name]}</span>' in html, name

    def test_the_entries_add_up(self, client_as: As, owner: User):
        page = open_page(client_as(owner), address("sales/entries"), period=MARCH)
        labels = {c.name: c.label for c in ANALYSES["sales/entries"].columns if isinstance(c, Money)}
        for name in ("gross", "discounts", "refunds", "revenue", "cost", "fees", "profit"):
            assert sum(amount(cell) for cell in page.column(labels[name])) == GOLDEN[name], name

    @pytest.mark.parametrize("slug", ["brands/performance", "sales/daily", "sales/trends", "products/top-selling"])
    def test_every_table_adds_up_to_the_whole(self, client_as: As, owner: User, slug: str):
        page = open_page(client_as(owner), address(slug), period=MARCH)
        assert sum(amount(cell) for cell in page.column("Revenue")) == GOLDEN["revenue"]


class TestEveryQuestion:
    @pytest.mark.parametrize("slug", list(ANALYSES))
    def test_has_a_page_with_title_question_and_table(self, client_as: As, owner: User, slug: str):
        boutique()
        query = {"period": MARCH} if ANALYSES[slug].Params.has_period else {}
        page = open_page(client_as(owner), address(slug), **query)
        assert f"<h2>{ANALYSES[slug].title}</h2>" in unescape(page.html)
        assert unescape(ANALYSES[slug].description) in unescape(page.html)
        assert len(page.rows) > 1
        assert "<caption" in page.html

    @pytest.mark.parametrize("slug", list(ANALYSES))
    def test_every_way_down_leads_to_an_answer(self, client_as: As, owner: User, slug: str):
        boutique()
        client = client_as(owner)
        query = {"period": MARCH, "channel": "Whatnot"} if ANALYSES[slug].Params.has_period else {}
        page = open_page(client, address(slug), **query)
        down = [link for link in page.links if re.match(r"/analytics/(sales/entries|inventory/pieces)/\?", link)]
        own = [link for link in down if not link.startswith(address(slug))]
        for link in dict.fromkeys(own[:12]):
            assert client.get(link).status_code == 200, link

    @pytest.mark.parametrize("slug", list(ANALYSES))
    def test_an_empty_shop_says_how_to_begin(self, client_as: As, owner: User, slug: str):
        page = open_page(client_as(owner), address(slug))
        assert "No sales yet" in page.html or "No pieces yet" in page.html
        assert reverse("admin:sales_order_add") in page.links
        assert not page.rows

    @pytest.mark.parametrize("slug", [slug for slug, each in ANALYSES.items() if each.Params.has_period])
    def test_a_period_without_anything_says_so(self, client_as: As, owner: User, slug: str):
        golden_shop()
        page = open_page(client_as(owner), address(slug), period="2020-01-01/2020-01-31", channel="Till")
        if slug != "overview/kpis":
            assert "Nothing in this period" in page.html
            assert f"{address(slug)}?period=2020-01-01%2F2020-01-31" in page.links  # clears the filters

    def test_unknown_questions_are_a_page_not_found(self, client_as: As, owner: User):
        assert client_as(owner).get("/analytics/brands/nonsense/").status_code == 404


class TestState:
    """The address holds it all, and a plain form makes good addresses."""

    def test_empty_fields_leave_no_trace(self, client_as: As, owner: User):
        response = client_as(owner).get(address("sales/daily"), {"period": "90d", "brand": "", "from": "", "to": ""})
        assert (response.status_code, response["Location"]) == (302, "/analytics/sales/daily/?period=90d")

    def test_two_days_become_a_period(self, client_as: As, owner: User):
        query = {"period": "custom", "from": "2026-03-01", "to": "2026-03-09"}
        response = client_as(owner).get(address("sales/daily"), query)
        assert response["Location"] == "/analytics/sales/daily/?period=2026-03-01%2F2026-03-09"

    def test_two_days_beside_a_named_period_are_not_meant(self, client_as: As, owner: User):
        query = {"period": "7d", "from": "2026-03-01", "to": "2026-03-09"}
        assert client_as(owner).get("/", query)["Location"] == "/?period=7d"

    def test_filters_in_force_are_chips_with_names_that_can_be_removed(self, client_as: As, owner: User):
        shop = golden_shop()
        query = {"period": MARCH, "customer": shop.anna.pk, "weekday": "1", "brand": shop.speedy.brand_id}
        page = open_page(client_as(owner), address("sales/entries"), **query)
        for words in ("Customer: <b>Anna Ode</b>", "Weekday: <b>Monday</b>", "Brand: <b>Louis Vuitton</b>"):
            assert words in page.html
        without = f"/analytics/sales/entries/?period=2026-03-01%2F2026-03-31&weekday=1&brand={shop.speedy.brand_id}"
        assert without in page.links

    def test_headers_sort_and_say_how(self, client_as: As, owner: User):
        golden_shop()
        page = open_page(client_as(owner), address("brands/performance"), period=MARCH, sort="revenue")
        amounts = [amount(cell) for cell in page.column("Revenue")]
        assert amounts == sorted(amounts)
        assert 'aria-sort="ascending"' in page.html
        assert any(link.endswith("sort=-revenue") for link in page.links)

    def test_a_listing_has_pages(self, client_as: As, owner: User):
        golden_shop()
        query = {"period": MARCH, "limit": "4"}
        page = open_page(client_as(owner), address("sales/entries"), **query)
        assert "1–4 of 11" in page.html
        (following,) = (link for link in page.links if "page=2" in link)
        assert "5–8 of 11" in open_page(client_as(owner), following).html

    def test_downloads_ask_the_same(self, client_as: As, owner: User):
        golden_shop()
        page = open_page(client_as(owner), address("brands/performance"), period=MARCH, sort="-units")
        (file,) = (link for link in page.links if link.endswith("format=csv"))
        assert file == ("/api/v1/analytics/brands/performance/?period=2026-03-01%2F2026-03-31&sort=-units&format=csv")
        assert client_as(owner).get(file).status_code == 200


class TestWrongParameters:
    def test_each_is_told_beside_its_field(self, client_as: As, owner: User):
        golden_shop()
        query = {"period": "nonsense", "brand": "777", "grain": "decade", "flavour": "sweet"}
        page = open_page(client_as(owner), address("sales/trends"), 400, **query)
        assert page.html.count("pick-error") >= 2
        assert "“nonsense” is no period" in page.html
        assert "There is no brand “777”" in page.html
        assert "no parameter “flavour”" in page.html
        assert not page.rows

    def test_on_the_overview_too(self, client_as: As, owner: User):
        golden_shop()
        assert "is no period" in open_page(client_as(owner), "/", 400, period="nonsense").html


class TestRights:
    def test_strangers_are_asked_to_sign_in(self, client: Client):
        for path in ("/", address("brands/performance")):
            response = client.get(path)
            assert (response.status_code, response["Location"].split("?")[0]) == (302, "/admin/login/")

    def test_without_the_right_to_figures_it_is_a_403(self, client_as: As, viewer: User):
        viewer.groups.clear()
        for path in ("/", address("brands/performance")):
            assert client_as(viewer).get(path).status_code == 403

    def test_a_withheld_column_is_nowhere_on_the_page(self, client_as: As, viewer: User):
        golden_shop()
        client = client_as(viewer)
        page = open_page(client, address("brands/performance"), period=MARCH)
        assert "Margin" not in page.html
        assert "Profit" not in page.html
        assert not [link for link in page.links if "format=csv" in link]
        assert client.get(address("brands/performance"), {"sort": "-profit"}).status_code == 403

    def test_the_overview_leaves_out_what_one_may_not_see(self, client_as: As, viewer: User):
        golden_shop()
        page = open_page(client_as(viewer), "/", period=MARCH)
        assert "Revenue" in page.html
        assert "Profit" not in page.html
        assert "Anna Ode" not in page.html

    def test_names_of_customers_in_chips_are_personal(self, client_as: As, viewer: User):
        shop = golden_shop()
        page = open_page(client_as(viewer), address("sales/entries"), period=MARCH, customer=shop.anna.pk)
        assert "Anna" not in page.html
        assert f"Customer: <b>no. {shop.anna.pk}</b>" in page.html

    def test_records_are_linked_for_those_who_may_open_them(self, client_as: As, owner: User, viewer: User):
        shop = golden_shop()
        record = reverse("admin:customers_customer_change", args=[shop.anna.pk])
        assert record in open_page(client_as(owner), address("sales/entries"), period=MARCH).links
        viewer.user_permissions.add(Permission.objects.get(codename="view_personal"))
        assert record not in open_page(client_as(viewer), address("sales/entries"), period=MARCH).links


def test_hostile_names_do_nothing(client_as: As, owner: User):
    shop = golden_shop()
    shop.kelly.brand.name = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    shop.kelly.brand.save()
    for path in ("/", address("brands/performance")):
        html = open_page(client_as(owner), path, period=MARCH).html
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_no_script_or_handler_stands_in_the_page(client_as: As, owner: User):
    golden_shop()
    html = open_page(client_as(owner), address("sales/daily"), period=MARCH).html
    content = html[html.index('class="page answer-page"') :]
    scripts = re.findall(r"<script[^>]*>", content[: content.index("</footer>")])
    assert scripts
    assert all('type="application/json"' in script for script in scripts)
    assert not re.search(r"\son\w+=", content[: content.index("</footer>")])


def test_plotly_is_ours_compressed_and_kept_for_ever(client: Client):
    from analytics import plotlyjs

    response = client.get(plotlyjs.address(), headers={"accept-encoding": "gzip"})
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 1_700_000
    assert client.get(plotlyjs.address()).content == plotlyjs.plain()
    assert client.get("/analytics/plotly-0.0.0.js").status_code == 404


@pytest.mark.parametrize("slug", ["customers/top", "sales/entries"])
def test_a_page_takes_the_same_queries_however_many_rows(client_as: As, owner: User, slug: str):
    client = client_as(owner)
    golden_shop()
    client.get(address(slug))
    with CaptureQueriesContext(connection) as few:
        client.get(address(slug), {"period": MARCH})
    for number in range(12):
        record_sale(
            channel=channel("till"),
            number=f"T-9{number}",
            ordered_at=at("2026-03-08", 10),
            lines=[SaleLine(description="Strap", unit_price=Decimal("10.00"), cost=Decimal("1.00"))],
        )
    client.get(address(slug))
    with CaptureQueriesContext(connection) as many:
        client.get(address(slug), {"period": MARCH})
    assert len(few) == len(many)
