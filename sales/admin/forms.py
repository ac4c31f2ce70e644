"""What is asked before money is booked."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from lacelux.lib.money import ZERO
from lacelux.shell.records import RefusableForm
from sales.models import Order
from sales.services import RefundLine
from sales.services.standing import LineStanding, standing_of


def amount(label: str, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_digits=12, decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget, **more,
    )  # fmt: skip


def pieces(label: str, most: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=most, widget=UnfoldAdminIntegerFieldWidget, **more
    )


def words(label: str, *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=200, widget=UnfoldAdminTextInputWidget)


class SaleForm(RefusableForm):
    """A sale written down by hand; its lines follow below."""

    order_discount = amount("Discount on the whole order", help_text="Spread over the lines.")
    rate = forms.DecimalField(
        required=False, min_value=0, max_digits=18, decimal_places=8, widget=UnfoldAdminDecimalFieldWidget,
        help_text=f"To {settings.SHOP_CURRENCY}. Needed where the currency is another.",
    )  # fmt: skip

    class Meta:
        model = Order
        fields = "__all__"


class ReasonForm(forms.Form):
    reason = words("Reason")

    def __init__(self, *args: Any, record: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class WriteOffForm(forms.Form):
    quantity = forms.IntegerField(label="Pieces", min_value=1, initial=1, widget=UnfoldAdminIntegerFieldWidget)
    reason = words("What happened", required=True)

    def __init__(self, *args: Any, record: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class RefundForm(forms.Form):
    """Per line: how many pieces come back, how much money, and whether they go back on the shelf."""

    goodwill = amount("Goodwill", help_text="Money for no piece, spread over the lines.")
    fees_returned = amount("Fees the channel gave back")
    reason = words("Reason")

    def __init__(self, *args: Any, record: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standings = standing_of(record).lines
        for key, standing in self.standings.items():
            self.fields[f"quantity_{key}"] = pieces("Pieces back", standing.pieces_left)
            self.fields[f"amount_{key}"] = amount("Amount")
            self.fields[f"restock_{key}"] = forms.BooleanField(
                label="Back in stock", required=False, initial=True, widget=UnfoldBooleanSwitchWidget
            )

    def rows(self) -> Iterator[tuple[LineStanding, forms.BoundField, forms.BoundField, forms.BoundField]]:
        """For the template: each line with its three fields."""
        for key, standing in self.standings.items():
            yield standing, self[f"quantity_{key}"], self[f"amount_{key}"], self[f"restock_{key}"]

    def plain(self) -> list[forms.BoundField]:
        """The fields of the whole order."""
        return [self[name] for name in ("goodwill", "fees_returned", "reason")]

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        answers["lines"] = [
            RefundLine(
                line=standing.line,
                quantity=answers.get(f"quantity_{key}") or 0,
                amount=answers.get(f"amount_{key}"),
                restock=bool(answers.get(f"restock_{key}")),
            )
            for key, standing in self.standings.items()
            if answers.get(f"quantity_{key}") or answers.get(f"amount_{key}")
        ]
        answers["goodwill"] = answers.get("goodwill") or ZERO
        if not answers["lines"] and answers["goodwill"] == Decimal(0) and not self.errors:
            raise forms.ValidationError("Say what is given back: pieces, an amount, or goodwill.")
        return answers
