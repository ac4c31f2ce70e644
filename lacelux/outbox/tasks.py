"""What the worker does for mails."""

from __future__ import annotations

from celery import shared_task

from lacelux.outbox import delivering


@shared_task
def deliver(delivery_id: int) -> None:
    """Try once to send a mail that may be due."""
    delivering.deliver(delivery_id)
