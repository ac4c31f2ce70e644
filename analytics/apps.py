from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class AnalyticsConfig(AppConfig):
    """Questions asked once, painted everywhere."""

    name = "analytics"
    label = "analytics"
    verbose_name = "Answers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from analytics.mart.capture import CAPTURE

        CAPTURE.follow_migrations(self)
        post_migrate.connect(begin_log, sender=self, dispatch_uid="mart log")


def begin_log(using: str, plan: Any = (), **_: object) -> None:
    """Name the database, never leave the change log empty, and have everything read again after a migration."""
    from django.utils import timezone
    from django.utils.crypto import get_random_string

    from analytics.mart.changes import EVERYTHING
    from analytics.models import Change, Database

    with connections[using].constraint_checks_disabled():
        if not Database.objects.using(using).exists():
            Database.objects.using(using).create()
        if plan or not Change.objects.using(using).exists():
            Change.objects.using(using).create(
                source=EVERYTHING, row_id=None, token=get_random_string(24), changed_at=timezone.now()
            )
