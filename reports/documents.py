"""A report answered: for one set of rights, at one moment. Painters take it as it is; none of them computes.

All parts are asked within one session of the mart, so that a sale which is committed meanwhile is in all of them or in
none, and `as_of` is the same for every figure of the document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from urllib.parse import urlencode

from django.conf import settings

from analytics.base import Analysis, Result, Viewer
from analytics.catalogue import ANALYSES
from analytics.choices import spoken
from analytics.columns import Column
from analytics.filterbar import span
from analytics.mart.replica import mart
from analytics.mart.session import Row, Session
from analytics.pages import address_of, is_blank
from analytics.params import InvalidParams, NotAllowed
from analytics.saved import as_query
from analytics.tables import shown
from lacelux.lib.periods import Period, resolve
from reports.outlines import Outline, SectionOutline

OF_BEFORE = ("before", "change", "revenue_before", "growth")  # columns that speak of the period before
NOBODY = Viewer(frozenset())  # names lead to no record of the shop: readers are elsewhere
Rows = Callable[[], Iterable[Row]]


@dataclass(frozen=True)
class Part:
    """One section, answered.

    `result` holds the columns the reader may see, chart, insights and notes, and the first rows. `rows` reads all of
    them, as often as it is called, in bounded memory and only while the document's session is open; `row_count` is
    their number. `period` and `filters` are said where they differ from those of the whole document.
    """

    analysis: Analysis
    heading: str
    text: str
    result: Result
    rows: Rows
    row_count: int
    shows_chart: bool = True
    shows_table: bool = True
    chosen: Sequence[str] = ()  # names of the columns that people are shown; none: all
    period: str = ""
    filters: Sequence[tuple[str, str]] = ()  # (Brand, "Gucci, Prada")
    address: str = ""  # of the question's page in the shop, absolute

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.result.columns

    @property
    def shown_columns(self) -> list[Column]:
        """The columns of the table that people read, in the question's order. Files of figures hold all of them."""
        return [column for column in shown(self.result) if not self.chosen or column.name in self.chosen]

    @property
    def nothing(self) -> str:
        """What a painter says in place of a blank part's figures."""
        return "Nothing in this period." if self.result.period else "There is nothing to show."

    @property
    def is_blank(self) -> bool:
        """Whether nothing happened: then painters say so in words and draw nothing."""
        return is_blank(self.result)


@dataclass(frozen=True)
class Document:
    """The whole report for one reader's rights. `left_out` names sections that the reader may not see."""

    title: str
    description: str
    slug: str
    parts: Sequence[Part]
    as_of: datetime
    period: Period | None = None
    filters: Sequence[tuple[str, str]] = ()
    left_out: Sequence[str] = ()
    formats: Sequence[str] = ()  # all the run is made in, so that a shortened table can say where the rest is
    address: str = ""  # of the report in the shop, absolute

    @property
    def has_data(self) -> bool:
        """Whether anything happened in its periods. Stock is always there: it counts only where nothing else is asked,
        and what was before does not count.
        """
        timed = [part for part in self.parts if part.result.period]
        return any(not is_blank(part.result, but=OF_BEFORE) for part in timed or self.parts)


class InvalidSection(ValueError):
    """A section cannot be answered as it is asked: the message names it, the parameter and the reason."""


@contextmanager
def reading() -> Iterator[Session]:
    """The mart at one moment, with everything in it that was committed before."""
    mart().wait()
    with mart().session() as session:
        yield session


def answered(
    outline: Outline, viewer: Viewer, session: Session, *, today: date, formats: Sequence[str] = (), address: str = ""
) -> Document:
    """`outline` for `viewer`, as of the session's moment; periods are counted from the local day `today`.

    Raises InvalidSection where a section cannot be asked (a brand that is gone), never for want of rights: sections
    that the viewer may not see are left out and named.
    """
    bounds = session.bounds() if outline.period == "all" else None
    period = resolve(outline.period, today=today, bounds=bounds)
    parts, left_out = [], []
    for section in outline.sections:
        if section.analysis not in ANALYSES:
            raise InvalidSection(
                f"{section.heading or section.analysis}: the shop does not know this question any more."
            )
        try:
            parts.append(part(section, outline, viewer, session, today, period))
        except NotAllowed:
            left_out.append(section.title)
        except InvalidParams as error:
            raise InvalidSection(f"{section.title}: {error}") from error
    return Document(
        title=outline.title,
        description=outline.description,
        slug=outline.name,
        parts=parts,
        as_of=session.as_of,
        period=period if any(each.result.period for each in parts) else None,
        filters=shared_filters(outline, session, viewer),
        left_out=left_out,
        formats=formats,
        address=address,
    )


def part(
    section: SectionOutline, outline: Outline, viewer: Viewer, session: Session, today: date, period: Period
) -> Part:
    analysis, query = section.question, section.query(outline)
    result = analysis.answer(query, viewer, session, today=today)
    most = int(query["limit"][0]) if "limit" in query else None

    def every_row() -> Iterable[Row]:
        return islice(analysis.every_row(query, viewer, session, today=today), most)

    own = {name: value for name, value in result.params.items() if name in section.params}
    differs = result.period and (result.period.start, result.period.end) != (period.start, period.end)
    return Part(
        analysis=analysis,
        heading=section.title,
        text=section.text,
        result=replace(result, notes=[*result.notes, *unfiltered(section, outline)]),
        rows=every_row if analysis.is_listing else lambda: result.rows,
        row_count=len(result.rows) if result.total_rows is None else min(result.total_rows, most or result.total_rows),
        shows_chart=section.shows_chart,
        shows_table=section.shows_table,
        chosen=section.columns,
        period=span(result.period) if result.period and differs else "",
        filters=spoken(analysis.Params.filters, own, session, viewer),
        address=absolute(address_of(f"{analysis.slug}?{urlencode(query, doseq=True)}")),
    )


def shared_filters(outline: Outline, session: Session, viewer: Viewer) -> list[tuple[str, str]]:
    known = {filter_.name: filter_ for section in outline.sections for filter_ in section.question.Params.filters}
    asked = [known[name] for name in outline.filters if name in known]
    return spoken(asked, as_query(outline.filters), session, viewer)


def unfiltered(section: SectionOutline, outline: Outline) -> list[str]:
    """A note where a filter of the report does not concern the section: its figures are of the whole shop."""
    missed = [name.replace("_", " ") for name in section.misses(outline)]
    return [f"Not filtered by {' or '.join(missed)}, which this question does not know."] if missed else []


def absolute(path: str) -> str:
    """The address of a page of the shop, for readers elsewhere."""
    return f"{settings.SHOP_URL}{path}"
