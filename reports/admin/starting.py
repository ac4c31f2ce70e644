"""A new report: its title, and what it starts from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db import transaction
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from lacelux.lib.periods import DEFAULT
from reports.builder.saving import free_slug
from reports.models import Report
from reports.outlines import Outline
from reports.shipped import SHIPPED, make

EMPTY, SHIPPED_AS, COPY_OF = "", "shipped:", "copy:"


class NewReportForm(forms.Form):
    title = forms.CharField(
        max_length=120, widget=UnfoldAdminTextInputWidget, help_text="What its documents and mails are called."
    )
    start = forms.ChoiceField(
        label="Start from", required=False, widget=UnfoldAdminSelectWidget, help_text="All of it can be changed."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shipped = [(f"{SHIPPED_AS}{outline.slug}", outline.title) for outline in SHIPPED]
        own = [(f"{COPY_OF}{pk}", title) for pk, title in Report.objects.values_list("pk", "title")]
        choices = [(EMPTY, "An empty report"), ("As delivered", shipped), ("A copy of", own)]
        self.fields["start"].choices = [each for each in choices if each[1]]  # type: ignore[attr-defined]

    @property
    def outline(self) -> Outline:
        """What it starts from, under its own title."""
        return self.begun(self.cleaned_data["start"])

    def begun(self, start: str) -> Outline:
        kind, _, name = start.partition(":")
        if f"{kind}:" == COPY_OF:
            return Report.objects.get(pk=name).outline
        if f"{kind}:" == SHIPPED_AS:
            return next(outline for outline in SHIPPED if outline.slug == name)
        return Outline(title="", period=DEFAULT)


def start_report(form: NewReportForm, actor: User) -> Report:
    """The new report, with the sections it starts from. simple-history notes who made it."""
    title, begun = form.cleaned_data["title"], form.outline
    slug = free_slug(title)
    with transaction.atomic():
        report: Report = make(Outline(**{**vars(begun), "title": title, "slug": slug}), created_by=actor)
    return report
