"""Errors in one shape, limits on calls, privacy of caches."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.exceptions import ValidationError as ModelError
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from rest_framework.exceptions import NotAuthenticated, Throttled, ValidationError
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.views import APIView

from lacelux.access.errors import answer_error
from lacelux.access.keys import issue
from lacelux.access.middleware import no_store
from lacelux.access.refusals import Conflict
from lacelux.access.throttling import parsed


def answered(error: Exception) -> Response:
    answer = answer_error(error, {})
    assert answer is not None
    return answer


def test_errors_name_nested_fields_by_path() -> None:
    detail = {
        "lines": [{}, {"unit_price": ["too low"], "non_field_errors": ["odd"]}],
        "non_field_errors": ["all wrong"],
    }
    assert answered(ValidationError(detail)).data == {
        "error": {
            "code": "invalid",
            "message": "all wrong",
            "fields": {"lines.1.unit_price": ["too low"], "lines.1": ["odd"]},
        }
    }


def test_errors_of_list_fields_carry_the_place() -> None:
    assert answered(ValidationError({"lines": {2: {"sku": ["unknown"]}}})).data["error"]["fields"] == {
        "lines.2.sku": ["unknown"]
    }


def test_a_conflict_carries_its_facts() -> None:
    answer = answered(Conflict("Gone.", "out_of_stock", sku="LV-1", available=0))
    assert answer.status_code == 409
    assert answer.data == {
        "error": {"code": "out_of_stock", "message": "Gone.", "sku": "LV-1", "available": 0}
    }  # fmt: skip


def test_a_throttled_caller_hears_when_to_come_back() -> None:
    answer = answered(Throttled(wait=12.2))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "13")


def test_a_model_that_refuses_is_a_400() -> None:
    assert answered(ModelError({"number": ["taken"]})).data["error"]["fields"] == {"number": ["taken"]}


def test_a_database_that_does_not_answer_is_a_503_to_be_tried_again() -> None:
    answer = answered(OperationalError("database is locked"))
    assert (answer.status_code, answer.headers["Retry-After"], answer.data["error"]["code"]) == (503, "1", "busy")
    assert "locked" not in str(answer.data)


def test_a_fault_of_ours_is_left_to_django() -> None:
    assert answer_error(RuntimeError(), {}) is None


def test_who_is_not_known_gets_a_challenge() -> None:
    error = NotAuthenticated()
    error.auth_header = "Api-Key"
    assert answered(error).headers["WWW-Authenticate"] == "Api-Key"


def test_a_view_that_says_nothing_lets_nobody_in() -> None:
    class Forgetful(APIView):
        authentication_classes = ()

        def get(self, request: Any) -> Response:
            return Response()

    with pytest.raises(ImproperlyConfigured, match="does not say what it `needs`"):
        Forgetful.as_view()(APIRequestFactory().get("/"))


@pytest.mark.parametrize(("rate", "meant"), [("60/min", (60, 60)), ("5/s", (5, 1)), ("1000/hour", (1000, 3600))])
def test_rates_read_as_they_are_written(rate: str, meant: tuple[int, int]) -> None:
    assert parsed(rate) == meant


@pytest.fixture
def rates(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def set_rates(**rates: str) -> None:
        monkeypatch.setattr(api_settings, "DEFAULT_THROTTLE_RATES", rates)

    return set_rates


@pytest.fixture
def callers(db: None) -> list[APIClient]:
    clients = []
    for name in ("anna", "bella"):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Api-Key {issue(name=name, role='pos')[1]}")
        clients.append(client)
    return clients


def test_each_caller_has_their_own_limit(callers: list[APIClient], rates: Callable[..., None], clock: Any) -> None:
    rates(user="3/min", anon="")
    anna, bella = callers
    assert [anna.get("/api/v1/channels/").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert bella.get("/api/v1/channels/").status_code == 200
    clock.shift(60)
    assert anna.get("/api/v1/channels/").status_code == 200


def test_strangers_are_limited_by_address_whatever_they_claim(db: None, rates: Callable[..., None], clock: Any) -> None:
    rates(user="", anon="2/min")
    answers = [APIClient().get("/api/v1/channels/", headers={"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 401]  # refused before they are counted


def test_calls_pass_when_the_cache_is_down(
    callers: list[APIClient], rates: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any) -> None:
        raise ConnectionError("no Redis")

    rates(user="1/min", anon="")
    monkeypatch.setattr(cache, "add", down)
    assert [callers[0].get("/api/v1/channels/").status_code for _ in range(3)] == [200, 200, 200]


def test_answers_stay_out_of_caches_unless_their_view_says_otherwise() -> None:
    def public(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Cache-Control": "public, max-age=31536000, immutable"})

    assert no_store(lambda request: HttpResponse())(HttpRequest()).headers["Cache-Control"] == "private, no-store"
    assert no_store(public)(HttpRequest()).headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/login/", "/api/v1/products/", "/api/health", "/nothing"])
def test_no_page_is_kept_by_caches(client: Client, path: str) -> None:
    assert "no-store" in client.get(path).headers["Cache-Control"]
