"""What the worker does for the mart."""

from celery import shared_task

from analytics.mart import changes, snapshot
from analytics.mart.replica import mart


@shared_task(name="analytics.tasks.keep_mart")
def keep_mart() -> None:
    """Keep the snapshot recent and the change log short."""
    snapshot.write(mart())
    changes.prune()
