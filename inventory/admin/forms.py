"""The questions behind each act on a piece."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from customers.models import Customer
from inventory.models import Hold, Product
from lacelux.shell.records import RefusableForm


def count(label: str, *, least: int | None = 1, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=least, initial=1, help_text=help_text, widget=UnfoldAdminIntegerFieldWidget
    )


def words(label: str, *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=200, widget=UnfoldAdminTextInputWidget)


class PieceForm(forms.Form):
    """About one piece."""

    def __init__(self, *args: Any, record: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record = record


class ReceiveForm(PieceForm):
    quantity = count("Pieces")
    reason = words("Where from")


class AdjustForm(PieceForm):
    change = count("Change", least=None, help_text="How many more the count found; negative for fewer.")
    reason = words("Reason", required=True)

    def clean_change(self) -> int:
        change: int = self.cleaned_data["change"]
        if change == 0:
            raise forms.ValidationError("An adjustment changes something.")
        return change


class HoldForm(PieceForm):
    customer = forms.ModelChoiceField(
        Customer.objects.all(),
        required=False,
        label="For",
        widget=AutocompleteSelect(Hold._meta.get_field("customer"), admin.site),
    )
    quantity = count("Pieces")
    until = forms.DateField(required=False, widget=UnfoldAdminDateWidget, help_text="To the end of this day.")
    note = words("Note")


class AddProductForm(RefusableForm):
    """A new piece with what is known on its first day."""

    pieces = forms.IntegerField(
        label="Pieces received", min_value=0, initial=1, widget=UnfoldAdminIntegerFieldWidget,
        help_text="0 where it has not come in yet.",
    )  # fmt: skip
    purchase = forms.DecimalField(
        label="Bought for", required=False, min_value=0, max_digits=12, decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget, help_text="Per piece. Other costs can follow.",
    )  # fmt: skip
    offer = forms.BooleanField(label="Offer for sale now", required=False, widget=UnfoldBooleanSwitchWidget)

    def clean(self) -> dict[str, Any] | None:
        answers = super().clean() or {}
        if answers.get("is_one_of_one") and (answers.get("pieces") or 0) > 1:
            self.add_error("pieces", "A one-of-one piece is there once.")
        return answers
