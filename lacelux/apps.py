from django.apps import AppConfig


class LaceluxConfig(AppConfig):
    """The shell of the product: admin site, navigation, commands that run it."""

    name = "lacelux"
    label = "lacelux"
    verbose_name = "Lace-Luxx"
    default_auto_field = "django.db.models.BigAutoField"
