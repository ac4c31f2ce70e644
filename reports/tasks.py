"""What the worker does for reports. A task may always be lost: the clock asks the database again what is due."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from lacelux.intake.models import Batch
from lacelux.intake.tasks import read_batch
from lacelux.lib.nudging import nudge
from lacelux.outbox.services import due_ids
from lacelux.outbox.tasks import deliver
from reports import production, renditions
from reports.models import Run
from reports.schedules import open_due_runs

MOST_AT_ONCE = 200  # of each kind that a look tells the workers of; the next look finds the rest
A_WHILE = timedelta(seconds=30)  # after which an upload that waits has lost its message


@shared_task(name="reports.tasks.ask_what_is_due")
def ask_what_is_due() -> None:
    """The one entry of the beat: schedules, runs, mails and uploads that are due, also those whose worker died."""
    open_due_runs(timezone.now())
    now = timezone.now()  # later than the runs just opened, so that these are due at once
    for run_id in Run.objects.due(now).order_by("due_at").values_list("pk", flat=True)[:MOST_AT_ONCE]:
        nudge(produce, run_id)
    for delivery_id in due_ids(now, MOST_AT_ONCE):
        nudge(deliver, delivery_id)
    waiting = Batch.objects.filter(state=Batch.State.QUEUED, created_at__lt=now - A_WHILE)
    for batch_id in waiting.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE]:
        nudge(read_batch, batch_id)


@shared_task(name="reports.tasks.produce")
def produce(run_id: int) -> None:
    production.produce(run_id)


@shared_task(name="reports.tasks.tidy")
def tidy() -> None:
    renditions.remove_old()
