"""What a report asks, as plain data: a report of the shop as it stands, or one that a program sends along.

A run keeps its outline, so that it can be told for ever what was asked, whatever becomes of the report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from analytics.base import Analysis
from analytics.catalogue import ANALYSES
from analytics.saved import InvalidQuestion, Kept, Query, as_query, check
from lacelux.lib.periods import InvalidPeriod, resolve

MOST_SECTIONS = 30
TIMED = "period"


class InvalidOutline(ValueError):
    """A report cannot be asked as it stands; `errors` maps where (`period`, `sections.2.params`) to what is wrong."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors = {place: list(messages) for place, messages in errors.items()}
        super().__init__("; ".join(f"{place}: {' '.join(messages)}" for place, messages in self.errors.items()))


@dataclass(frozen=True, kw_only=True)
class SectionOutline:
    """A question of the catalogue, asked and shown in a certain way."""

    analysis: str
    heading: str = ""
    text: str = ""
    params: Kept = field(default_factory=dict)
    shows_chart: bool = True
    shows_table: bool = True
    columns: Sequence[str] = ()  # those that the table shows people; none: all. Excel and CSV hold all in any case

    @property
    def question(self) -> Analysis:
        return ANALYSES[self.analysis]

    @property
    def title(self) -> str:
        return self.heading or self.question.title

    def query(self, outline: Outline) -> Query:
        """What the report asks of all its sections, as far as the question understands it, and the section's own."""
        known = self.question.Params.names()
        shared = {TIMED: outline.period, **outline.filters}
        return as_query({**{name: value for name, value in shared.items() if name in known}, **self.params})

    def misses(self, outline: Outline) -> list[str]:
        """Filters of the report that this question does not know."""
        return [name for name in outline.filters if name not in self.question.Params.names()]


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A title, a period as text, filters for all sections that know them, and the sections in their order."""

    title: str
    description: str = ""
    slug: str = ""
    period: str = ""
    filters: Kept = field(default_factory=dict)
    sections: Sequence[SectionOutline] = ()

    @property
    def name(self) -> str:
        """What its files are called."""
        return self.slug or slugify(self.title) or "report"

    def over(self, period: str) -> Outline:
        """The same over another period; the same where none is said."""
        return replace(self, period=period) if period else self

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Outline:
        """What `as_json` gave. For outlines from outside see `reports.serializers`."""
        sections = ({**section, "columns": tuple(section.get("columns", ()))} for section in kept["sections"])
        return cls(**{**kept, "sections": tuple(SectionOutline(**section) for section in sections)})

    def check(self) -> None:
        """Raises InvalidOutline with all that is wrong: no section, an unknown question, a parameter it lacks."""
        errors: dict[str, list[str]] = {}
        if not 1 <= len(self.sections) <= MOST_SECTIONS:
            errors["sections"] = [f"A report has 1 to {MOST_SECTIONS} sections; this one has {len(self.sections)}."]
        try:
            resolve(self.period, today=timezone.localdate())
        except InvalidPeriod as error:
            errors[TIMED] = [str(error)]
        for place, section in enumerate(self.sections):
            errors |= self._wrong_with(section, f"sections.{place}")
        if errors:
            raise InvalidOutline(errors)
        if unknown := [name for name in self.filters if all(name in s.misses(self) for s in self.sections)]:
            raise InvalidOutline({"filters": [f"No section knows “{name[:40]}”." for name in unknown]})

    def _wrong_with(self, section: SectionOutline, place: str) -> dict[str, list[str]]:
        try:
            check(section.analysis, section.params)
            check(section.analysis, {name: v for name, v in self.filters.items() if name not in section.misses(self)})
        except InvalidQuestion as error:
            return {f"{place}.{name}": messages for name, messages in error.errors.items()}
        known = {column.name for column in section.question.columns}
        unknown = [f"There is no column “{name[:40]}”." for name in section.columns if name not in known]
        return {f"{place}.columns": unknown} if unknown else {}
