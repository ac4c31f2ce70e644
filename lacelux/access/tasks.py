"""What access has to tidy up."""

from __future__ import annotations

from celery import shared_task

from lacelux.access.idempotency import forget_old_answers


@shared_task(name="lacelux.access.tasks.tidy")
def tidy() -> None:
    forget_old_answers()
