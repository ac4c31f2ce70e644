"""Many orders at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from lacelux.intake.models import PublishedManager

if TYPE_CHECKING:
    from sales.models import Order, OrderLine, Refund  # noqa: F401


class OrderQuerySet(models.QuerySet["Order"]):
    def counting(self) -> Self:
        """Sales: a cancelled order is none."""
        return self.exclude(state="cancelled")


class OrderLineQuerySet(models.QuerySet["OrderLine"]):
    def living(self) -> Self:
        """The living sales of one-of-one pieces."""
        return self.filter(holds_piece=True)


class RefundQuerySet(models.QuerySet["Refund"]):
    def approved(self) -> Self:
        """Entries of the ledger; what is only asked for, or was declined, is none."""
        return self.filter(state="approved")

    def standing(self) -> Self:
        """Approved or asked for: what counts against the money left to give back."""
        return self.exclude(state="declined")


OrderManager = PublishedManager.from_queryset(OrderQuerySet)
StagedOrderManager = models.Manager.from_queryset(OrderQuerySet)
OrderLineManager = PublishedManager.from_queryset(OrderLineQuerySet)
StagedOrderLineManager = models.Manager.from_queryset(OrderLineQuerySet)
RefundManager = PublishedManager.from_queryset(RefundQuerySet)
StagedRefundManager = models.Manager.from_queryset(RefundQuerySet)
