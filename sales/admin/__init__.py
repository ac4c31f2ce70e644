"""Sales in the admin. Money is booked through services only."""

from sales.admin import beside, ledger, marketing, orders, refunds, shows

__all__ = ["beside", "ledger", "marketing", "orders", "refunds", "shows"]
