from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Mail out. The deliveries arrive with the reports; this is their room."""

    name = "lacelux.outbox"
    label = "outbox"
    verbose_name = "Outbox"
    default_auto_field = "django.db.models.BigAutoField"
