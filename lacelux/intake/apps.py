from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Files in: sniff, stage, preview, publish. Knows no domain; formats live with theirs."""

    name = "lacelux.intake"
    label = "intake"
    verbose_name = "Imports"
    default_auto_field = "django.db.models.BigAutoField"
