"""What a page of answers asks, as an outline that can be mailed and scheduled.

The page's parameters stay as they were asked: a period as text, so that "last-month" is each time the month before.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from analytics.catalogue import ANALYSES
from analytics.filterbar import NAMES, Query, span
from analytics.mart.session import Session
from analytics.pages import PANEL_ROWS, PANELS
from analytics.saved import as_kept
from analytics.views import OVERVIEW, WHOLE
from lacelux.lib.periods import DEFAULT, InvalidPeriod, resolve
from reports.outlines import TIMED, Outline, SectionOutline

OF_THE_PAGE = ("page",)  # a document has all rows


class UnknownQuestion(KeyError):
    """There is no such question."""


def outline_of(slug: str, query: Query) -> Outline:
    """One section that asks what the question's page does; the overview asks all its panels. Raises UnknownQuestion."""
    kept = {name: values for name, values in as_kept(query).items() if name not in OF_THE_PAGE}
    if slug == WHOLE:
        return whole_overview(kept)
    if slug not in ANALYSES:
        raise UnknownQuestion(slug)
    params = ANALYSES[slug].Params
    period = kept.pop(TIMED, "") if params.has_period else ""
    shared = {filter_.name for filter_ in params.filters}
    own = {name: value for name, value in kept.items() if name not in shared}  # order, length, grain; and mistakes
    return Outline(
        title=ANALYSES[slug].title,
        period=str(period) or DEFAULT,
        filters={name: value for name, value in kept.items() if name in shared},
        sections=(SectionOutline(analysis=slug, params=own),),
    )


def whole_overview(kept: dict[str, Any]) -> Outline:
    slugs = [OVERVIEW, *(panel for panel, _ in PANELS if panel in ANALYSES)]
    return Outline(
        title="Overview",
        description=ANALYSES[OVERVIEW].description,
        period=str(kept.get(TIMED) or DEFAULT),
        filters={name: value for name, value in kept.items() if name != TIMED},
        sections=tuple(SectionOutline(analysis=each, params=panel_params(each)) for each in slugs),
    )


def panel_params(slug: str) -> dict[str, Any]:
    return {} if ANALYSES[slug].limit is None else {"limit": str(PANEL_ROWS)}


def has_period(outline: Outline) -> bool:
    """Whether any of its questions has one: stock as it stands does not."""
    return any(section.question.Params.has_period for section in outline.sections if section.analysis in ANALYSES)


def period_in_words(outline: Outline, today: date, session: Session) -> str:
    """`Last month: 1 – 28 Feb 2026`, counted from the local day `today`; the bare text where it is no period."""
    text = outline.period or DEFAULT
    try:
        found = span(resolve(text, today=today, bounds=session.bounds() if text == "all" else None))
    except InvalidPeriod:
        return text
    return f"{NAMES[text]}: {found}" if text in NAMES else found
