from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Mail out: what is to be sent, and what became of it. Knows no domain."""

    name = "lacelux.outbox"
    label = "outbox"
    verbose_name = "Outbox"
    default_auto_field = "django.db.models.BigAutoField"
