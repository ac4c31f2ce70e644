"""A report as it is being written: its own form and those of its sections, checked and saved as one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.db import transaction
from django.http import QueryDict

from analytics.params import Filter
from analytics.saved import as_query
from reports.builder.fields import PeriodForm, Texts, chosen_period, errors_of
from reports.builder.offers import FILTERS, FilterPicker, Offers, known_to
from reports.builder.saving import Kept, free_slug, keep
from reports.builder.sections import MOST_WORDS, SectionForm, field_of, filters_in, in_order
from reports.models import Report
from reports.outlines import MOST_SECTIONS, Outline, SectionOutline

KEY = re.compile(r"[a-z0-9]{1,12}")
MOST_CARDS = 200  # with those that were added and removed again
FIRST_KEY = "new1"


class ChangedMeanwhile(Exception):
    """Somebody else has saved the report since this person opened it."""


class ReportForm(PeriodForm, forms.ModelForm):  # type: ignore[type-arg]
    """What holds for the whole report."""

    description = forms.CharField(
        required=False, max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Stands below the title.",
    )  # fmt: skip

    class Meta:
        model = Report
        fields = ("title", "slug", "description")
        error_messages = {"title": {"required": "Give it a title."}}

    def __init__(self, data: QueryDict | None, *, report: Report, offers: Offers) -> None:
        query = as_query(report.filters)
        initial = {**chosen_period(report.period), **{field_of(name): query.get(name, []) for name in FILTERS}}
        super().__init__(data, instance=copy(report), initial=initial)  # what is typed must not change ours
        self.fields["slug"].required = False
        self.offers = offers
        for name, filter_ in FILTERS.items():
            if offers.viewer.may(filter_.permission):
                self.fields[field_of(name)] = Texts(label=filter_.label)

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        for name, filter_ in FILTERS.items():
            self.check_values(filter_, answers.get(field_of(name), []))
        return answers

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"] or free_slug(self.cleaned_data.get("title") or "", self.instance))

    def check_values(self, filter_: Filter, texts: Sequence[str]) -> None:
        try:
            filter_.values(texts, self.offers.session)
        except ValueError as error:
            self.add_error(field_of(filter_.name), str(error))

    @property
    def pickers(self) -> list[FilterPicker]:
        found = []
        for name, filter_ in FILTERS.items():
            if field_of(name) not in self.fields:
                continue
            field = self[field_of(name)]
            asked = [text for text in field.value() or [] if text]
            if asked or (filter_.in_bar and self.offers.values(filter_)):
                found.append(self.offers.picker(filter_, field.html_name, asked, errors_of(field)))
        return found


@dataclass(frozen=True)
class Trouble:
    """Something that is wrong: where, in words, with the field's id, and what."""

    where: str
    field_id: str
    message: str


class Draft:
    """The whole form. Without data it is the report as it is kept; one without sections begins with an empty one."""

    def __init__(self, report: Report, offers: Offers, data: QueryDict | None = None) -> None:
        self.report, self.offers, self.data = report, offers, data
        self.before = {str(section.pk): in_order(section.outline) for section in report.sections.all()}
        self.version = report.changed_at.isoformat()
        self.form = ReportForm(data, report=report, offers=offers)
        self.cards = list(self.typed(data) if data is not None else self.kept())

    def kept(self) -> Iterator[SectionForm]:
        for key, section in self.before.items():
            yield SectionForm.of(section, key=key, offers=self.offers)
        if not self.before:
            yield SectionForm(key=FIRST_KEY, offers=self.offers)

    def typed(self, data: QueryDict) -> Iterator[SectionForm]:
        """In the order they stand in; each tells its key."""
        for key in list(dict.fromkeys(data.getlist("sections")))[:MOST_CARDS]:
            if KEY.fullmatch(key):
                yield SectionForm(data, key=key, offers=self.offers)

    @property
    def sections(self) -> list[SectionForm]:
        """Those that stay."""
        return [card for card in self.cards if not card.is_removed]

    @property
    def outline(self) -> Outline:
        """What is typed, as far as it is right already: parts that are wrong are left out."""
        answers: dict[str, Any] = getattr(self.form, "cleaned_data", {}) if self.form.is_bound else {}
        return Outline(
            title=answers.get("title") or "Untitled report",
            description=answers.get("description") or "",
            slug=answers.get("slug") or self.report.slug,
            period=answers.get("period") or self.report.period,
            filters=filters_in(answers),
            sections=tuple(section.outline for section in self.sections if not section.errors),
        )

    def check(self) -> bool:
        """Whether all of it is right; what is not stands beside its field."""
        self.form.full_clean()
        bare = replace(self.outline, sections=())
        for section in self.sections:
            section.check(bare)
        self.check_filters()
        count = len(self.sections)
        if not 1 <= count <= MOST_SECTIONS:
            self.form.add_error(None, f"A report has 1 to {MOST_SECTIONS} sections; this one has {count}.")
        return not self.troubles

    def check_filters(self) -> None:
        """A filter that no section knows would do nothing."""
        known = {name for section in self.sections if section.question for name in known_to(section.question)}
        for name in self.outline.filters:
            if name not in known:
                self.form.add_error(field_of(name), "No section knows this filter: take it away, or add one that does.")

    @property
    def troubles(self) -> list[Trouble]:
        return [*wrong_with(self.form), *self.troubles_of(self.sections)]

    def troubles_of(self, cards: Iterable[SectionForm]) -> list[Trouble]:
        places = {card.key: f"Section {number}, “{card.title}”" for number, card in enumerate(self.sections, 1)}
        return [trouble for card in cards for trouble in wrong_with(card, places[card.key])]

    @property
    def is_outdated(self) -> bool:
        """Whether the report was saved by somebody since this form was opened."""
        return self.data is not None and self.data.get("version") != self.version

    def save(self) -> str:
        """Write it all or nothing, after `check`; in words what has changed. Raises ChangedMeanwhile."""
        asked: list[tuple[str, SectionOutline]] = [(section.key, section.outline) for section in self.sections]
        with transaction.atomic():
            report = Report.objects.select_for_update().get(pk=self.report.pk)
            if report.changed_at != self.report.changed_at or self.is_outdated:
                raise ChangedMeanwhile
            return keep(report, self.outline, Kept(self.before, asked))


def wrong_with(form: PeriodForm, place: str = "") -> list[Trouble]:
    found = []
    for name, messages in form.errors.items() if form.is_bound else ():
        label = str(form.fields[name].label or "") if name in form.fields else ""
        where = ": ".join(part for part in (place, label) if part)
        field_id = form[name].auto_id if name in form.fields else ""
        found += [Trouble(where, field_id, str(message)) for message in messages]
    return found
