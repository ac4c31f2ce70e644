"""Everything that books money (sales, refunds, adjustments, cancellations) or notes what people say and do."""

from inventory.services import ImpossibleMovement, OutOfStock
from lacelux.lib.money import MissingRate
from sales.services.adjustments import record_adjustment, write_off_piece
from sales.services.bare import BareSale, record_bare_sales
from sales.services.cancellation import cancel_order
from sales.services.errors import AlreadyRecorded, InvalidSale, RefundTooLarge
from sales.services.fees import fees_due, rules_in_force
from sales.services.interactions import (
    InvalidInteraction,
    check_interaction,
    record_interaction,
    record_interactions,
)
from sales.services.lines import SaleLine
from sales.services.matching import match_line
from sales.services.refunds import RefundLine, approve_refund, decline_refund, refund
from sales.services.sale import record_sale

__all__ = [
    "AlreadyRecorded",
    "BareSale",
    "ImpossibleMovement",
    "InvalidInteraction",
    "InvalidSale",
    "MissingRate",
    "OutOfStock",
    "RefundLine",
    "RefundTooLarge",
    "SaleLine",
    "approve_refund",
    "cancel_order",
    "check_interaction",
    "decline_refund",
    "fees_due",
    "match_line",
    "record_adjustment",
    "record_bare_sales",
    "record_interaction",
    "record_interactions",
    "record_sale",
    "refund",
    "rules_in_force",
    "write_off_piece",
]
