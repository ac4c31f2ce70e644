from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Who may do what: roles and their permissions, API keys, idempotency."""

    name = "lacelux.access"
    label = "access"
    verbose_name = "Access"
    default_auto_field = "django.db.models.BigAutoField"
