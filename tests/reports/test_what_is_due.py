"""The one entry of the beat: whoever lost their message is told of again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from boutique import Boutique
from django.contrib.auth.models import User
from django.utils import timezone

from lacelux.intake.models import Batch
from lacelux.outbox.models import Delivery
from reports import production, tasks
from reports.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What the workers are told of by a look: (name of the task, id)."""
    found: list[tuple[str, int]] = []
    monkeypatch.setattr(tasks, "nudge", lambda task, pk: found.append((task.name.rpartition(".")[2], pk)))
    return found


def test_a_run_and_its_mails_are_due_until_somebody_has_them(
    shop: Boutique, run_for: Callable[..., Run], told: list[Any]
):
    run = run_for(addresses=("ann@x.test", "ben@x.test"))
    tasks.ask_what_is_due()
    assert told == [("produce", run.pk)]
    production.produce(run.pk)
    told.clear()
    tasks.ask_what_is_due()
    assert sorted(told) == sorted(("deliver", pk) for pk in Delivery.objects.values_list("pk", flat=True))


def test_an_upload_whose_message_was_lost_is_due_after_a_while(owner: User, told: list[Any]):
    batch = Batch.objects.create(format="x", source="x", state="queued", created_by=owner)
    tasks.ask_what_is_due()
    assert told == []
    Batch.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    tasks.ask_what_is_due()
    assert told == [("read_batch", batch.pk)]


def test_a_look_finds_the_rest_the_next_time(
    shop: Boutique, run_for: Callable[..., Run], told: list[Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tasks, "MOST_AT_ONCE", 2)
    first, second, third = (run_for() for _ in range(3))
    tasks.ask_what_is_due()
    assert told == [("produce", first.pk), ("produce", second.pk)]
    for run in (first, second):
        production.produce(run.pk)
    told.clear()
    tasks.ask_what_is_due()
    assert told == [("produce", third.pk)]
