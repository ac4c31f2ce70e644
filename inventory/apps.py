from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Pieces: what they are, what they cost, where they stand in the stock ledger."""

    name = "inventory"
    label = "inventory"
    verbose_name = "Stock"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from inventory.triggers import LEDGER

        LEDGER.follow_migrations(self)
