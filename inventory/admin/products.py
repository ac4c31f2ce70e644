"""The list and the page of pieces."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin
from unfold.contrib.filters.admin import (
    ChoicesDropdownFilter,
    DropdownFilter,
    RangeNumericFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import action, display

from inventory import services
from inventory.admin.forms import AddProductForm, AdjustForm, HoldForm, ReceiveForm
from inventory.admin.lines import CostLines, HoldLines, MovementLines, PriceLines, ViewLines
from inventory.models import CostEntry, Product
from lacelux.shell import person
from lacelux.shell.acts import act
from lacelux.shell.figures import NOTHING, figure, money, percent, whole
from lacelux.shell.filters import DayRangeFilter, midnight
from lacelux.shell.records import History, Lines, RecordAdmin

STATUS_COLOURS = {"active": "success", "reserved": "warning", "sold": "info", "hidden": "default", "draft": "default"}
IDLE: dict[str, set[str]] = {
    Product.Status.DRAFT: {"hide"},
    Product.Status.HIDDEN: {"hide"},
    Product.Status.SOLD: {"hide", "list_for_sale", "keep"},
}
REFUSALS = (services.ImpossibleMovement, ValueError)


class AgeFilter(DropdownFilter):
    """Pieces on hand by the days since they were listed."""

    title = "age on hand"
    parameter_name = "age"
    BUCKETS = {"0-30": (0, 30), "31-60": (31, 60), "61-90": (61, 90), "91-": (91, None)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("0-30", "0–30 days"), ("31-60", "31–60 days"), ("61-90", "61–90 days"), ("91-", "91 days and more")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        if self.value() not in self.BUCKETS:
            return queryset
        youngest, oldest = self.BUCKETS[self.value()]
        today = timezone.localdate()
        queryset = queryset.filter(quantity_on_hand__gt=0, listed_at__lt=midnight(today - timedelta(days=youngest - 1)))
        return queryset if oldest is None else queryset.filter(listed_at__gte=midnight(today - timedelta(days=oldest)))


@admin.register(Product)
class ProductAdmin(History, SimpleHistoryAdmin, RecordAdmin):
    list_display = (
        "sku",
        "title",
        "brand",
        "category",
        "grade",
        "state",
        figure("list_price", "Price"),
        figure("landed_cost", "Cost"),
        figure("margin", "Margin", percent, of=lambda piece: piece.margin_at_list_price),
        figure("quantity_available", "Free", whole),
        figure("age", "Days", whole, of=lambda piece: piece.age, order="listed_at"),
        figure("views_count", "Views", whole),
    )
    list_select_related = ("brand", "category", "seller")
    list_filter = (
        ("brand", RelatedDropdownFilter),
        ("category", RelatedDropdownFilter),
        ("condition", ChoicesDropdownFilter),
        ("status", ChoicesDropdownFilter),
        AgeFilter,
        ("list_price", RangeNumericFilter),
        ("listed_at", DayRangeFilter),
        ("sold_at", DayRangeFilter),
    )
    search_fields = ("sku", "title", "model", "serial", "brand__name")
    search_help_text = "SKU, title, model, serial or brand"
    autocomplete_fields = ("brand", "category", "seller")
    inlines: tuple[type[Lines], ...] = (MovementLines, CostLines, PriceLines, HoldLines, ViewLines)
    withheld = {
        "access.view_cost": ("landed_cost", "margin", "cost", "is_consigned", "consignor_share"),
        "access.view_margin": ("margin",),
        "access.view_personal": ("seller",),
        "inventory.change_product": ("floor_price", "serial", "location", "notes"),
        "inventory.add_costentry": ("purchase",),
    }
    readonly_fields = (
        "status",
        "margin",
        "cost",
        "listed_at",
        "sold_at",
        "days_to_sell",
        "age",
        "quantities",
    )
    actions = ("list_selected", "hide_selected")
    actions_detail = (
        {"title": "Stock", "icon": "inventory_2", "items": ["receive", "adjust"]},
        "keep",
        "list_for_sale",
        "hide",
    )
    refusals = REFUSALS
    piece = (
        ("sku", "title"),
        ("brand", "category"),
        ("model", "condition"),
        ("size", "colour"),
        ("serial", "location"),
        ("is_one_of_one", "is_limited_edition"),
        "notes",
    )
    owner = ("Owner", {"fields": (("seller",), ("is_consigned", "consignor_share"))})
    add_fieldsets = (
        ("Piece", {"fields": piece}),
        ("Price and stock", {"fields": (("list_price", "floor_price"), ("pieces", "purchase"), "offer")}),
        owner,
    )
    fieldsets = (
        ("Standing", {"fields": (("status", "quantities"), ("age", "days_to_sell"), ("listed_at", "sold_at"))}),
        ("Price", {"fields": (("list_price", "floor_price"), ("cost", "margin"))}),
        ("Piece", {"fields": piece}),
        owner,
    )  # fmt: skip

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def state(self, piece: Product) -> tuple[str, str]:
        return piece.status, piece.get_status_display()

    @display(description="Grade", ordering="condition")
    def grade(self, piece: Product) -> str:
        return piece.condition or NOTHING

    @display(description="Margin at list price")
    def margin(self, piece: Product) -> str:
        return percent(piece.margin_at_list_price)

    @display(description="Landed cost")
    def cost(self, piece: Product) -> str:
        return money(piece.landed_cost)

    @display(description="Days on hand")
    def age(self, piece: Product) -> str:
        return whole(piece.age)

    @display(description="Quantity")
    def quantities(self, piece: Product) -> str:
        return (
            f"{piece.quantity_available} free · {piece.quantity_reserved} reserved · "
            f"{piece.quantity_on_hand} on hand · {piece.quantity_sold} sold"
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Whether it can be sold once is settled with its first movement."""
        return super().get_readonly_fields(request, obj) + (["is_one_of_one"] if obj else [])

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:
        if not change:
            kwargs["form"] = AddProductForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Listing is for what is not on offer, hiding for what is."""
        status = Product.objects.filter(pk=object_id).values_list("status", flat=True).first()
        idle = IDLE.get(status or "", {"list_for_sale"})
        allowed = super().get_actions_detail(request, object_id)
        return [each for each in allowed if each.method.__name__ not in idle]

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> tuple[Any, ...]:
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: Product, form: ModelForm[Product], change: bool) -> None:
        """The price goes through the ledger of prices; of the rest, only what was edited is written."""
        price = obj.list_price
        obj.list_price = form.initial.get("list_price") if change else None
        obj._history_user = request.user  # type: ignore[attr-defined]
        if change:
            obj.save(update_fields=[name for name in form.changed_data if name != "list_price"])
        else:
            obj.save()
        if not change or "list_price" in form.changed_data:
            services.change_price(product=obj, price=price, actor=person(request))
        if not change:
            self.begin(request, obj, form.cleaned_data)

    def begin(self, request: HttpRequest, piece: Product, first_day: Mapping[str, Any]) -> None:
        """A new piece comes in, with its cost, and may be offered at once."""
        if first_day["pieces"]:
            services.receive(product=piece, quantity=first_day["pieces"], actor=person(request))
        if first_day.get("purchase"):
            services.add_cost(
                product=piece,
                kind=CostEntry.Kind.PURCHASE,
                amount=first_day["purchase"],
                incurred_on=timezone.localdate(),
                actor=person(request),
            )
        if first_day["offer"]:
            services.list_product(product=piece, actor=person(request))

    def save_formset(self, request: HttpRequest, form: Any, formset: BaseModelFormSet[Any, Any], change: bool) -> None:
        if formset.model is not CostEntry:
            super().save_formset(request, form, formset, change)
            return
        for entry in formset.save(commit=False):
            services.add_cost(
                product=form.instance,
                kind=entry.kind,
                amount=entry.amount,
                incurred_on=entry.incurred_on,
                note=entry.note,
                actor=person(request),
            )

    @action(description="Receive…", icon="add_box", url_path="receive", permissions=["inventory.add_stockmovement"])
    def receive(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(piece: Product, answers: Mapping[str, Any]) -> str:
            services.receive(product=piece, **answers, actor=person(request))
            return f"{answers['quantity']} received."

        return act(
            self,
            request,
            object_id,
            title="Receive pieces",
            button="Receive",
            form=ReceiveForm,
            do=do,
            refusals=REFUSALS,
        )

    @action(description="Adjust…", icon="exposure", url_path="adjust", permissions=["inventory.add_stockmovement"])
    def adjust(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(piece: Product, answers: Mapping[str, Any]) -> str:
            services.adjust(product=piece, **answers, actor=person(request))
            return f"Adjusted: {piece.quantity_on_hand} on hand."

        return act(
            self,
            request,
            object_id,
            title="Adjust to a count",
            intro="For what a count found. A sale, a return or a loss has its own button.",
            button="Adjust",
            form=AdjustForm,
            do=do,
            refusals=REFUSALS,
        )

    @action(description="Hold…", icon="bookmark", url_path="hold", permissions=["inventory.add_hold"])
    def keep(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(piece: Product, answers: Mapping[str, Any]) -> str:
            until = answers["until"]
            services.hold(
                product=piece,
                customer=answers["customer"],
                quantity=answers["quantity"],
                expires_at=midnight(until + timedelta(days=1)) if until else None,
                note=answers["note"],
                actor=person(request),
            )
            return f"Held for {answers['customer'] or 'someone'}."

        return act(
            self, request, object_id, title="Hold for someone", button="Hold", form=HoldForm, do=do, refusals=REFUSALS
        )

    @action(description="List…", icon="storefront", url_path="list", permissions=["inventory.change_product"])
    def list_for_sale(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(piece: Product, answers: Mapping[str, Any]) -> str:
            return f"{services.list_product(product=piece, actor=person(request)).get_status_display()}."

        intro = "Offers a draft or hidden piece for sale. The first time sets its listing date."
        return act(self, request, object_id, title="List for sale", intro=intro, button="List", do=do)

    @action(description="Hide…", icon="visibility_off", url_path="hide", permissions=["inventory.change_product"])
    def hide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(piece: Product, answers: Mapping[str, Any]) -> str:
            return f"{services.hide_product(product=piece, actor=person(request)).get_status_display()}."

        intro = "Takes the piece off sale. Its quantities stay as they are."
        return act(self, request, object_id, title="Hide from sale", intro=intro, button="Hide", do=do)

    @admin.action(description="List for sale", permissions=["change"])
    def list_selected(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        for piece in queryset:
            services.list_product(product=piece, actor=person(request))
        messages.success(request, f"{len(queryset)} listed.")

    @admin.action(description="Hide from sale", permissions=["change"])
    def hide_selected(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        for piece in queryset:
            services.hide_product(product=piece, actor=person(request))
        messages.success(request, f"{len(queryset)} hidden.")
