from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class LaceluxConfig(AppConfig):
    """The shell of the product: admin site, navigation, commands that run it."""

    default = True
    name = "lacelux"
    label = "lacelux"
    verbose_name = "Lace-Luxx"
    default_auto_field = "django.db.models.BigAutoField"


class LaceluxAdminConfig(admin_apps.AdminConfig):
    """Django's admin on our own site; not the default config of this package."""

    default = False
    default_site = "lacelux.admin.LaceluxAdminSite"
