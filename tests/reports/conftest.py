"""The boutique of the tests of answers, reports about it, and what a worker and the clock would do."""

from collections.abc import Callable, Iterator
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from boutique import Boutique, boutique
from django.contrib.auth.models import User
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import timezone
from march import MARCH

from lacelux.outbox.services import due_ids
from lacelux.outbox.tasks import deliver
from reports import production, shipped
from reports.audience import Recipients
from reports.models import Report, Run, Schedule
from reports.outlines import Outline, SectionOutline
from reports.schedules import open_due_runs
from reports.services import run_report
from reports.shipped import make


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Boutique]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield boutique()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.REPORT_STORAGE_PATH = str(tmp_path / "reports")


@pytest.fixture
def report(db: None) -> Report:
    return make(MARCH)


@pytest.fixture
def weekly(db: None) -> Report:
    shipped.install()
    return Report.objects.get(slug="weekly-review")


@pytest.fixture
def schedule(weekly: Report, manager: User) -> Schedule:
    """The manager's: every day at 07:00."""
    return Schedule.objects.create(
        report=weekly, owner=manager, every="day", at=time(7), formats=["pdf", "csv"],
        addresses="ann@example.com\nbea@example.com\ncarl@example.com",
    )  # fmt: skip


@pytest.fixture
def run_for(owner: User) -> Callable[..., Run]:
    """`run_for(addresses=("ann@x.test",), formats=["pdf"])`: a queued run of March for these readers."""

    def run_for(outline: Outline = MARCH, by: User = owner, formats: tuple[str, ...] = ("csv",), **to: Any) -> Run:
        return run_report(
            outline=outline, owner=by, cause=Run.Cause.PERSON, formats=formats, recipients=Recipients(**to)
        )

    return run_for


@pytest.fixture
def work() -> Callable[[], list[mail.EmailMessage]]:
    """What clock and workers do in one round; the mails that went out in it."""

    def work() -> list[mail.EmailMessage]:
        before, now = len(mail.outbox), timezone.now()
        open_due_runs(now)
        for run_id in Run.objects.due(now).values_list("pk", flat=True):
            production.produce(run_id)
        for delivery_id in due_ids(timezone.now(), 100):
            deliver(delivery_id)
        return list(mail.outbox[before:])

    return work


@pytest.fixture
def corner(shop: Boutique) -> Report:
    """Brands and best sellers of March, as the builder has them."""
    sections = (
        SectionOutline(analysis="brands/performance", heading="Brands", params={"limit": "5"}),
        SectionOutline(analysis="products/top-selling", heading="Best sellers"),
    )
    return make(Outline(title="Corner", slug="corner", period="2026-03-01/2026-03-31", sections=sections))


@pytest.fixture
def olivia(owner: User, client_as: Callable[[User], Client]) -> Client:
    """The owner at her browser."""
    return client_as(owner)
