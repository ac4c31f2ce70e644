"""A worker for the control: it notes a mail as sent and then sends it, as one does who wants no doubles."""

from __future__ import annotations

from typing import Any

from celery.signals import worker_init

from lacelux.celery import app

__all__ = ["app"]


@worker_init.connect
def be_careless(**_: Any) -> None:
    import django

    django.setup()
    from lacelux.outbox import delivering

    delivering.deliver = claim_then_send


def claim_then_send(delivery_id: int) -> None:
    from django.utils import timezone

    from lacelux.outbox.models import Delivery
    from lacelux.outbox.sealing import compose
    from lacelux.outbox.sending import open_line, send

    waiting = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.QUEUED)
    if waiting.update(state=Delivery.State.SENT, sent_at=timezone.now()):
        with open_line() as line:
            send(compose(Delivery.objects.get(pk=delivery_id)), line)
