"""The questions over the API: shape, errors, rights, files; C1 on every surface that is no page."""

import asyncio
import csv
import re
from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
import simplejson
from asgiref.sync import sync_to_async
from boutique import boutique
from django.contrib.auth.models import User
from django.db import connections
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client
from golden import GOLDEN, golden_shop
from python_calamine import CalamineWorkbook

from analytics.catalogue import ANALYSES
from analytics.downloads import Held, LaterPieces, Pieces

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("clock")]

MARCH = "2026-03-01/2026-03-31"
MEASURES = ("units", "orders", "gross", "discounts", "refunds", "revenue", "profit")
As = Callable[[User], Client]


def body(response) -> dict:
    assert response.status_code == 200, response.content
    return simplejson.loads(response.content, use_decimal=True)


def address(slug: str) -> str:
    return f"/api/v1/analytics/{slug}/"


def read_csv(response) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


def read_xlsx(response, sheet: str = "Answer") -> list[list]:
    file = BytesIO(b"".join(response.streaming_content))
    return CalamineWorkbook.from_filelike(file).get_sheet_by_name(sheet).to_python()


class TestShape:
    def test_an_answer(self, client_as: As, owner: User):
        golden_shop()
        answer = body(client_as(owner).get(address("brands/performance"), {"period": MARCH, "sort": "-revenue"}))
        assert list(answer) == [
            "slug", "title", "description", "params", "period", "as_of", "columns", "rows", "insights", "notes",
        ]  # fmt: skip
        assert answer["slug"] == "brands/performance"
        assert answer["params"] == {"period": MARCH, "sort": "-revenue"}
        assert answer["period"] == {"text": MARCH, "start": "2026-03-01", "end": "2026-03-31", "grain": "day"}
        assert answer["as_of"] == "2026-03-11T12:00:00.000-04:00"
        assert answer["rows"][0]["brand"] == "Hermès"
        assert [column["name"] for column in answer["columns"]] == list(answer["rows"][0])

    def test_money_has_two_decimals_always(self, client_as: As, owner: User):
        golden_shop()
        client = client_as(owner)
        for slug in ("brands/performance", "sales/daily", "sales/entries"):
            text = client.get(address(slug), {"period": MARCH}).content.decode()
            written = re.findall(r'"revenue":([^,}]+)', text)
            assert written
            assert [amount for amount in written if not re.fullmatch(r"-?\d+\.\d\d", amount)] == []
        kpis = client.get(address("overview/kpis"), {"period": MARCH}).content.decode()
        assert '"kpi":"revenue","label":"Revenue","value":4099.05' in kpis

    def test_questions_of_stock_have_no_period(self, client_as: As, owner: User):
        golden_shop()
        assert body(client_as(owner).get(address("inventory/aging")))["period"] is None

    def test_a_listing_is_paged(self, client_as: As, owner: User):
        golden_shop()
        client, query = client_as(owner), {"period": MARCH, "limit": "4"}
        first = body(client.get(address("sales/entries"), query))
        assert (first["page"], first["total_rows"], len(first["rows"])) == (1, 11, 4)
        seen, following = [row["entry_id"] for row in first["rows"]], first["next"]
        while following:
            page = body(client.get(following))
            seen += [row["entry_id"] for row in page["rows"]]
            following = page["next"]
        assert len(seen) == len(set(seen)) == 11

    def test_the_catalogue_lists_every_question(self, client_as: As, owner: User):
        catalogue = body(client_as(owner).get("/api/v1/analytics/"))
        assert [question["slug"] for question in catalogue] == list(ANALYSES)
        brands = next(question for question in catalogue if question["slug"] == "brands/performance")
        assert brands["url"] == "http://testserver/api/v1/analytics/brands/performance/"
        assert {"name": "revenue", "label": "Revenue", "kind": "money"} in brands["columns"]
        by_name = {parameter["name"]: parameter for parameter in brands["parameters"]}
        assert by_name["condition"]["choices"] == ["S", "A", "AB", "B", "C"]
        assert "90d" in by_name["period"]["choices"]
        assert by_name["brand"]["several"]

    @pytest.mark.parametrize("slug", list(ANALYSES))
    def test_every_question_answers_an_empty_shop(self, client_as: As, owner: User, slug: str):
        answer = body(client_as(owner).get(address(slug)))
        assert answer["slug"] == slug

    @pytest.mark.parametrize("slug", list(ANALYSES))
    def test_every_question_is_never_cached(self, client_as: As, owner: User, slug: str):
        response = client_as(owner).get(address(slug))
        assert response["Cache-Control"] == "private, no-store"

    def test_a_browser_gets_a_page_to_read(self, client_as: As, owner: User):
        response = client_as(owner).get(address("brands/performance"), headers={"accept": "text/html"})
        assert response.status_code == 200
        assert response["Content-Type"].startswith("text/html")


