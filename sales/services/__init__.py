"""Everything that books money: sales, refunds, adjustments, cancellations."""

from inventory.services import ImpossibleMovement, OutOfStock
from lacelux.lib.money import MissingRate
from sales.services.adjustments import record_adjustment, write_off_piece
from sales.services.cancellation import cancel_order
from sales.services.errors import AlreadyRecorded, InvalidSale, RefundTooLarge
from sales.services.fees import fees_due, rules_in_force
from sales.services.lines import SaleLine
from sales.services.refunds import RefundLine, approve_refund, decline_refund, refund
from sales.services.sale import record_sale

__all__ = [
    "AlreadyRecorded",
    "ImpossibleMovement",
    "InvalidSale",
    "MissingRate",
    "OutOfStock",
    "RefundLine",
    "RefundTooLarge",
    "SaleLine",
    "approve_refund",
    "cancel_order",
    "decline_refund",
    "fees_due",
    "record_adjustment",
    "record_sale",
    "refund",
    "rules_in_force",
    "write_off_piece",
]
