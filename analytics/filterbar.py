"""The filter bar of a page: what may be asked, what was, and the links that change it.

The address holds the whole state. Everything works as a plain form, without scripts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from analytics.base import Analysis, Viewer
from analytics.choices import Choice, called, offered
from analytics.formats.text import day
from analytics.mart.session import Session
from analytics.params import Filter
from lacelux.lib.periods import DEFAULT, InvalidPeriod, Period, resolve

Query = dict[str, list[str]]
Address = Callable[[Mapping[str, Any]], str]
CUSTOM = "custom"
PERIODS = (
    Choice("7d", "Last 7 days"),
    Choice("30d", "Last 30 days"),
    Choice("90d", "Last 90 days"),
    Choice("1y", "Last 12 months"),
    Choice("day", "Today"),
    Choice("yesterday", "Yesterday"),
    Choice("week", "This week"),
    Choice("month", "This month"),
    Choice("last-week", "Last week"),
    Choice("last-month", "Last month"),
    Choice("last-quarter", "Last quarter"),
    Choice("ytd", "This year"),
    Choice("all", "All time"),
)
NAMES = {**{choice.value: choice.label for choice in PERIODS}, "mtd": "This month"}
QUICK = ("7d", "30d", "90d", "1y")
GRAINS = (Choice("", "Automatic"), Choice("day", "Daily"), Choice("week", "Weekly"), Choice("month", "Monthly"))
MANY = 8  # choices from which on a list can be searched


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Picker:
    """One field: a button that opens a list. `several` may be chosen, or one."""

    name: str
    label: str
    options: Sequence[Option]
    several: bool = True
    errors: Sequence[str] = ()

    @property
    def fields(self) -> SafeString:
        """The options as markup, escaped one by one: there can be a thousand, too many for a template."""
        start = f'<label><input type="{"checkbox" if self.several else "radio"}" name="{escape(self.name)}" value="'
        marks = {True: " checked", False: ""}
        return mark_safe(
            "\n".join(
                f'{start}{escape(option.value)}"{marks[option.is_chosen]}> {escape(option.label)}</label>'
                for option in self.options
            )
        )

    @property
    def is_long(self) -> bool:
        return len(self.options) > MANY

    @property
    def chosen(self) -> list[Option]:
        return [option for option in self.options if option.is_chosen]

    @property
    def summary(self) -> str:
        """What the button says of the choice: `Gucci +2`."""
        if not self.chosen:
            return ""
        more = len(self.chosen) - 1
        return f"{self.chosen[0].label} +{more}" if more else self.chosen[0].label


@dataclass(frozen=True)
class PeriodPicker(Picker):
    """… of a period: named ones, or from one day to another."""

    start: str = ""
    end: str = ""
    said: str = ""

    @property
    def summary(self) -> str:
        return self.said


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the address without it."""

    label: str
    value: str
    remove: str


@dataclass(frozen=True)
class QuickPeriod:
    label: str
    title: str
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class Bar:
    period: PeriodPicker | None = None
    pickers: Sequence[Picker] = ()
    chips: Sequence[Chip] = ()
    quick: Sequence[QuickPeriod] = ()
    kept: Sequence[tuple[str, str]] = ()  # asked by drill-down or a header: the form carries them on
    clear: str = ""
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of what has no field here

    @property
    def is_filtered(self) -> bool:
        return bool(self.chips)


def settled(query: Query) -> Query:
    """The query without empty values, its two days as one period: what the address should be."""
    found = {name: kept for name, values in query.items() if (kept := [v for v in values if v.strip()])}
    first, last = (found.pop(name, [""])[-1] for name in ("from", "to"))
    if found.get("period") == [CUSTOM]:
        del found["period"]
        if first or last:
            found["period"] = [f"{first or last}/{last or first}"]
    return found


