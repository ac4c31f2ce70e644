"""Fields that the forms of reports share: a period by name or by days, and any number of texts."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from analytics.filterbar import CUSTOM, NAMES
from lacelux.lib.periods import DEFAULT, InvalidPeriod, resolve
from reports.builder.offers import period_choices


class Texts(forms.Field):
    """All values that come under its name, those that are empty left out."""

    widget = forms.SelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> list[str]:
        return [text for text in value or [] if text.strip()]


class Day(forms.DateField):
    """A day, chosen in the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PeriodForm(forms.Form):
    """A period by its name, or from one day to another. Cleaned, `period` is its text, as it is kept."""

    no_period: ClassVar[str] = ""  # what it means that none is chosen; without such words one must be

    period = forms.ChoiceField(label="Period", required=False)
    start = Day(label="From", required=False)
    end = Day(label="To", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_periods(self.no_period)

    def offer_periods(self, empty: str) -> None:
        self.fields["period"].choices = period_choices(empty)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        if answers.get("period") == CUSTOM:
            answers["period"] = self.spanned(answers.get("start"), answers.get("end"))
        if {"start", "end"} & set(self.errors):
            answers.pop("period", None)
        return answers

    def spanned(self, start: Any, end: Any) -> str:
        """The days as a period; one alone is that day."""
        text = f"{start or end}/{end or start}"
        if {"start", "end"} & set(self.errors):
            return text
        if not (start or end):
            self.add_error("start", "Say from which day, and to which.")
        elif start and end and start > end:
            self.add_error("end", "This day is before the first.")
        else:
            try:
                resolve(text, today=timezone.localdate(), grain="month")
            except InvalidPeriod as error:
                self.add_error("start", str(error))
        return text


def errors_of(field: forms.BoundField) -> list[str]:
    return [str(message) for message in field.errors]


def chosen_period(text: str, default: str = DEFAULT) -> dict[str, str]:
    """What PeriodForm shows of a period as it is kept."""
    text = text or default
    if text in NAMES or not text:
        return {"period": "month" if text == "mtd" else text}
    start, _, end = text.partition("/")
    return {"period": CUSTOM, "start": start, "end": end}
