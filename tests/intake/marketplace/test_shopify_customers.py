"""Shopify's customers: new ones, gaps filled, consent given and withdrawn."""

from collections.abc import Callable
from pathlib import Path

import pytest

from customers.models import Customer
from tests.intake.conftest import Run

Intake = Callable[..., Run]
HEADER = (
    "First Name,Last Name,Email,Accepts Email Marketing,Company,Address1,Address2,City,Province,Province Code,Country,"
    "Country Code,Zip,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags,Note,Tax Exempt"
)


def person(email: str = "anna@example.com", **more: str) -> dict[str, str]:
    row = {
        "First Name": "Anna",
        "Last Name": "Berg",
        "Email": email,
        "Accepts Email Marketing": "yes",
        "Address1": "130 Pine Rd",
        "Address2": "Apt 4",
        "City": "Boston",
        "Country": "United States",
        "Zip": "'02139",
        "Phone": "'+1 617 555 0100",
        "Tags": "vip, handbags",
    }
    return row | more


def test_people_go_in_once(intake: Intake, sheet: Callable[..., Path]) -> None:
    by_phone = person("", Phone="+1 617 555 0101", **{"First Name": "Berta", "Accepts Email Marketing": "no"})
    path = sheet(HEADER, person(), by_phone, person())
    assert intake(path).counts == {"rows": 3, "new": 2, "known": 1}
    anna = Customer.objects.get(email="anna@example.com")
    assert (anna.name, anna.address, anna.postcode) == ("Anna Berg", "130 Pine Rd, Apt 4", "02139")
    assert anna.consented_to_mail_at
    assert set(anna.tags.values_list("name", flat=True)) == {"vip", "handbags"}
    assert Customer.objects.get(name="Berta Berg").consented_to_mail_at is None
    assert intake(path).counts == {"rows": 3, "known": 3}


def test_gaps_are_filled_and_what_stands_here_stays(intake: Intake, sheet: Callable[..., Path]) -> None:
    Customer.objects.create(name="Annie", email="Anna@Example.com", city="Salem")
    assert intake(sheet(HEADER, person())).counts == {"rows": 1, "changed": 1}
    anna = Customer.objects.get()
    assert (anna.name, anna.city, anna.postcode, anna.tags.count()) == ("Annie", "Salem", "02139", 2)
    assert intake(sheet(HEADER, person())).counts == {"rows": 1, "known": 1}


def test_consent_is_withdrawn(intake: Intake, sheet: Callable[..., Path]) -> None:
    intake(sheet(HEADER, person()))
    no = sheet(HEADER, person(**{"Accepts Email Marketing": "no"}))
    assert intake(no).counts == {"rows": 1, "changed": 1}
    assert Customer.objects.get().consented_to_mail_at is None
    silent = sheet(HEADER, person(**{"Accepts Email Marketing": ""}))
    assert intake(silent).counts == {"rows": 1, "known": 1}


@pytest.mark.parametrize(
    ("more", "column"),
    [
        ({"Email": "anna at home"}, "Email"),
        ({"Email": "", "Phone": ""}, "Email"),
        ({"Accepts Email Marketing": "perhaps"}, "Accepts Email Marketing"),
        ({"City": "x" * 81}, "City"),
    ],
)
def test_a_wrong_cell_is_named(intake: Intake, sheet: Callable[..., Path], more: dict[str, str], column: str) -> None:
    run = intake(sheet(HEADER, person(**more), person("berta@example.com")))
    assert run.counts == {"rows": 2, "new": 1, "rejected": 1}
    assert (run.batch.rejections.get().row, run.batch.rejections.get().column) == (2, column)


def test_one_person_told_in_two_ways_is_a_conflict(intake: Intake, sheet: Callable[..., Path]) -> None:
    assert intake(sheet(HEADER, person(), person(City="Salem"))).counts == {"rows": 2, "new": 1, "conflicts": 1}
