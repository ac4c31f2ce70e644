from django.apps import AppConfig


class SalesConfig(AppConfig):
    """Orders, refunds, fees, shows, campaigns: the money ledger."""

    name = "sales"
    label = "sales"
    verbose_name = "Sales"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from sales import receivers  # noqa: F401  they connect by import
