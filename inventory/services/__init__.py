"""Everything that changes stock, costs and prices."""

from inventory.services.costs import add_cost
from inventory.services.errors import ImpossibleMovement, OutOfStock
from inventory.services.holds import end_expired_holds, end_hold, hold
from inventory.services.prices import change_price, hide_product, list_product
from inventory.services.stock import adjust, receive, release, reserve, return_, sell, write_off

__all__ = [
    "ImpossibleMovement",
    "OutOfStock",
    "add_cost",
    "adjust",
    "change_price",
    "end_expired_holds",
    "end_hold",
    "hide_product",
    "hold",
    "list_product",
    "receive",
    "release",
    "reserve",
    "return_",
    "sell",
    "write_off",
]
