"""Calls from web pages elsewhere: only from allow-listed origins, only under /api/, and never with cookies."""

import pytest
from django.test import Client

TILL = "https://till.example.com"
ASKED = {"Origin": TILL, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
PATHS = ("/api/sync/sales", "/api/customers/1/insights", "/api/v1/sales/")
pytestmark = pytest.mark.django_db


@pytest.fixture
def _listed(settings: object) -> None:
    settings.CORS_ALLOWED_ORIGINS = [TILL]


@pytest.mark.parametrize("path", PATHS)
def test_no_origin_is_allowed_unless_it_is_listed(client: Client, path: str) -> None:
    for answer in (client.options(path, headers=ASKED), client.get(path, headers={"Origin": TILL})):
        assert not [name for name in answer.headers if name.startswith("Access-Control-")]


@pytest.mark.usefixtures("_listed")
@pytest.mark.parametrize("path", PATHS)
def test_a_listed_origin_may_call_and_is_told_so_even_of_errors(client: Client, path: str) -> None:
    asked = client.options(path, headers=ASKED)
    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Origin"] == TILL
    assert {"authorization", "idempotency-key", "x-site-key"} <= set(
        asked.headers["Access-Control-Allow-Headers"].split(", ")
    )
    answer = client.get(path, headers={"Origin": TILL})
    assert answer.status_code in (401, 405)
    assert answer.headers["Access-Control-Allow-Origin"] == TILL
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "origin" in answer.headers["Vary"].lower()


@pytest.mark.usefixtures("_listed")
@pytest.mark.parametrize("origin", ["https://till.example.com.evil.test", "http://till.example.com", "null"])
def test_what_only_looks_like_a_listed_origin_is_none(client: Client, origin: str) -> None:
    answer = client.options(PATHS[0], headers={**ASKED, "Origin": origin})
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.usefixtures("_listed")
def test_pages_for_people_are_for_no_other_origin(client: Client) -> None:
    answer = client.get("/admin/login/", headers={"Origin": TILL})
    assert "Access-Control-Allow-Origin" not in answer.headers
