from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    """Who may do what: roles and their permissions, API keys, idempotency."""

    name = "lacelux.access"
    label = "access"
    verbose_name = "Access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from lacelux.access import roles, schema  # noqa: F401  the schema's extensions register by import

        post_migrate.connect(roles.follow_migrations, dispatch_uid="lacelux.access.roles")
