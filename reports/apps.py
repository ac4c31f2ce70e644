from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Documents made of questions. Arrives with the mailed reports; this is its room."""

    name = "reports"
    label = "reports"
    verbose_name = "Reports"
    default_auto_field = "django.db.models.BigAutoField"
