"""Making a report by hand: to look at, to send to oneself, or to send as a test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.models import User
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from reports.audience import Recipients
from reports.builder.fields import PeriodForm
from reports.builder.offers import period_words
from reports.builder.saving import named
from reports.models import Report, Run
from reports.models.schedule import FILES
from reports.outlines import InvalidOutline
from reports.services import TooManyWaiting, run_report


class CannotBeMade(ValueError):
    """The report cannot be made as it stands; the message says where it is wrong."""


class MakeForm(PeriodForm):
    """In which forms, and over which period where it is not the report's own."""

    formats = forms.MultipleChoiceField(
        label="Files", choices=FILES, initial=["pdf"], widget=UnfoldAdminCheckboxSelectMultipleWidget,
        error_messages={"required": "Choose one or more."},
    )  # fmt: skip

    field_order = ("address", "formats", "period", "start", "end")

    def __init__(self, *args: Any, record: Report, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].widget = UnfoldAdminSelectWidget()
        self.offer_periods(f"As the report: {period_words(record.period)}")
        for name in ("start", "end"):
            self.fields[name].widget = UnfoldAdminTextInputWidget(attrs={"type": "date"})


class TestForm(MakeForm):
    address = forms.EmailField(
        label="To", widget=UnfoldAdminEmailInputWidget, help_text="Whoever reads there sees what a viewer may see."
    )


def made(
    report: Report,
    answers: Mapping[str, Any],
    *,
    actor: User,
    cause: str = Run.Cause.PERSON,
    to: Recipients | None = None,
) -> Run:
    """A run of the report as it is saved. Raises CannotBeMade, or TooManyWaiting."""
    outline = report.outline.over(answers["period"])
    try:
        return run_report(
            outline=outline, owner=actor, cause=cause, formats=answers["formats"], report=report, recipients=to
        )
    except InvalidOutline as error:
        raise CannotBeMade(" ".join(said(report, error))) from error


REFUSALS = (CannotBeMade, TooManyWaiting)


def said(report: Report, error: InvalidOutline) -> list[str]:
    """`Section 2, “Best sellers”: brand: There is no brand “Gucci”.`"""
    sections = report.outline.sections
    found = []
    for place, messages in error.errors.items():
        kind, _, rest = place.partition(".")
        number = rest.partition(".")[0]
        where = kind.capitalize()
        if number.isdigit():
            section = sections[int(number)]
            where = f"Section {int(number) + 1}, “{named(section)}”"
        found.append(f"{where}: {' '.join(messages)}")
    return found
