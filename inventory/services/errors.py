"""What the stock ledger refuses."""

from __future__ import annotations

from inventory.models import Product


class ImpossibleMovement(Exception):
    """A movement that would leave quantities which cannot be."""

    def __init__(self, product: Product, message: str) -> None:
        self.product = product
        super().__init__(f"{product.sku}: {message}")


class OutOfStock(ImpossibleMovement):
    """More pieces were wanted than are free: sold, held for someone else, or never there."""

    def __init__(self, product: Product, *, wanted: int, available: int) -> None:
        self.wanted = wanted
        self.available = available
        super().__init__(product, f"{wanted} wanted, {available} available.")
