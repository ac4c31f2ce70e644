"""Orders: written down through `record_sale`, never edited in their money, refunded and cancelled through services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import DecimalField, F, IntegerField, Model, OuterRef, QuerySet, Subquery, Sum
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from lacelux.lib.money import ZERO
from lacelux.shell import person
from lacelux.shell.acts import act
from lacelux.shell.figures import figure, whole
from lacelux.shell.filters import DayRangeFilter
from lacelux.shell.records import History, Kept, RecordAdmin
from sales import services
from sales.admin.forms import ReasonForm, RefundForm, SaleForm
from sales.admin.lines import STATE_COLOURS, EntryLines, OrderedLines, RefundLines
from sales.models import Order, OrderLine, Refund

REFUSALS = (
    services.InvalidSale,
    services.AlreadyRecorded,
    services.ImpossibleMovement,
    services.MissingRate,
)
WRITTEN = ("number", "reference", "channel", "customer", "show", "host", "campaign", "ordered_at", "country")
CHARGED = ("currency", "rate", "shipping_charged", "tax")


def with_sums(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Pieces, price and refunds of each order: a subquery each, so that only the rows of one page are summed."""
    lines = OrderLine.objects.filter(order=OuterRef("pk")).order_by().values("order")
    refunds = Refund.objects.filter(order=OuterRef("pk"), state=Refund.State.APPROVED).order_by().values("order")
    amount = DecimalField(max_digits=14, decimal_places=2)
    return orders.annotate(
        pieces=Subquery(lines.annotate(n=Sum("quantity")).values("n"), output_field=IntegerField()),
        sold=Subquery(lines.annotate(n=Sum(F("gross") - F("discount"))).values("n"), output_field=amount),
        refunded=Subquery(refunds.annotate(n=Sum("amount")).values("n"), output_field=amount),
    )


