"""What the money ledger refuses."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model

from sales.models import Order


class InvalidSale(ValueError):
    """A field of a sale, refund or adjustment that cannot be: `field` (dotted for lines) and `message`."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        super().__init__(f"{field}: {message}")


class AlreadyRecorded(Exception):
    """The source has numbered this sale, or refund, once already: `order` is the one it stands on."""

    def __init__(self, order: Order, number: str = "") -> None:
        self.order = order
        super().__init__(f"{order.source} {number or order.number} is recorded already.")


class RefundTooLarge(InvalidSale):
    """More money, or more pieces, than the sale has left to give back: `wanted` and `left`."""

    def __init__(self, field: str, *, wanted: Decimal | int, left: Decimal | int) -> None:
        self.wanted = wanted
        self.left = left
        super().__init__(field, f"{wanted} is more than the {left} left to give back, open requests counted.")


def check_fields(row: Model, *, prefix: str = "") -> None:
    """Raise InvalidSale for the first plain field that its column could not hold."""
    relations = {field.name for field in row._meta.fields if isinstance(field, ForeignKey)}
    try:
        row.clean_fields(exclude=relations)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidSale(f"{prefix}{field}", messages[0]) from error
