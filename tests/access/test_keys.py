"""API keys: shown once, kept as a digest, each with a user of its own."""

import base64
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.test import APIClient

from lacelux.access.keys import KeyProblem, digest_of, issue, living_key, revoke
from lacelux.access.models import ApiKey

pytestmark = pytest.mark.django_db
CHANNELS = "/api/v1/channels/"


def calling(value: str, **headers: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {value}", **headers)
    return client


def test_the_command_prints_the_key_once_and_only_its_digest_is_kept() -> None:
    out, notes = StringIO(), StringIO()
    call_command("api_key", "till", "--role", "pos", stdout=out, stderr=notes)
    value = out.getvalue().strip()
    key = ApiKey.objects.get()
    assert value.startswith("lx_")
    assert len(base64.urlsafe_b64decode(value.removeprefix("lx_") + "=")) * 8 == 256
    assert (key.digest, key.prefix) == (digest_of(value), value[:8])
    assert not [column for column in ApiKey.objects.values_list().get() if str(column) == value]


def test_a_key_acts_as_its_own_user_in_its_role_who_cannot_log_in() -> None:
    key, _ = issue(name="till", role="pos")
    assert [group.name for group in key.user.groups.all()] == ["pos"]
    assert not key.user.has_usable_password()
    assert not key.user.is_staff
    assert not key.user.is_superuser


def test_a_key_opens_what_its_role_may_see() -> None:
    _, value = issue(name="till", role="pos")
    assert calling(value).get(CHANNELS).status_code == 200
    assert calling(value).get("/api/v1/refunds/").status_code == 403


@pytest.mark.parametrize("header", ["Api-Key", "Api-Key ", "Api-Key lx_wrong", "api-key x y z", "Api-Key \xff\xfe"])
def test_a_wrong_key_is_a_401_that_says_how_to_call(header: str) -> None:
    answer = APIClient().get(CHANNELS, HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Api-Key")
    assert answer.json()["error"]["code"] == "authentication_failed"


def test_no_key_is_a_401_too() -> None:
    answer = APIClient().get(CHANNELS)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Api-Key")


def test_a_revoked_key_opens_nothing_and_its_name_is_not_given_again() -> None:
    _, value = issue(name="till", role="pos")
    call_command("api_key", "--revoke", "till", stdout=StringIO())
    assert calling(value).get(CHANNELS).status_code == 401
    with pytest.raises(CommandError, match="taken"):
        call_command("api_key", "till", "--role", "pos", stdout=StringIO())
    with pytest.raises(KeyProblem, match="No living key"):
        revoke(name="till")


def test_a_key_of_a_deactivated_user_opens_nothing() -> None:
    key, value = issue(name="till", role="pos")
    key.user.is_active = False
    key.user.save()
    assert living_key(value) is None


def test_the_list_shows_keys_without_their_values() -> None:
    _, value = issue(name="till", role="pos")
    out = StringIO()
    call_command("api_key", "--list", stdout=out)
    assert "till" in out.getvalue()
    assert value[:8] in out.getvalue()
    assert value not in out.getvalue()


@pytest.mark.parametrize("name", ["", "two words", "x" * 81, "a/b"])
def test_an_unfit_name_is_refused(name: str) -> None:
    with pytest.raises(KeyProblem):
        issue(name=name, role="pos")


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(KeyProblem, match="no role"):
        issue(name="till", role="king")
    with pytest.raises(CommandError, match="Say what the key may do"):
        call_command("api_key", "till")


def test_the_work_is_the_same_for_known_and_unknown_keys(django_assert_num_queries) -> None:
    _, value = issue(name="till", role="pos")
    for tried in (value, "lx_wrong"):
        with django_assert_num_queries(1):
            living_key(tried)


def test_use_is_noted_at_most_once_a_minute() -> None:
    key, value = issue(name="till", role="pos")
    calling(value).get(CHANNELS)
    first = ApiKey.objects.get().last_used_at
    calling(value).get(CHANNELS)
    assert ApiKey.objects.get().last_used_at == first is not None
    ApiKey.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    calling(value).get(CHANNELS)
    assert timezone.now() - ApiKey.objects.get().last_used_at < timedelta(seconds=30)