def bar(
    analysis: Analysis,
    query: Query,
    *,
    address: Address,
    session: Session,
    viewer: Viewer,
    today: date,
    errors: Mapping[str, Sequence[str]] | None = None,
) -> Bar:
    """The bar of `analysis` for what was asked, right or wrong. `address` makes an address of parameters."""
    wrong, params = dict(errors or {}), analysis.Params
    allowed = [filter_ for filter_ in params.filters if viewer.may(filter_.permission)]
    in_bar = [filter_ for filter_ in allowed if filter_.in_bar]
    shown = [picker(f, query, session, wrong.pop(f.name, ())) for f in in_bar]
    period = period_picker(query, session, today, wrong.pop("period", ())) if params.has_period else None
    grain = [grain_picker(query, wrong.pop("grain", ()))] if params.has_grain else []
    names = {"period", "grain", "page", "limit"} | {filter_.name for filter_ in in_bar}
    return Bar(
        period=period,
        pickers=[*grain, *(each for each in shown if each.options)],
        chips=[] if errors else list(chips(allowed, query, address, session, viewer)),
        quick=quick_periods(query, address) if params.has_period else [],
        kept=[(name, value) for name, values in query.items() if name not in names for value in values],
        clear=address({name: query[name] for name in ("period", "grain", "sort") if name in query}),
        errors=wrong,
    )


def picker(filter_: Filter, query: Query, session: Session, errors: Sequence[str]) -> Picker:
    asked = set(query.get(filter_.name, ()))
    known = offered(filter_, session)
    by_name = {value for value in asked if value not in {choice.value for choice in known}}
    names = {value.lower() for value in by_name}
    options = [Option(c.value, c.label, c.value in asked or c.label.lower() in names) for c in known]
    return Picker(filter_.name, filter_.label, options, errors=errors)


def grain_picker(query: Query, errors: Sequence[str]) -> Picker:
    asked = (query.get("grain") or [""])[-1]
    options = [Option(choice.value, choice.label, choice.value == asked) for choice in GRAINS]
    return Picker("grain", "Points", options, several=False, errors=errors)


def period_picker(query: Query, session: Session, today: date, errors: Sequence[str]) -> PeriodPicker:
    asked = (query.get("period") or [DEFAULT])[-1]
    found = resolved(asked, today, session)
    named = "month" if asked == "mtd" else asked
    is_custom = asked not in NAMES
    options = [Option(choice.value, choice.label, choice.value == named) for choice in PERIODS]
    return PeriodPicker(
        name="period",
        label="Period",
        options=[*options, Option(CUSTOM, "From … to …", is_custom)],
        several=False,
        errors=errors,
        start=str(found.start) if found else "",
        end=str(found.end) if found else "",
        said=NAMES.get(asked) or (span(found) if found else "Custom"),
    )


def resolved(asked: str, today: date, session: Session) -> Period | None:
    try:
        return resolve(asked, today=today, bounds=session.bounds() if asked == "all" else None)
    except InvalidPeriod:
        return None


def span(period: Period) -> str:
    """`1 – 31 Mar 2026`, as short as can be."""
    if period.start == period.end:
        return day(period.start)
    if (period.start.year, period.start.month) == (period.end.year, period.end.month):
        return f"{period.start.day} – {day(period.end)}"
    if period.start.year == period.end.year:
        return f"{period.start.day} {period.start:%b} – {day(period.end)}"
    return f"{day(period.start)} – {day(period.end)}"


def quick_periods(query: Query, address: Address) -> list[QuickPeriod]:
    asked = (query.get("period") or [DEFAULT])[-1]
    kept = {name: values for name, values in query.items() if name != "page"}
    return [
        QuickPeriod(text.upper(), NAMES[text], address({**kept, "period": [text]}), text == asked) for text in QUICK
    ]


def chips(
    filters: Sequence[Filter], query: Query, address: Address, session: Session, viewer: Viewer
) -> Sequence[Chip]:
    found = []
    for filter_ in filters:
        for value in dict.fromkeys(query.get(filter_.name, ())):
            rest = [other for other in query[filter_.name] if other != value]
            others = {name: values for name, values in query.items() if name not in (filter_.name, "page")}
            link = address({**others, filter_.name: rest} if rest else others)
            found.append(Chip(filter_.label, called(filter_, value, session, viewer), link))
    return found


def query_text(params: Mapping[str, Any]) -> str:
    """`?brand=3&brand=4`, or nothing."""
    text = urlencode({name: values for name, values in params.items() if values}, doseq=True)
    return f"?{text}" if text else ""
