"""Six identities × every domain address × every method. An address that is not here fails the test."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.response import Response
from rest_framework.test import APIClient

from sales.models import CalendarEvent, CalendarSource, Campaign
from sales.services import record_interaction

pytestmark = pytest.mark.django_db
Api = Callable[[str], APIClient]
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
ROLES = ("", "owner", "manager", "staff", "pos", "viewer")
ELSEWHERE = ("api/v1/analytics/", "api/v1/reports/")  # have a matrix of their own

# What GET and POST answer to each of ROLES, in that order; an address of one record is asked for `{id}`.
# 405: there is no such method. PUT, PATCH and DELETE, where CHANGES names none: 401 to
# strangers, else 405.
#                           GET: nobody owner manager staff pos viewer   POST: nobody owner manager staff pos viewer
NO = (401, 405, 405, 405, 405, 405)
ALL = (401, 200, 200, 200, 200, 200)
MATRIX: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "api/v1/":                 (ALL,                            NO),
    "api/v1/products/":        (ALL,                            NO),
    "api/v1/products/{id}/":   (ALL,                            NO),
    "api/v1/customers/":       ((401, 200, 200, 200, 400, 403), NO),
    "api/v1/customers/{id}/":  ((401, 200, 200, 200, 404, 403), NO),
    "api/v1/orders/":          ((401, 200, 200, 200, 200, 403), NO),
    "api/v1/orders/{id}/":     ((401, 200, 200, 200, 404, 403), NO),
    "api/v1/sales/":           (NO,                             (401, 201, 409, 409, 409, 403)),
    "api/v1/refunds/":         ((401, 200, 200, 200, 403, 403), (401, 201, 409, 409, 403, 403)),
    "api/v1/refunds/{id}/":    ((401, 200, 200, 200, 403, 403), NO),
    "api/v1/shows/":           (ALL,                            (401, 201, 201, 201, 403, 403)),
    "api/v1/shows/{id}/":      (ALL,                            NO),
    "api/v1/channels/":        (ALL,                            NO),
    "api/v1/channels/{id}/":   (ALL,                            NO),
    "api/v1/customers/{id}/insights/": ((401, 200, 200, 200, 200, 403), NO),
    "api/customers/{id}/insights": ((401, 200, 200, 200, 200, 403), NO),
    "api/sync":                ((401, 200, 200, 200, 200, 403), NO),
    "api/sync/customers":      (NO,                             (401, 200, 200, 200, 200, 403)),
    "api/sync/sales":          (NO,                             (401, 200, 200, 200, 200, 403)),
    "api/v1/campaigns/":       ((401, 200, 200, 200, 403, 200), (401, 201, 400, 403, 403, 403)),
    "api/v1/campaigns/{id}/":  ((401, 200, 200, 200, 403, 200), NO),
    "api/v1/interactions/":    ((401, 200, 200, 200, 403, 403), (401, 201, 201, 201, 403, 403)),
    "api/v1/interactions/{id}/": ((401, 200, 200, 200, 403, 403), NO),
    "api/v1/calendar-events/": ((401, 200, 200, 200, 403, 200), (401, 201, 201, 201, 403, 403)),
    "api/v1/calendar-events/{id}/": ((401, 200, 200, 200, 403, 200), NO),
    "api/calendar/events":     ((401, 200, 200, 200, 403, 200), (401, 201, 201, 201, 403, 403)),
    "api/schema/":             (ALL,                            NO),
    "api/docs/":               ((302, 200, 200, 200, 200, 200), (302, 405, 405, 405, 405, 405)),
}  # fmt: skip
# What the others answer where there is such a method: to an empty body, and to removing what is in use.
CHANGES: dict[str, dict[str, tuple[int, ...]]] = {
    "api/v1/campaigns/{id}/": {
        "PUT": (401, 400, 400, 403, 403, 403),
        "PATCH": (401, 200, 200, 403, 403, 403),
        "DELETE": (401, 409, 409, 403, 403, 403),
    },
    "api/v1/shows/{id}/": {
        "PUT": (401, 400, 400, 400, 403, 403),
        "PATCH": (401, 200, 200, 200, 403, 403),
        "DELETE": (401, 409, 409, 403, 403, 403),
    },
    "api/v1/calendar-events/{id}/": {
        "PUT": (401, 400, 400, 400, 403, 403),
        "PATCH": (401, 200, 200, 200, 403, 403),
        "DELETE": (401, 409, 409, 403, 403, 403),
    },
}
PUBLIC = {"api/health", "api/views"}


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Every address under /api/ as a template, from the resolver itself."""
    for pattern in patterns:
        here = before + str(pattern.pattern).lstrip("^").removesuffix(r"\Z").removesuffix("$").removesuffix("/?")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, here)
        elif here.startswith("api/") and not here.startswith(ELSEWHERE):
            yield here.replace(r"(?P<pk>\d{1,18})", "{id}")


