"""A post office with changeable manners, a writer, and mails to send."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from post_office import PostOffice
from pytest_django import Settings
from writers import Notes

from lacelux.lib import nudging
from lacelux.outbox import sending
from lacelux.outbox.delivering import deliver
from lacelux.outbox.models import Delivery
from lacelux.outbox.services import post

Post = Callable[..., Delivery]


@pytest.fixture(autouse=True)
def writer(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> type[Notes]:
    """What writes mails of the kind "note"; a test may change what it does."""
    settings.OUTBOX_LETTERS = {"note": "writers.Notes"}
    settings.DEFAULT_FROM_EMAIL = "Lace-Luxx <office@lace-luxx.test>"
    for name, value in {"withheld": {}, "told": [], "broken": False, "fails_when_told": False}.items():
        monkeypatch.setattr(Notes, name, value)
    return Notes


@pytest.fixture(autouse=True)
def _rested(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails are tried at once, whatever an earlier test met."""
    monkeypatch.setattr(sending, "_resting_until", 0.0)


@pytest.fixture
def post_office(settings: Settings) -> Iterator[PostOffice]:
    with PostOffice() as office:
        settings.EMAIL_BACKEND = "lacelux.outbox.backends.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", office.port, 10
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield office


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> Post:
    """`posted("anna@example.com")`: a mail that waits; no worker is told of it."""
    monkeypatch.setattr(nudging, "_quiet_until", float("inf"))

    def posted(address: str = "anna@example.com", **more: object) -> Delivery:
        given = {"kind": "note", "reference": uuid.uuid4(), "person": None, **more}
        return post(address=address, **given)

    return posted


@pytest.fixture
def due_again() -> Callable[[Delivery], None]:
    """The pause of a mail that failed is over."""

    def due_again(delivery: Delivery) -> None:
        Delivery.objects.filter(pk=delivery.pk).update(next_try_at=timezone.now())

    return due_again


def delivered(delivery: Delivery) -> Delivery:
    """The mail after a try."""
    deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def is_at_rest(delivery: Delivery) -> bool:
    return (delivery.claim, delivery.lease_until) == (None, None) and delivery.settled_at is not None
