"""What people say and do: the list, the full form, and a short one for the moment it happens."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from customers.models import Customer
from inventory.models import Product
from lacelux.shell import person, shell_context
from lacelux.shell.figures import figure
from lacelux.shell.filters import DayRangeFilter
from lacelux.shell.records import RecordAdmin
from sales import services
from sales.admin.forms import amount, words
from sales.models import Campaign, Channel, Interaction

KEPT = ("kind", "channel", "campaign")  # what the next entry starts from


class QuickForm(forms.Form):
    """One interaction, from the keyboard. What one kind needs and another may not have, the service says."""

    kind = forms.ChoiceField(
        choices=Interaction.Kind.choices, widget=UnfoldAdminSelectWidget(attrs={"autofocus": True})
    )
    customer = forms.ModelChoiceField(
        Customer.objects.all(),
        required=False,
        widget=AutocompleteSelect(Interaction._meta.get_field("customer"), admin.site),
        help_text="By name or handle.",
    )
    sku = forms.CharField(
        label="SKU", required=False, max_length=60, widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
    )
    topic = words("Topic")
    text = words("Words")
    outcome = forms.CharField(
        required=False,
        max_length=80,
        widget=UnfoldAdminTextInputWidget(attrs={"list": "outcomes"}),
        help_text="Of a question or complaint: how it was solved; nothing where it is not yet.",
    )
    score = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "–"), *((n, n) for n in range(1, 6))],
        widget=UnfoldAdminSelectWidget,
        help_text="Of a rating.",
    )
    amount = amount("Amount", help_text="Of a bid.")
    channel = forms.ModelChoiceField(
        Channel.objects.filter(is_active=True), required=False, widget=UnfoldAdminSelectWidget
    )
    campaign = forms.ModelChoiceField(Campaign.objects.all(), required=False, widget=UnfoldAdminSelectWidget)

    def clean_sku(self) -> Product | None:
        sku = self.cleaned_data["sku"].strip()
        piece = Product.objects.filter(sku__iexact=sku).first() if sku else None
        if sku and piece is None:
            raise forms.ValidationError("There is no such piece.")
        return piece

    def answers(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        piece = given.pop("sku")
        return {**given, "product": piece}


@admin.register(Interaction)
class InteractionAdmin(RecordAdmin):
    list_display = (
        "occurred_at",
        "kind",
        "customer",
        "product",
        "brand",
        "channel",
        "topic",
        "outcome",
        "score",
        figure("amount", "Amount"),
    )
    list_select_related = ("customer", "product", "brand", "channel")
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        ("channel", RelatedDropdownFilter),
        ("campaign", RelatedDropdownFilter),
        ("brand", RelatedDropdownFilter),
        ("occurred_at", DayRangeFilter),
    )
    search_fields = ("customer__name", "topic", "text", "product__sku")
    search_help_text = "Customer, topic, text or SKU"
    autocomplete_fields = ("customer", "product", "channel", "campaign", "show", "brand", "category")
    fieldsets = (
        (
            "What",
            {
                "fields": (
                    ("kind", "occurred_at"),
                    ("customer", "channel"),
                    ("topic", "outcome"),
                    ("score", "amount"),
                    "text",
                )
            },
        ),
        ("About", {"fields": (("product", "show"), ("brand", "category"), ("size", "colour"), "campaign")}),
    )
    refusals = (services.InvalidInteraction,)
    actions_list = ("quick",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"occurred_at": timezone.now(), **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Interaction, form: ModelForm[Interaction], change: bool) -> None:
        if change:
            services.check_interaction(obj)
            obj.save()
        else:
            obj.pk = services.record_interaction(**form.cleaned_data, actor=person(request)).pk

    @action(description="Quick entry", icon="bolt", url_path="quick", permissions=["add"])
    def quick(self, request: HttpRequest) -> HttpResponse:
        """Enter, and again: each entry is saved and the form is ready for the next."""
        here = reverse("admin:sales_interaction_quick")
        form = QuickForm(request.POST or None, initial={name: request.GET.get(name) for name in KEPT})
        if request.method == "POST" and form.is_valid():
            try:
                row = services.record_interaction(**form.answers(), actor=person(request))
            except services.InvalidInteraction as refused:
                name = "sku" if refused.field == "product" else refused.field
                form.add_error(name if name in form.fields else None, refused.message)
            else:
                self.log_addition(request, row, "Quick entry.")
                messages.success(request, f"Noted: {described(row)}.")
                kept = {name: request.POST[name] for name in KEPT if request.POST.get(name)}
                return HttpResponseRedirect(f"{here}?{urlencode(kept)}")
        context = shell_context(
            request,
            title="Quick entry",
            form=form,
            media=self.media + form.media,
            outcomes=Interaction.Outcome.values,
            back=reverse("admin:sales_interaction_changelist"),
        )
        return TemplateResponse(request, "sales/quick.html", context)


def described(row: Interaction) -> str:
    """`rating, Anna Alvarez, LV-1`"""
    parts = [row.get_kind_display().lower(), row.customer and row.customer.name, row.product and row.product.sku]
    return ", ".join(part for part in parts if part)