class TestRefusals:
    def test_all_wrong_parameters_at_once_each_with_what_would_be_right(self, client_as: As, owner: User):
        query = {"period": "nonsense", "brand": "777", "flavour": "sweet", "limit": "x", "format": "pdf"}
        response = client_as(owner).get(address("brands/performance"), query)
        error = response.json()["error"]
        assert response.status_code == 400
        assert error["code"] == "invalid"
        assert set(error["fields"]) == set(query)
        assert "30d" in error["fields"]["period"][0]
        assert "csv" in error["fields"]["format"][0]
        assert "brand" in error["fields"]["flavour"][0]

    def test_unknown_questions(self, client_as: As, owner: User):
        response = client_as(owner).get(address("brands/nonsense"))
        assert response.status_code == 404
        assert response.json()["error"]["code"] == "not_found"

    def test_strangers(self, client: Client):
        for path in ("/api/v1/analytics/", address("brands/performance")):
            response = client.get(path)
            assert response.status_code == 401
            assert "error" in response.json()

    def test_the_till_may_not_see_figures(self, client_as: As, pos: User):
        for path in ("/api/v1/analytics/", address("brands/performance")):
            assert client_as(pos).get(path).status_code == 403

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_taking_files_away_is_a_right_of_its_own(self, client_as: As, staff: User, kind: str):
        response = client_as(staff).get(address("brands/performance"), {"format": kind})
        assert response.status_code == 403
        assert response.json()["error"]["message"] == "You may not download figures."

    def test_errors_of_a_file_are_json_too(self, client_as: As, owner: User):
        response = client_as(owner).get(
            address("brands/performance"), {"format": "csv", "period": "x"}, headers={"accept": "text/csv"}
        )
        assert response.status_code == 400
        assert set(response.json()["error"]["fields"]) == {"period"}

    @pytest.mark.parametrize("value", ["\x00", "0001-01-01/9999-12-31", "²", "9" * 400, "%00", "'; DROP TABLE entry"])
    @pytest.mark.parametrize("name", ["period", "brand", "country", "sort", "limit", "page", "customer", "format"])
    def test_nonsense_is_never_a_fault_of_ours(self, client_as: As, owner: User, name: str, value: str):
        boutique()
        response = client_as(owner).get(address("sales/entries"), {name: value})
        assert response.status_code in (200, 400)


class TestGoldenLedger:
    """C1: API = CSV = XLSX = the sums made by hand."""

    @pytest.fixture(autouse=True)
    def _shop(self) -> None:
        golden_shop()

    def test_kpis(self, client_as: As, owner: User):
        rows = body(client_as(owner).get(address("overview/kpis"), {"period": MARCH}))["rows"]
        values = {row["kpi"]: row["value"] for row in rows}
        for name in ("units", "orders", "aov", "refunds", "revenue", "profit"):
            assert values[name] == GOLDEN[name], name

    def test_every_kind_of_file_holds_the_sums_of_the_entries(self, client_as: As, owner: User):
        client, query = client_as(owner), {"period": MARCH, "limit": "1000"}
        answer = body(client.get(address("sales/entries"), query))
        lines = read_csv(client.get(address("sales/entries"), {**query, "format": "csv"}))
        head, *cells = read_xlsx(client.get(address("sales/entries"), {**query, "format": "xlsx"}))
        labels = {column["name"]: column["label"] for column in answer["columns"]}
        for name in ("units", "gross", "discounts", "refunds", "revenue", "cost", "fees", "profit"):
            expected = GOLDEN[name]
            assert sum(row[name] for row in answer["rows"]) == expected, name
            assert sum(Decimal(line[name]) for line in lines) == expected, name
            place = head.index(labels[name])
            assert sum(Decimal(str(row[place])) for row in cells) == expected, name

    @pytest.mark.parametrize("slug", ["brands/performance", "sales/daily", "sales/trends", "products/top-selling"])
    def test_files_hold_what_the_answer_holds(self, client_as: As, owner: User, slug: str):
        client, query = client_as(owner), {"period": MARCH}
        answer = body(client.get(address(slug), query))
        lines = read_csv(client.get(address(slug), {**query, "format": "csv"}))
        head, *cells = read_xlsx(client.get(address(slug), {**query, "format": "xlsx"}))
        assert sum(row["revenue"] for row in answer["rows"]) == GOLDEN["revenue"]
        assert [line["revenue"] for line in lines] == [str(row["revenue"]) for row in answer["rows"]]
        labels = [c["label"] for c in answer["columns"] if c["kind"] != "key"]
        assert head == labels
        revenue = head.index("Revenue")
        assert [Decimal(str(row[revenue])) for row in cells] == [row["revenue"] for row in answer["rows"]]

    def test_a_listing_is_downloaded_whole_whatever_the_page(self, client_as: As, owner: User):
        query = {"period": MARCH, "limit": "2", "page": "2", "format": "csv"}
        assert len(read_csv(client_as(owner).get(address("sales/entries"), query))) == 11


