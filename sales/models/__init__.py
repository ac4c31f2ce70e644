from sales.models.channel import Channel, FeeRule
from sales.models.interaction import Interaction
from sales.models.ledger import Adjustment, MarketplaceLine, Payout, Refund
from sales.models.marketing import CalendarEvent, Campaign, CampaignSpend
from sales.models.order import Order, OrderLine
from sales.models.show import Host, Show

__all__ = [
    "Adjustment",
    "CalendarEvent",
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
]