@admin.register(Order)
class OrderAdmin(Kept, History, SimpleHistoryAdmin, RecordAdmin):
    list_display = (
        "number",
        "standing",
        "ordered_at",
        "channel",
        "customer",
        "show",
        figure("pieces", "Pieces", whole, of=lambda order: order.pieces),
        figure("sold", "Sold for", of=lambda order: order.sold),
        figure("refunded", "Refunded", of=lambda order: order.refunded),
    )
    list_select_related = ("channel", "customer", "show")
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("channel", RelatedDropdownFilter),
        ("host", RelatedDropdownFilter),
        ("campaign", RelatedDropdownFilter),
        ("lines__product__brand", RelatedDropdownFilter),
        ("lines__product__category", RelatedDropdownFilter),
        ("ordered_at", DayRangeFilter),
    )
    search_fields = ("number", "reference", "customer__name")
    search_help_text = "Number, reference or customer"
    autocomplete_fields = ("channel", "customer", "show", "host", "campaign")
    inlines = (OrderedLines, RefundLines)
    actions_detail = ("refund", "cancel")
    refusals = REFUSALS
    readonly_fields = ("source", "cancelled_at", "actor", *WRITTEN, *CHARGED)
    fieldsets = (
        ("Order", {"fields": (("number", "state"), ("source", "reference"), ("ordered_at", "cancelled_at"),
                              ("customer", "country"), "actor")}),
        ("Where", {"fields": (("channel", "campaign"), ("show", "host"))}),
        ("Charged", {"fields": (("currency", "rate"), ("shipping_charged", "tax"), "note")}),
    )  # fmt: skip
    add_fieldsets = (
        ("Sale", {"fields": (("channel", "customer"), "ordered_at", ("number", "reference"), "state")}),
        ("Where", {"fields": (("show", "host"), ("campaign", "country"))}),
        ("Charged", {"fields": (("currency", "rate"), ("order_discount", "shipping_charged"), "tax", "note")}),
    )

    @display(description="State", ordering="state", label=STATE_COLOURS)
    def standing(self, order: Order) -> tuple[str, str]:
        return order.state, order.get_state_display()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        return with_sums(super().get_queryset(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(super().has_add_permission(request)) and request.user.has_perm("access.record_sale")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        if obj is None:
            return []
        cancelled = isinstance(obj, Order) and obj.state == Order.State.CANCELLED
        return super().get_readonly_fields(request, obj) + (["state"] if cancelled else [])

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "ordered_at": timezone.now(),
            "currency": settings.SHOP_CURRENCY,
            **super().get_changeform_initial_data(request),
        }

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> tuple[Any, ...]:
        return self.inlines if obj else (EntryLines,)

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:
        if not change:
            kwargs["form"] = SaleForm
        form = super().get_form(request, obj, change=change, **kwargs)
        for name in ("number", "currency") if not change else ():
            form.base_fields[name].required = False
        return form

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Cancelling is an act of its own: it puts pieces back."""
        if db_field.name == "state":
            kwargs["choices"] = [each for each in Order.State.choices if each[0] != Order.State.CANCELLED]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Order, form: ModelForm[Order], change: bool) -> None:
        if change and form.changed_data:
            obj._history_user = request.user  # type: ignore[attr-defined]
            obj.save(update_fields=form.changed_data)

    def save_related(
        self, request: HttpRequest, form: ModelForm[Order], formsets: list[BaseModelFormSet[Any, Any]], change: bool
    ) -> None:
        """A new sale is booked here, where its lines are known."""
        for formset in formsets:
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        if not change:
            lines = [answers for formset in formsets for answers in formset.cleaned_data if answers]
            order = self.record(request, form.cleaned_data, lines)
            form.instance.pk, form.instance.source, form.instance.number = order.pk, order.source, order.number

    def record(self, request: HttpRequest, sale: Mapping[str, Any], lines: list[dict[str, Any]]) -> Order:
        named = (
            "number",
            "reference",
            "customer",
            "show",
            "host",
            "campaign",
            "ordered_at",
            "currency",
            "rate",
            "state",
        )
        return services.record_sale(
            channel=sale["channel"],
            lines=[
                services.SaleLine(
                    product=line["product"],
                    description=line["description"],
                    quantity=line["quantity"],
                    unit_price=line["unit_price"],
                    discount=line["discount"] or ZERO,
                )
                for line in lines
            ],
            **{name: sale[name] for name in named},
            country=sale["country"],
            note=sale["note"],
            order_discount=sale["order_discount"] or ZERO,
            shipping_charged=sale["shipping_charged"] or ZERO,
            tax=sale["tax"] or ZERO,
            actor=person(request),
        )

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Nothing more can be done to a cancelled order."""
        if Order.objects.filter(pk=object_id, state=Order.State.CANCELLED).exists():
            return []
        return list(super().get_actions_detail(request, object_id))

    @action(description="Refund…", icon="undo", url_path="refund", permissions=["access.ask_refund"])
    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        may_approve = request.user.has_perm("access.approve_refund")

        def do(order: Order, answers: Mapping[str, Any]) -> str:
            rows = services.refund(
                order=order,
                lines=answers["lines"],
                goodwill=answers["goodwill"],
                fees_returned=answers["fees_returned"],
                reason=answers["reason"],
                actor=person(request),
                approved=may_approve,
            )
            return "Refunded." if rows[0].state == Refund.State.APPROVED else "Asked for: a manager decides."

        return act(
            self,
            request,
            object_id,
            title="Refund" if may_approve else "Ask for a refund",
            button="Refund" if may_approve else "Ask",
            form=RefundForm,
            do=do,
            refusals=REFUSALS,
            template="refund.html",
        )

    @action(description="Cancel…", icon="block", url_path="cancel", permissions=["sales.change_order"])
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(order: Order, answers: Mapping[str, Any]) -> str:
            services.cancel_order(order=order, reason=answers["reason"], actor=person(request))
            return "Cancelled; its pieces are back in stock."

        intro = "The order counts as no sale any more, and its pieces go back into stock. This cannot be undone."
        return act(
            self,
            request,
            object_id,
            title="Cancel the order",
            intro=intro,
            button="Cancel the order",
            form=ReasonForm,
            do=do,
            refusals=REFUSALS,
            is_grave=True,
        )