class TestFiles:
    def test_names_say_slug_and_days(self, client_as: As, owner: User):
        golden_shop()
        response = client_as(owner).get(address("sales/entries"), {"period": "7d", "format": "csv"})
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        named = 'attachment; filename="sales-entries_2026-03-05_2026-03-11.csv"'
        assert response["Content-Disposition"] == named
        response = client_as(owner).get(address("inventory/pieces"), {"format": "xlsx"})
        assert response["Content-Disposition"] == 'attachment; filename="inventory-pieces_2026-03-11.xlsx"'
        assert read_xlsx(response)

    def test_a_workbook_says_what_it_is(self, client_as: As, owner: User):
        shop = golden_shop()
        query = {"period": MARCH, "brand": [shop.kelly.brand_id, shop.flap.brand_id], "format": "xlsx"}
        facts = dict(read_xlsx(client_as(owner).get(address("brands/performance"), query), "About"))
        assert facts["Title"] == "Brand performance"
        assert facts["Period"] == "1 Mar 2026 to 31 Mar 2026"
        assert facts["Brand"] == "Hermès, Chanel"
        assert facts["Time zone"] == "America/New_York"
        assert facts["As of"] == "11 Mar 2026, 12:00"

    def test_hostile_names_are_harmless_in_files(self, client_as: As, owner: User):
        shop = golden_shop()
        shop.kelly.brand.name = "=cmd|' /C calc'!A0"
        shop.kelly.brand.save()
        client = client_as(owner)
        lines = read_csv(client.get(address("brands/performance"), {"period": MARCH, "format": "csv"}))
        assert lines[0]["brand"] == "'=cmd|' /C calc'!A0"
        cells = read_xlsx(client.get(address("brands/performance"), {"period": MARCH, "format": "xlsx"}))
        assert cells[1][0] == "'=cmd|' /C calc'!A0"

    @pytest.mark.parametrize("kind", [Pieces, LaterPieces])
    def test_an_unread_file_gives_back_what_it_would_be_read_from(self, kind: type[Held]):
        stack, given_back = ExitStack(), []
        stack.callback(given_back.append, True)
        StreamingHttpResponse(kind([b"never read"], stack)).close()
        assert given_back

    @pytest.mark.django_db(transaction=True)
    def test_under_asgi_files_are_sent_in_pieces(self, owner: User):
        golden_shop()

        async def fetch() -> bytes:
            client = AsyncClient()
            await client.aforce_login(owner, backend="django.contrib.auth.backends.ModelBackend")
            response = await client.get(address("sales/entries"), {"period": MARCH, "format": "csv"})
            assert response.is_async
            whole = b"".join([piece async for piece in response.streaming_content])
            await sync_to_async(connections.close_all)()  # those of the thread that served it
            return whole

        text = asyncio.run(fetch()).decode("utf-8-sig")
        assert len(list(csv.DictReader(StringIO(text)))) == 11


class TestRights:
    """A withheld column is nowhere: not in rows, sort, insights, catalogue or files."""

    WITHHELD = ("profit", "margin")

    def test_columns_vanish(self, client_as: As, viewer: User):
        golden_shop()
        client = client_as(viewer)
        answer = body(client.get(address("brands/performance"), {"period": MARCH}))
        for name in self.WITHHELD:
            assert name not in answer["rows"][0]
            assert name not in [column["name"] for column in answer["columns"]]
        catalogue = body(client.get("/api/v1/analytics/"))
        assert "margin" not in simplejson.dumps(catalogue)

    def test_sorting_by_what_one_may_not_see_is_refused(self, client_as: As, viewer: User):
        golden_shop()
        assert client_as(viewer).get(address("brands/performance"), {"sort": "-profit"}).status_code == 403

    def test_customers_names_are_personal(self, client_as: As, viewer: User):
        golden_shop()
        text = client_as(viewer).get(address("customers/top"), {"period": MARCH}).content.decode()
        assert "Anna" not in text

    def test_files_of_one_who_may_export_but_not_see_profit(self, client_as: As, viewer: User):
        golden_shop()
        viewer.user_permissions.add(_permission("export"))
        client = client_as(viewer)
        lines = read_csv(client.get(address("sales/entries"), {"period": MARCH, "format": "csv"}))
        head, *_ = read_xlsx(client.get(address("sales/entries"), {"period": MARCH, "format": "xlsx"}))
        assert not {"profit", "cost", "customer"} & set(lines[0])
        assert not {"Profit", "Cost", "Customer"} & set(head)


def _permission(codename: str):
    from django.contrib.auth.models import Permission

    return Permission.objects.get(content_type__app_label="access", codename=codename)


@pytest.mark.parametrize("slug", ["sales/daily", "customers/top", "sales/entries"])
def test_an_answer_takes_few_queries_of_the_shops_database_however_many_rows(
    client_as: As, owner: User, django_assert_max_num_queries, slug: str
):
    client = client_as(owner)
    golden_shop()
    client.get(address(slug))  # the mart reads the changes
    with django_assert_max_num_queries(8):
        client.get(address(slug), {"period": MARCH})
