"""Personal data in the admin: masked, found only exactly, shown once and written down; users and keys for owners."""

from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from lacelux.access.keys import living_key
from lacelux.access.models import ApiKey

ClientAs = Callable[[User], Client]
LIST = "admin:customers_customer_changelist"
SECRETS = ("anna@example.com", "+1 555 0101", "5 Elm Street", "02139")


@pytest.fixture
def anna(db: None) -> Customer:
    return Customer.objects.create(
        name="Anna", email="anna@example.com", phone="+1 555 0101", address="5 Elm Street", postcode="02139"
    )


def change(customer: Customer) -> str:
    return reverse("admin:customers_customer_change", args=[customer.pk])


def test_managers_see_people_and_staff_see_masks(
    anna: Customer, manager: User, staff: User, client_as: ClientAs
) -> None:
    for url in (reverse(LIST), change(anna)):
        assert "anna@example.com" in client_as(manager).get(url).content.decode()
        masked = client_as(staff).get(url).content.decode()
        assert "a•••@e•••.com" in masked
        assert not [secret for secret in SECRETS if secret in masked]


@pytest.mark.parametrize(("asked", "found"), [("anna@example.com", True), ("@example", False), ("0101", False)])
def test_staff_find_people_only_by_a_whole_address(
    anna: Customer, staff: User, client_as: ClientAs, asked: str, found: bool
) -> None:
    assert ("Anna" in client_as(staff).get(reverse(LIST), {"q": asked}).content.decode()) is found


@pytest.mark.parametrize("lookup", ["email__startswith", "phone__contains", "postcode", "address__contains"])
def test_nor_by_the_address_bar(anna: Customer, staff: User, manager: User, client_as: ClientAs, lookup: str) -> None:
    assert client_as(staff).get(reverse(LIST), {lookup: "a"}).status_code == 400
    assert client_as(manager).get(reverse(LIST), {lookup: "a"}).status_code == 200


def test_showing_personal_data_is_written_down(anna: Customer, staff: User, client_as: ClientAs) -> None:
    reveal = reverse("admin:customers_customer_reveal", args=[anna.pk])
    client = client_as(staff)
    assert "anna@example.com" not in client.get(reveal).content.decode()
    assert not LogEntry.objects.exists()
    shown = client.post(reveal).content.decode()
    assert all(secret.replace("+", "+") in shown for secret in SECRETS[:1] + SECRETS[2:])
    assert "Personal data shown to stella" in LogEntry.objects.get(user=staff).change_message


def test_staff_change_a_name_without_touching_what_they_cannot_see(
    anna: Customer, staff: User, client_as: ClientAs
) -> None:
    data = {"name": "Anna B.", "email": "x@evil.example", "phone": "", "notes": "x"}
    forms = {f"{name}-{count}_FORMS": "0" for name in ("handles", "orders") for count in ("TOTAL", "INITIAL")}
    answer = client_as(staff).post(change(anna), {**data, **forms})
    assert answer.status_code == 302, answer.context["errors"]
    anna.refresh_from_db()
    assert (anna.name, anna.email, anna.phone, anna.notes) == ("Anna B.", "anna@example.com", "+1 555 0101", "")


def test_a_key_is_shown_once_and_revoked_for_good(owner: User, client_as: ClientAs) -> None:
    client = client_as(owner)
    shown = client.post(reverse("admin:access_apikey_add"), {"name": "till-1", "role": "pos"})
    assert shown.status_code == 200
    value = shown.context["value"]
    key = ApiKey.objects.get(name="till-1")
    assert living_key(value) == key
    assert value not in client.get(reverse("admin:access_apikey_change", args=[key.pk])).content.decode()
    assert client.post(reverse("admin:access_apikey_revoke", args=[key.pk])).status_code == 302
    assert living_key(value) is None


def test_a_name_that_is_taken_is_said_on_the_form(owner: User, client_as: ClientAs) -> None:
    client = client_as(owner)
    for _ in range(2):
        answer = client.post(reverse("admin:access_apikey_add"), {"name": "till-1", "role": "pos"})
    assert "errors" in answer.context
    assert ApiKey.objects.count() == 1


def test_managers_make_neither_users_nor_keys(manager: User, client_as: ClientAs) -> None:
    client = client_as(manager)
    assert client.get(reverse("admin:access_apikey_add")).status_code == 403
    assert client.get(reverse("admin:auth_user_add")).status_code == 403
