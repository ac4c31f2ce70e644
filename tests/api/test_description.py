"""The OpenAPI description, the page that shows it, and what stands at addresses without a view."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from lacelux.access.schema import EVERYWHERE

Api = Callable[[str], APIClient]


def test_the_description_is_valid_and_nothing_in_it_is_guessed(tmp_path: Path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


@pytest.fixture
def description(api: Api) -> dict[str, Any]:
    return api("owner").get("/api/schema/", headers={"Accept": "application/json"}).json()


def test_sales_and_refunds_require_the_idempotency_header(description: dict[str, Any]) -> None:
    for path in ("/api/v1/sales/", "/api/v1/refunds/"):
        operation = description["paths"][path]["post"]
        [header] = [one for one in operation["parameters"] if one["in"] == "header"]
        assert (header["name"], header["required"]) == ("Idempotency-Key", True)
        assert {"409", "413", "415", "422"} <= set(operation["responses"])


def test_every_operation_says_which_errors_it_answers(description: dict[str, Any]) -> None:
    for path, methods in description["paths"].items():
        for operation in methods.values():
            if path.startswith("/api/v1/"):
                assert set(EVERYWHERE) <= set(operation["responses"]), path


def test_calls_are_made_with_a_key_or_a_session(description: dict[str, Any]) -> None:
    assert set(description["components"]["securitySchemes"]) == {"apiKey", "cookieAuth"}
    assert description["paths"]["/api/v1/sales/"]["post"]["security"] == [{"apiKey": []}, {"cookieAuth": []}]


def test_fields_that_may_be_withheld_are_described_but_not_promised(description: dict[str, Any]) -> None:
    product = description["components"]["schemas"]["Product"]
    assert "landed_cost" in product["properties"]
    assert "landed_cost" not in product.get("required", [])


@pytest.mark.django_db
def test_the_page_loads_nothing_from_elsewhere_and_has_no_inline_script(api: Api) -> None:
    page = api("viewer").get("/api/docs/", headers={"Accept": "text/html"}).content.decode()
    assert "https://" not in page
    assert "<script>" not in page
    assert "/static/drf_spectacular_sidecar/" in page


@pytest.mark.django_db
def test_an_unknown_address_is_a_404_in_json_for_programs_and_a_page_for_people() -> None:
    client = Client(enforce_csrf_checks=True)
    for method in (client.get, client.post, client.delete):
        answer = method("/api/v1/nothing/")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert client.get("/nothing/").headers["Content-Type"].startswith("text/html")


@pytest.mark.django_db
def test_a_forgotten_slash_is_mended_for_readers_and_refused_to_writers(client: Client) -> None:
    answer = client.get("/api/v1/products?sku=LV-1")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/api/v1/products/?sku=LV-1")
    assert client.post("/api/v1/sales").status_code == 404
