"""Mailing an answer now."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from unfold.widgets import TEXTAREA_CLASSES

from reports.audience import Recipients
from reports.foreseen import name_of
from reports.forms.recipients import CHECK, RecipientFields, files_field


class MailForm(RecipientFields):
    PARTS = (("To whom", ("to_me", "people", "addresses")), ("What goes along", ("formats", "text")))
    NAMES = ("to_me", "people", "addresses")

    to_me = forms.BooleanField(label="To me", required=False, initial=True, widget=forms.CheckboxInput(attrs=CHECK))
    formats = files_field()
    text = forms.CharField(
        label="A sentence of yours", required=False, max_length=2_000,
        help_text="Stands at the top of the mail and of its files.",
        widget=forms.Textarea(attrs={"class": " ".join(TEXTAREA_CLASSES), "rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, sender: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sender = sender
        self.offer_people()
        people: Any = self.fields["people"]
        people.queryset = people.queryset.exclude(pk=sender.pk)
        to_me = self.fields["to_me"]
        to_me.label = f"To me, {sender.email or name_of(sender)}"
        if not sender.email:
            to_me.disabled, to_me.initial = True, False
            to_me.help_text = "The shop has no e-mail address of yours. An owner can note it."

    @property
    def recipients(self) -> Recipients:
        data = self.cleaned_data
        me = [self.sender.pk] if data["to_me"] else []
        return Recipients(
            people=(*me, *(person.pk for person in data["people"])), addresses=tuple(data["addresses"].split())
        )
