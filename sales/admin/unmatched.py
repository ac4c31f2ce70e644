"""Imported lines without a piece, and saying which piece each of them sold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import localdate
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action
from unfold.widgets import UnfoldBooleanSwitchWidget

from inventory.models import Product
from inventory.services import ImpossibleMovement
from lacelux.shell import person
from lacelux.shell.acts import act
from lacelux.shell.figures import figure, whole
from lacelux.shell.filters import DayRangeFilter
from lacelux.shell.records import RecordAdmin, Unchanging
from sales import services
from sales.models import Order, OrderLine, UnmatchedLine


class PieceForm(forms.Form):
    """Which piece was sold."""

    product = forms.ModelChoiceField(
        Product.objects.all(),
        label="Piece",
        widget=AutocompleteSelect(OrderLine._meta.get_field("product"), admin.site),
    )
    remember = forms.BooleanField(
        label="Remember",
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget,
        help_text="The next file of this marketplace that calls a piece so means this one.",
    )

    def __init__(self, *args: Any, record: UnmatchedLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


@admin.register(UnmatchedLine)
class UnmatchedLineAdmin(Unchanging, RecordAdmin):
    list_display = (
        "title",
        "sku",
        "source",
        figure("number", "Order", str, of=lambda row: row.line.order.number),
        figure("sold_at", "Sold", str, of=lambda row: localdate(row.line.sold_at)),
        figure("quantity", "Pieces", whole, of=lambda row: row.line.quantity),
        figure("gross", "Gross", of=lambda row: row.line.gross),
        "listed_at",
    )
    list_filter = (("line__order__state", ChoicesDropdownFilter), ("line__sold_at", DayRangeFilter))
    search_fields = ("title", "sku", "line__order__number")
    search_help_text = "Title, SKU or order"
    fields = (("title", "sku"), ("source", "line"), "listed_at")
    readonly_fields = ("title", "sku", "source", "line", "listed_at")
    actions_detail = ("choose",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[UnmatchedLine]:
        """Those of living sales: a cancelled order took no piece."""
        rows: QuerySet[UnmatchedLine] = super().get_queryset(request).select_related("line__order")
        return rows.exclude(line__order__state=Order.State.CANCELLED)

    @action(description="Choose the piece…", icon="link", url_path="choose", permissions=["access.publish_intake"])
    def choose(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(unmatched: UnmatchedLine, answers: Mapping[str, Any]) -> HttpResponse:
            product = answers["product"]
            services.match_line(
                unmatched=unmatched, product=product, remember=answers["remember"], actor=person(request)
            )
            messages.success(request, f"{product} is sold with order {unmatched.line.order.number}.")
            return HttpResponseRedirect(reverse("admin:sales_unmatchedline_changelist"))

        intro = "The piece leaves the stock as sold on the day of the order, and its cost becomes the line's."
        return act(
            self,
            request,
            object_id,
            title="Choose the piece",
            intro=intro,
            button="This piece was sold",
            form=PieceForm,
            do=do,
            refusals=(services.InvalidSale, ImpossibleMovement),
        )
