from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """People: buyers, their handles and tags, and those who sell to us."""

    name = "customers"
    label = "customers"
    verbose_name = "People"
    default_auto_field = "django.db.models.BigAutoField"
