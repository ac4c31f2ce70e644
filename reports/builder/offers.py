"""What can be chosen for a report, by name: questions, periods, values of filters, columns to sort by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.utils import timezone
from django.utils.text import capfirst

from analytics.base import Analysis, Viewer
from analytics.catalogue import QUESTIONS
from analytics.choices import Choice, called, offered
from analytics.columns import Column, Date, Flag, Hour, Text, Time, Weekday
from analytics.filterbar import CUSTOM, MANY, NAMES, PERIODS, Option, Picker, span
from analytics.formats.text import heading
from analytics.mart.session import Session
from analytics.params import Filter
from lacelux.lib.periods import InvalidPeriod, resolve
from reports.documents import reading

FILTERS: dict[str, Filter] = {filter_.name: filter_ for question in QUESTIONS for filter_ in question.Params.filters}
CUSTOM_PERIOD = (CUSTOM, "From … to …")
UNREAD = ("unit", "complete")  # columns that tell how others are to be read
WAYS = (
    ((Text,), ("Z to A", "A to Z")),
    ((Date, Time, Hour, Weekday), ("latest first", "earliest first")),
    ((Flag,), ("yes first", "no first")),
)
Grouped = list[tuple[str, list[tuple[str, str]]]]


@dataclass(frozen=True)
class FilterPicker(Picker):
    """A list of values to tick. It holds the ticked ones; a script adds the others when it is opened."""

    filter: str = ""
    is_open_ended: bool = True  # False: reached by drill-down only, so that values can be taken away but not added

    @property
    def is_long(self) -> bool:
        return self.is_open_ended and len(self.options) > MANY


@dataclass(frozen=True)
class ColumnPicker(Picker):
    """Which columns a table has; none ticked is all of them."""

    counts = True

    @property
    def summary(self) -> str:
        count = len(self.chosen)
        return f"{count} of {len(self.options)}" if 0 < count < len(self.options) else "All"


@dataclass(frozen=True)
class Offers:
    """What the shop has at one moment, for one person. Each filter's values are looked up once for all sections."""

    session: Session
    viewer: Viewer
    today: date
    _values: dict[str, list[Choice]] = field(default_factory=dict)

    @cached_property
    def questions(self) -> Grouped:
        """(area, [(slug, title), …]), as a select shows them."""
        areas: dict[str, list[tuple[str, str]]] = {}
        for question in QUESTIONS:
            if self.viewer.may(question.permission):
                areas.setdefault(capfirst(question.area), []).append((question.slug, question.title))
        return list(areas.items())

    def orders(self, question: Analysis) -> Grouped:
        """What its rows can be put in order by, and which way, as a select shows it: `Revenue: largest first`."""
        return [(heading(each), both_ways(each)) for each in self.columns(question)]

    def columns(self, question: Analysis) -> list[Column]:
        """What its table has for people."""
        seen = question.visible(self.viewer)
        return [column for column in seen if not column.is_hidden and column.name not in UNREAD]

    def column_picker(self, question: Analysis, name: str, asked: Sequence[str], errors: Sequence[str]) -> ColumnPicker:
        options = [Option(each.name, heading(each), each.name in asked) for each in self.columns(question)]
        return ColumnPicker(name, "Columns", options, errors=errors)

    def values(self, filter_: Filter) -> list[Choice]:
        if filter_.name not in self._values:
            self._values[filter_.name] = offered(filter_, self.session)
        return self._values[filter_.name]

    def by_filter(self) -> dict[str, list[tuple[str, str]]]:
        """(value, name) of everything that can be ticked, for the script."""
        return {
            name: [(choice.value, choice.label) for choice in self.values(filter_)]
            for name, filter_ in FILTERS.items()
            if filter_.in_bar and self.viewer.may(filter_.permission)
        }

    def picker(self, filter_: Filter, name: str, asked: Sequence[str], errors: Sequence[str] = ()) -> FilterPicker:
        """The field `name` with what is asked ticked; values that are gone stay, so that they can be taken away."""
        options = [Option(*self.named(filter_, value), is_chosen=True) for value in dict.fromkeys(asked)]
        return FilterPicker(
            name, filter_.label, options, errors=errors, filter=filter_.name, is_open_ended=filter_.in_bar
        )

    def named(self, filter_: Filter, value: str) -> tuple[str, str]:
        """A value as it is kept (an id, or a name in any case) with the name it goes by."""
        if filter_.in_bar:
            for choice in self.values(filter_):
                if value == choice.value or value.lower() == choice.label.lower():
                    return choice.value, choice.label
        return value, called(filter_, value, self.session, self.viewer)


@contextmanager
def offering(viewer: Viewer) -> Iterator[Offers]:
    with reading() as session:
        yield Offers(session, viewer, timezone.localdate())


def both_ways(column: Column) -> list[tuple[str, str]]:
    """The ways down and up through a column, in words."""
    down, up = next((words for kinds, words in WAYS if isinstance(column, kinds)), ("largest first", "smallest first"))
    ways = [(f"-{column.name}", down), (column.name, up)]
    named = [(value, f"{heading(column)}: {words}") for value, words in ways]
    return named if column.is_number else named[::-1]


def known_to(question: Analysis) -> list[str]:
    """Names of the filters that a report may share with this question."""
    return [filter_.name for filter_ in question.Params.filters]


def period_words(text: str, today: date | None = None) -> str:
    """`Last week`; `1 – 31 Mar 2026` for one by days."""
    if text in NAMES:
        return NAMES[text]
    try:
        return span(resolve(text, today=today or timezone.localdate()))
    except InvalidPeriod:
        return f"“{text}”, which is no period"


def period_choices(empty: str = "") -> list[tuple[str, str]]:
    """The periods of the filter bar; `empty` says what none at all means."""
    named = [(choice.value, choice.label) for choice in PERIODS]
    return [*([("", empty)] if empty else []), *named, CUSTOM_PERIOD]
