"""Everything that changes stock, costs and prices."""

from inventory.services.costs import add_cost
from inventory.services.errors import ImpossibleMovement, OutOfStock
from inventory.services.finding import find_pieces, remember_alias
from inventory.services.holds import end_expired_holds, end_hold, hold
from inventory.services.prices import change_price, hide_product, list_product, note_listing
from inventory.services.stock import adjust, receive, release, reserve, return_, sell, write_off

__all__ = [
    "ImpossibleMovement",
    "OutOfStock",
    "add_cost",
    "adjust",
    "change_price",
    "end_expired_holds",
    "end_hold",
    "find_pieces",
    "hide_product",
    "hold",
    "list_product",
    "note_listing",
    "receive",
    "release",
    "remember_alias",
    "reserve",
    "return_",
    "sell",
    "write_off",
]
