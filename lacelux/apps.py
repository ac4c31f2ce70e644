from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.contrib.admin.checks import ModelAdminChecks


class LaceluxConfig(AppConfig):
    """The shell of the product: admin site, navigation, commands that run it."""

    default = True
    name = "lacelux"
    label = "lacelux"
    verbose_name = "Lace-Luxx"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unfold.admin import ModelAdmin

        # The theme's own checks read the table of permissions: a first migrate would fail for want of it.
        ModelAdmin.checks_class = ModelAdminChecks


class LaceluxAdminConfig(admin_apps.AdminConfig):
    """Django's admin on our own site; not the default config of this package."""

    default = False
    default_site = "lacelux.admin.LaceluxAdminSite"
