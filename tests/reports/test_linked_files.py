"""Links to files, as readers follow them who need not be signed in: good, broken, too old, and without the right."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from boutique import Boutique
from django.contrib.auth.models import User
from django.test import Client
from said import text_of

from lacelux.outbox.models import Delivery
from reports.files import TYPES
from reports.links import link_to
from reports.models import Run

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("clock")]


@pytest.fixture
def done(shop: Boutique, run_for: Callable[..., Run], work: Callable[[], list[Any]], owner: User) -> Run:
    """March as a workbook, made and mailed to the owner and to an address."""
    run = run_for(formats=("xlsx",), people=(owner.pk,), addresses=("ann@x.test",))
    work()
    return run


@pytest.fixture
def link(done: Run) -> str:
    """Ann's link to her workbook."""
    delivery = Delivery.objects.get(address="ann@x.test")
    file = min(done.renditions.filter(form="xlsx"), key=lambda each: len(each.permissions))
    return link_to(file, delivery).removeprefix("http://127.0.0.1:8000")


def refusal_of(link: str) -> str:
    answer = Client().get(link)
    assert answer.status_code == 410
    assert "no-store" in answer.headers["Cache-Control"]
    assert "nav-sidebar" not in answer.content.decode()
    return text_of(answer)


def test_a_good_link_gives_the_file_to_a_stranger(done: Run, link: str):
    answer = Client().get(link)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == TYPES["xlsx"]
    assert b"".join(answer.streaming_content).startswith(b"PK")


def test_a_tampered_link_does_not(link: str):
    signed = link.rstrip("/").rpartition("/")[2]
    assert "This link is not whole" in refusal_of(link.replace(signed, signed[:-3] + "abc"))


def test_an_old_link_does_not(link: str, clock: Any):
    clock.shift(timedelta(days=15))
    assert "This link is too old" in refusal_of(link)


def test_a_link_to_a_removed_file_does_not(done: Run, link: str):
    for file in done.renditions.all():
        file.file.unlink()
    assert "no longer kept" in refusal_of(link)


def test_a_link_dies_with_the_owners_rights(link: str, owner: User):
    User.objects.filter(pk=owner.pk).update(is_active=False)
    said = refusal_of(link)
    assert "You may no longer see what is in this file." in said
    assert "olivia" not in said  # that is for the shop


def test_a_link_dies_with_its_readers_rights(done: Run, owner: User):
    delivery = Delivery.objects.get(address=owner.email)
    full = max(done.renditions.filter(form="xlsx"), key=lambda each: len(each.permissions))
    link = link_to(full, delivery).removeprefix("http://127.0.0.1:8000")
    assert b"".join(Client().get(link)).startswith(b"PK")
    owner.groups.clear()
    assert "You may no longer see" in refusal_of(link)
