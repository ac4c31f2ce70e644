from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """Questions asked once, painted everywhere."""

    name = "analytics"
    label = "analytics"
    verbose_name = "Answers"
    default_auto_field = "django.db.models.BigAutoField"
