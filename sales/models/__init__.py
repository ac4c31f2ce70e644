from sales.models.calendar import CalendarEvent, CalendarSource
from sales.models.channel import Channel, FeeRule
from sales.models.interaction import Interaction
from sales.models.ledger import Adjustment, MarketplaceLine, Payout, Refund
from sales.models.marketing import Campaign, CampaignSpend
from sales.models.order import Order, OrderLine
from sales.models.show import Host, Show
from sales.models.sync import SyncState
from sales.models.unmatched import UnmatchedLine

__all__ = [
    "Adjustment",
    "CalendarEvent",
    "CalendarSource",
    "Campaign",
    "CampaignSpend",
    "Channel",
    "FeeRule",
    "Host",
    "Interaction",
    "MarketplaceLine",
    "Order",
    "OrderLine",
    "Payout",
    "Refund",
    "Show",
    "SyncState",
    "UnmatchedLine",
]