def test_every_address_of_the_api_is_in_the_matrix() -> None:
    catch_all = {"api/"}
    assert set(addresses(get_resolver().url_patterns)) - catch_all == set(MATRIX) | PUBLIC


@pytest.fixture
def ids(shop: SimpleNamespace, sell: Callable[..., Response], api: Api) -> dict[str, int]:
    """One record of each kind; the order is the manager's, with a refund of 1.00."""
    spring = Campaign.objects.create(name="Spring", starts_on="2026-03-01")
    order = sell("LV-2", role="manager", campaign=spring.pk, show=shop.show.pk).json()["id"]
    back = {"order": order, "goodwill": "1.00"}
    refund = api("manager").post("/api/v1/refunds/", back, headers={"Idempotency-Key": "first"}).json()[0]["id"]
    noted = record_interaction(kind="rating", score=5)
    holidays = CalendarSource.objects.create(name="Holidays", contents=b"")
    easter = CalendarEvent.objects.create(name="Easter", event_type="festival", starts_on="2026-04-05", source=holidays)
    return {
        "products": shop.speedy.pk, "customers": shop.anna.pk, "orders": order, "refunds": refund,
        "shows": shop.show.pk, "channels": shop.till.pk, "campaigns": spring.pk,
        "interactions": noted.pk, "calendar-events": easter.pk,
    }  # fmt: skip


@pytest.fixture
def bodies(ids: dict[str, int]) -> dict[str, Any]:
    """The first who may post gets through; there is nothing left for the next one."""
    return {
        "api/v1/sales/": {"channel": "till", "lines": [{"sku": "LV-1", "unit_price": "450"}]},
        "api/v1/refunds/": {"order": ids["orders"], "goodwill": "449.00"},
        "api/v1/campaigns/": {"name": "Summer", "starts_on": "2026-06-01"},  # a name is there once
        "api/v1/shows/": {"title": "Friday", "channel": "whatnot", "starts_at": "2026-03-13T19:00:00-04:00"},
        "api/v1/interactions/": {"kind": "rating", "score": 5},
        "api/v1/calendar-events/": {"event_type": "event", "name": "Fair", "starts_on": "2026-04-01"},
        "api/calendar/events": {"event_type": "event", "name": "Fair", "date": "2026-04-01"},
        "api/sync/customers": {"customers": [{"id": "C-1", "name": "Anna"}]},
        "api/sync/sales": {"sales": [{"id": "S-1", "total_amount": "450", "created_at": "2026-03-01T12:00:00Z"}]},
    }


@pytest.mark.parametrize("template", MATRIX)
def test_each_identity_gets_what_the_matrix_says(
    template: str, api: Api, ids: dict[str, int], bodies: dict[str, Any]
) -> None:
    path = "/" + (
        template.format(id=ids[template.partition("/{id}")[0].split("/")[-1]]) if "{id}" in template else template
    )
    for place, role in enumerate(ROLES):
        for method in METHODS:
            answer = api(role).generic(method, path) if method != "POST" else posted(api(role), path, bodies, role)
            expected = expected_status(template, method, place)
            assert answer.status_code in expected, (role or "nobody", method, answer.status_code, answer.content)
            if answer.status_code >= 400 and method != "HEAD" and template.startswith("api/v1/"):
                assert set(answer.json()) == {"error"}
            assert "no-store" in answer.headers["Cache-Control"]


def posted(client: APIClient, path: str, bodies: dict[str, Any], role: str) -> Response:
    return client.post(path, bodies.get(path.lstrip("/"), {}), headers={"Idempotency-Key": f"matrix {role}"})


def expected_status(template: str, method: str, place: int) -> set[int]:
    get, post = MATRIX[template]
    if method in CHANGES.get(template, {}):
        return {CHANGES[template][method][place]}
    if method == "POST":
        return {post[place]}
    if method in ("PUT", "PATCH", "DELETE"):
        return {post[place] if template == "api/docs/" else NO[place]}
    if method == "OPTIONS":
        if template == "api/docs/":
            return {post[place]}
        allowed = {get[place], post[place]} - {405}
        return {200} if allowed - {401, 403} else allowed
    return {get[place]}


def test_health_is_for_everybody(api: Api) -> None:
    for role in ROLES:
        assert api(role).get("/api/health").status_code == 200
    assert api("").post("/api/health").status_code == 405
