"""What the script of the builder asks for: the sheet beside the form, and the form of one section."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lacelux.lib.periods import InvalidPeriod
from reports.builder.drafts import Draft, Trouble, wrong_with
from reports.builder.offers import Offers
from reports.builder.sections import SectionForm
from reports.documents import Document, InvalidSection, answered
from reports.models import Report
from reports.preview import sheet

Context = dict[str, Any]


def of_draft(draft: Draft, offers: Offers, is_narrow: bool) -> Context:
    """What is typed, without the parts that are wrong, which are named."""
    draft.check()
    outline, right = draft.outline, [card for card in draft.sections if not card.errors]
    try:
        document = answered(outline, offers.viewer, offers.session, today=offers.today)
    except (InvalidSection, InvalidPeriod) as error:
        return nothing(str(error))
    shown = sheet(document, keys(document, right), is_narrow=is_narrow)
    begun = [card for card in draft.sections if not card.is_blank]
    return {"sheet": shown, "troubles": [*wrong_with(draft.form), *draft.troubles_of(begun)]}


def of_report(report: Report, offers: Offers, is_narrow: bool) -> Context:
    try:
        document = answered(report.outline, offers.viewer, offers.session, today=offers.today)
    except (InvalidSection, InvalidPeriod) as error:
        return nothing(str(error))
    return {"sheet": sheet(document, is_narrow=is_narrow), "troubles": ()}


def nothing(why: str) -> Context:
    return {"sheet": None, "troubles": [Trouble("", "", why)]}


def keys(document: Document, cards: Sequence[SectionForm]) -> list[str]:
    """Which card each part belongs to: parts are the sections in their order, less those that are left out."""
    parts, found = list(document.parts), []
    for card in cards:
        if parts and (parts[0].analysis, parts[0].heading) == (card.question, card.outline.title):
            del parts[0]
            found.append(card.key)
    return found
