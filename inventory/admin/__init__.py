"""Stock in the admin. Quantities, prices and costs change through services only."""

from inventory.admin import catalogue, products, stock

__all__ = ["catalogue", "products", "stock"]
