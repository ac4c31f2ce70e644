"""Sales in the admin. Money is booked through services only."""

from sales.admin import beside, calendar, interactions, ledger, marketing, orders, refunds, shows, sync, unmatched

__all__ = [
    "beside",
    "calendar",
    "interactions",
    "ledger",
    "marketing",
    "orders",
    "refunds",
    "shows",
    "sync",
    "unmatched",
]
