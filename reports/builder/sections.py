"""The form of one section. Which fields it has depends on its question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict

from analytics.base import Analysis, Viewer
from analytics.catalogue import ANALYSES
from analytics.charts import Tiles
from analytics.filterbar import GRAINS
from analytics.params import MOST_ROWS, InvalidParams
from analytics.saved import as_kept, as_query
from lacelux.access.roles import permissions_of
from reports.builder.fields import PeriodForm, Texts, chosen_period, errors_of
from reports.builder.offers import FILTERS, ColumnPicker, FilterPicker, Offers, known_to
from reports.outlines import Outline, SectionOutline

MOST_WORDS = 2_000
ORDER = ("sort", "limit")
TIME = ("period", "start", "end")
UNTICKED = (None, "", "False")
NOT_HERE = "This question is not asked in this shop any more: choose another."


class SectionForm(PeriodForm):
    """`key` is the id of the section it changes, or a name of its own for a new one."""

    no_period = "As the report"

    analysis = forms.ChoiceField(
        label="Question", error_messages={"required": "Choose a question.", "invalid_choice": NOT_HERE}
    )
    heading = forms.CharField(label="Heading", required=False, max_length=120)
    text = forms.CharField(
        label="A sentence of yours", required=False, max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 2})
    )
    shows_chart = forms.BooleanField(label="Chart", required=False, initial=True)
    shows_table = forms.BooleanField(label="Table", required=False, initial=True)
    columns = Texts(label="Columns")
    grain = forms.ChoiceField(label="Points", required=False, choices=[(each.value, each.label) for each in GRAINS])
    sort = forms.ChoiceField(label="In order of", required=False)
    limit = forms.IntegerField(
        label="Rows",
        required=False,
        validators=[MinValueValidator(1, "At least one."), MaxValueValidator(MOST_ROWS, f"At most {MOST_ROWS:,}.")],
        error_messages={"invalid": "A number, please."},
        widget=forms.NumberInput(attrs={"min": 1, "max": MOST_ROWS}),
    )

    def __init__(self, data: QueryDict | None = None, *, key: str, offers: Offers, initial: Any = None) -> None:
        super().__init__(data, prefix=prefix(key), initial=initial)
        self.key, self.offers = key, offers
        self.is_removed = bool(data and data.get(self.add_prefix("removed")))
        slug = (data.get(self.add_prefix("analysis")) if data is not None else self.initial.get("analysis")) or ""
        self.question: Analysis | None = ANALYSES.get(slug)
        self.fields["analysis"].choices = [("", "Choose a question"), *offers.questions]  # type: ignore[attr-defined]
        self.fit()

    @classmethod
    def of(cls, section: SectionOutline, *, key: str, offers: Offers) -> SectionForm:
        """The section as it is kept."""
        query = as_query(section.params)
        return cls(
            key=key,
            offers=offers,
            initial={
                **{name: (query.get(name) or [""])[-1] for name in ("grain", "sort", "limit")},
                **{field_of(name): query.get(name, []) for name in FILTERS},
                **chosen_period((query.get("period") or [""])[-1], default=""),
                "analysis": section.analysis,
                "heading": section.heading,
                "text": section.text,
                "shows_chart": section.shows_chart,
                "shows_table": section.shows_table,
                "columns": section.columns,
            },
        )

    @classmethod
    def typed(cls, data: QueryDict, *, key: str, offers: Offers) -> SectionForm:
        """What is being typed, without a word on what is wrong with it; for another question it has other fields."""
        start = prefix(key) + "-"
        found: dict[str, Any] = {name.removeprefix(start): data.get(name) for name in data if name.startswith(start)}
        found |= {name: data.getlist(start + name) for name in ("columns", *map(field_of, FILTERS))}
        if found.get("analysis"):
            found |= {name: found.get(name) not in UNTICKED for name in ("shows_chart", "shows_table")}
        return cls(key=key, offers=offers, initial=found)

    def fit(self) -> None:
        """Take away what its question does not know, and add the filters it does."""
        params = self.question.Params if self.question else None
        if not (params and params.has_period):
            self.drop(*TIME)
        if not (params and params.has_grain):
            self.drop("grain")
        if self.question and self.has_order:
            self.fields["sort"].choices = [("", "As usual"), *self.offers.orders(self.question)]  # type: ignore[attr-defined]
            self.fields["limit"].widget.attrs["placeholder"] = self.usual_limit
        else:
            self.drop(*ORDER)
        for filter_ in params.filters if params else ():
            if self.offers.viewer.may(filter_.permission):
                self.fields[field_of(filter_.name)] = Texts(label=filter_.label)

    def drop(self, *names: str) -> None:
        for name in names:
            del self.fields[name]

    @property
    def has_order(self) -> bool:
        """Whether its rows are a ranking, which can be turned and cut; days and weekdays come as they come."""
        if self.question is None:
            return False
        asked = (self.add_prefix(name) in self.data or self.initial.get(name) for name in ORDER)
        return self.question.limit is not None or any(asked)

    @property
    def usual_limit(self) -> str:
        assert self.question
        return "All" if self.question.is_listing or not self.question.limit else str(self.question.limit)

    # --- for the template ---------------------------------------------------------------------------------------

    @property
    def id(self) -> str:
        return prefix(self.key)

    @property
    def title(self) -> str:
        """What the section is called while it is written."""
        heading = str(self["heading"].value() or "").strip()
        return heading or (self.question.title if self.question else "New section")

    @property
    def is_blank(self) -> bool:
        """Whether nothing has been chosen for it yet."""
        return not self["analysis"].value()

    @property
    def is_open(self) -> bool:
        return self.question is None or bool(self.is_bound and self.errors)

    @property
    def has_figures(self) -> bool:
        """Whether its chart is big figures."""
        return bool(self.question and isinstance(self.question.chart, Tiles))

    @property
    def knows(self) -> str:
        return " ".join(known_to(self.question)) if self.question else ""

    @property
    def pickers(self) -> list[FilterPicker]:
        """Filters of the bar, and others where the section has some: those came by drill-down."""
        return [
            self.offers.picker(filter_, bound.html_name, asked, errors_of(bound))
            for filter_, bound, asked in self.asked()
            if asked or (filter_.in_bar and self.offers.values(filter_))
        ]

    @property
    def column_pickers(self) -> list[ColumnPicker]:
        """One, as soon as there is a question."""
        if self.question is None:
            return []
        field = self["columns"]
        return [self.offers.column_picker(self.question, field.html_name, field.value() or (), errors_of(field))]

    def asked(self) -> list[tuple[Any, forms.BoundField, list[str]]]:
        bound = ((filter_, self[field_of(name)]) for name, filter_ in FILTERS.items() if field_of(name) in self.fields)
        return [(filter_, field, [text for text in field.value() or [] if text]) for filter_, field in bound]

    # --- what it asks -------------------------------------------------------------------------------------------

    @property
    def outline(self) -> SectionOutline:
        """What is asked; only of a section without errors."""
        answers = self.cleaned_data
        return SectionOutline(
            analysis=answers["analysis"],
            heading=answers["heading"],
            text=answers["text"],
            params=self.params(answers),
            shows_chart=answers["shows_chart"],
            shows_table=answers["shows_table"],
            columns=self.chosen_columns(answers["columns"]),
        )

    def chosen_columns(self, names: Sequence[str]) -> tuple[str, ...]:
        """In the question's order; all of them are none."""
        known = [column.name for column in self.offers.columns(self.question)] if self.question else []
        chosen = tuple(name for name in known if name in names)
        return () if len(chosen) == len(known) else chosen

    def params(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        query = {name: [str(answers.get(name) or "")] for name in ("period", "grain", "sort", "limit")}
        return {**as_kept(query), **filters_in(answers)}

    def check(self, within: Outline) -> None:
        """Ask the question for its parameters alone; what it refuses stands beside the field."""
        if self.errors or self.question is None:
            return
        everything = Viewer(permissions_of("owner"))
        try:
            self.question.prepare(self.outline.query(within), everything, self.offers.session, self.offers.today)
        except InvalidParams as error:
            for name, messages in error.errors.items():
                self.add_error(self.field_for(name), messages)

    def field_for(self, param: str) -> str | None:
        """The field that a parameter is typed into; None where it comes from the report."""
        name = field_of(param) if param in FILTERS else param
        return name if name in self.fields else None


def prefix(key: str) -> str:
    return f"section-{key}"


def field_of(filter_name: str) -> str:
    return f"filter_{filter_name}"


def filters_in(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The filters of a cleaned form as they are kept. Their order says nothing, so it is always the same."""
    return as_kept({name: sorted(answers.get(field_of(name), ())) for name in FILTERS})


def in_order(outline: SectionOutline) -> SectionOutline:
    """The section as a form would give it, so that the two can be compared."""
    query = as_query(outline.params)
    params = as_kept({name: sorted(values) for name, values in query.items()})
    return replace(outline, params=params, columns=tuple(outline.columns))
