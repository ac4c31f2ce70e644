from inventory.models.alias import ProductAlias
from inventory.models.costs import CostEntry, PriceChange
from inventory.models.product import Brand, Category, Condition, Product, ProductImage, ProductView
from inventory.models.stock import Hold, StockMovement
from inventory.models.submission import Submission

__all__ = [
    "Brand",
    "Category",
    "Condition",
    "CostEntry",
    "Hold",
    "PriceChange",
    "Product",
    "ProductAlias",
    "ProductImage",
    "ProductView",
    "StockMovement",
    "Submission",
]
