from django.apps import AppConfig


class DemoConfig(AppConfig):
    """A believable shop, made from a seed. Delete the folder and nothing else notices."""

    name = "demo"
    label = "demo"
    verbose_name = "Demo"
    default_auto_field = "django.db.models.BigAutoField"
