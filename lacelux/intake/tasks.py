"""What the worker does for uploads."""

from __future__ import annotations

from celery import shared_task

from lacelux.intake.models import Batch
from lacelux.intake.uploads import read


@shared_task
def read_batch(batch_id: int) -> None:
    """Read the files of a queued batch. Errors end on the batch, where people see them, and in the log."""
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is not None:
        read(batch)
