"""What stands below an order, a piece and a customer."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from lacelux.shell.figures import figure, whole
from lacelux.shell.records import Lines, ReadLines
from sales.models import Order, OrderLine, Refund

STATE_COLOURS = {
    "placed": "info",
    "paid": "success",
    "shipped": "success",
    "completed": "success",
    "cancelled": "danger",
}
MONEY_OF_LINES = {"access.view_cost": ("cost", "profit"), "access.view_margin": ("profit",)}


def sold_for(line: OrderLine) -> Any:
    return line.gross - line.discount


def profit(line: OrderLine) -> Any:
    """As it stood when sold: refunds are rows of their own."""
    return sold_for(line) - line.cost - line.fees


class OrderedLines(ReadLines):
    """The lines of an order, as booked, in the shop's currency."""

    model = OrderLine
    tab = False
    verbose_name_plural = "Lines"
    withheld = MONEY_OF_LINES
    fields = (
        "product",
        "description",
        figure("quantity", "Pieces", whole),
        figure("gross", "Gross"),
        figure("discount", "Discount"),
        figure("sold", "Sold for", of=sold_for),
        figure("fees", "Fees"),
        figure("cost", "Cost"),
        figure("profit", "Profit when sold", of=profit),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        queryset: QuerySet[OrderLine] = super().get_queryset(request).select_related("product")
        return queryset


class EntryLines(Lines):
    """The lines of a sale that is being written down."""

    model = OrderLine
    tab = False
    extra = 1
    min_num = 1
    per_page = None
    verbose_name_plural = "Lines"
    autocomplete_fields = ("product",)
    fields = ("product", "description", "quantity", "unit_price", "discount")


class RefundLines(ReadLines):
    model = Refund
    tab = False
    verbose_name_plural = "Refunds"
    withheld = {"access.view_cost": ("cost_returned",)}
    fields = (
        "refunded_at",
        "state",
        "product",
        figure("quantity", "Pieces", whole),
        figure("amount", "Amount"),
        figure("fees_returned", "Fees back"),
        figure("cost_returned", "Cost back"),
        "is_restocked",
        "reason",
    )
    readonly_fields = fields
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        queryset: QuerySet[Refund] = super().get_queryset(request).select_related("product")
        return queryset


class SoldLines(ReadLines):
    """Below a piece: the orders it was sold in."""

    model = OrderLine
    ordering = ("-sold_at", "-id")
    verbose_name_plural = "Sales"
    withheld = MONEY_OF_LINES
    fields = (
        "sold_at",
        "order",
        figure("quantity", "Pieces", whole),
        figure("sold", "Sold for", of=sold_for),
        figure("fees", "Fees"),
        figure("cost", "Cost"),
        figure("profit", "Profit when sold", of=profit),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        queryset: QuerySet[OrderLine] = super().get_queryset(request).select_related("order")
        return queryset


class OrdersOf(ReadLines):
    """Below a customer: what they bought."""

    model = Order
    ordering = ("-ordered_at", "-id")
    verbose_name_plural = "Orders"
    fields = ("ordered_at", "number", "channel", "state")
    readonly_fields = fields
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        queryset: QuerySet[Order] = super().get_queryset(request).select_related("channel")
        return queryset
