from django.apps import AppConfig


class SalesConfig(AppConfig):
    """Orders, refunds, fees, shows, campaigns: the money ledger."""

    name = "sales"
    label = "sales"
    verbose_name = "Sales"
    default_auto_field = "django.db.models.BigAutoField"
