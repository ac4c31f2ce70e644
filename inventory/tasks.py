"""What the stock has to do when nobody asks."""

from __future__ import annotations

from celery import shared_task

from inventory import services


@shared_task(name="inventory.tasks.end_expired_holds")
def end_expired_holds() -> None:
    services.end_expired_holds()
