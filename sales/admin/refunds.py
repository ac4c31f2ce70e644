"""Refunds: read here, decided by those who may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from lacelux.shell import person
from lacelux.shell.acts import act
from lacelux.shell.figures import figure, whole
from lacelux.shell.filters import DayRangeFilter
from lacelux.shell.records import History, RecordAdmin, Unchanging
from sales import services
from sales.admin.forms import ReasonForm
from sales.models import Refund


@admin.register(Refund)
class RefundAdmin(Unchanging, History, SimpleHistoryAdmin, RecordAdmin):
    list_display = (
        "number",
        "standing",
        "refunded_at",
        "order",
        "product",
        "customer",
        "channel",
        figure("quantity", "Pieces", whole),
        figure("amount", "Amount"),
    )
    list_select_related = ("order", "product", "customer", "channel")
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("channel", RelatedDropdownFilter),
        ("product__brand", RelatedDropdownFilter),
        ("refunded_at", DayRangeFilter),
    )
    search_fields = ("number", "order__number", "customer__name", "product__sku")
    search_help_text = "Number, order, customer or SKU"
    withheld = {"access.view_cost": ("cost_returned",)}
    actions_detail = ("approve", "decline")

    @display(
        description="State",
        ordering="state",
        label={"asked": "warning", "approved": "success", "declined": "danger"},
    )
    def standing(self, refund: Refund) -> tuple[str, str]:
        return refund.state, refund.get_state_display()

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Only what is asked for can be decided."""
        is_asked = Refund.objects.filter(pk=object_id, state=Refund.State.ASKED).exists()
        return list(super().get_actions_detail(request, object_id)) if is_asked else []

    @action(description="Approve…", icon="check", url_path="approve", permissions=["access.approve_refund"])
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(refund: Refund, answers: Mapping[str, Any]) -> str:
            services.approve_refund(refunds=together(refund), actor=person(request))
            return "Approved."

        intro = "The money counts as given back from today, and pieces that came back go into stock."
        return act(
            self, request, object_id, title="Approve the refund", intro=intro, button="Approve", do=do,
            refusals=(services.InvalidSale, services.ImpossibleMovement),
        )  # fmt: skip

    @action(description="Decline…", icon="close", url_path="decline", permissions=["access.approve_refund"])
    def decline(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(refund: Refund, answers: Mapping[str, Any]) -> str:
            services.decline_refund(refunds=together(refund), reason=answers["reason"], actor=person(request))
            return "Declined."

        return act(
            self, request, object_id, title="Decline the refund", button="Decline", form=ReasonForm, do=do,
            refusals=(services.InvalidSale,),
        )  # fmt: skip


def together(refund: Refund) -> QuerySet[Refund]:
    """All rows of one refund: it is decided as a whole."""
    return Refund.objects.filter(order=refund.order, source=refund.source, number=refund.number)
