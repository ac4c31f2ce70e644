"""The subject line: what it is, over which time, and the headline."""

from __future__ import annotations

from analytics.charts import Tiles
from analytics.filterbar import span
from analytics.formats.text import MINUS, NOTHING, day, local
from analytics.tables import Tile, tiles
from reports.documents import Document, Part
from reports.formats.mail.words import cut, line

MOST = 150
MOST_SAID = 70
MOST_LABEL = 40
UP, DOWN = "+", MINUS


def subject(document: Document) -> str:
    """`Daily sales, 24 Nov 2026: revenue $1,234.00, up 12.5%`. A long title is cut, never a figure."""
    said, part = headline(document)
    ending = line(f", {when(document, part)}" + (f": {said}" if said else ""))
    return cut(line(document.title), MOST - len(ending)) + ending


def headline(document: Document) -> tuple[str, Part | None]:
    """The first figure and where it went, else the first insight; with the section it is of."""
    if not document.has_data:
        return nothing(document).lower(), None
    part = shown_as_tiles(document)
    for tile in cards(part) if part else ():
        if tile.value != NOTHING:
            return f"{spoken(tile.label)} {tile.value}{moved(tile.change)}", part
    for part in document.parts:
        if part.result.insights and not part.is_blank:
            return cut(line(part.result.insights[0]).rstrip("."), MOST_SAID), part
    return "", None


def nothing(document: Document) -> str:
    """What to say of a document without data. Where all was left out there is nothing to say."""
    if document.has_data or not document.parts:
        return ""
    return "Nothing in this period" if document.period else "There is nothing to show"


def when(document: Document, part: Part | None) -> str:
    """The days of the headline, which a section may have of its own; where nothing has any, the day it is as of."""
    if part and part.period:
        return part.period
    return span(document.period) if document.period else day(local(document.as_of).date())


def shown_as_tiles(document: Document) -> Part | None:
    """The section that the big numbers are of."""
    return next((part for part in document.parts if isinstance(part.result.chart, Tiles) and not part.is_blank), None)


def cards(part: Part) -> list[Tile]:
    """The big numbers of a section. None of them is a link: the mail has one, to the whole."""
    previous = part.result.period.previous() if part.result.period else None
    return tiles(part.result, address=str, before=f"against {span(previous)}" if previous else "")


def spoken(label: str) -> str:
    """A label within a sentence: `revenue`, but `AOV`."""
    label = cut(line(label), MOST_LABEL)
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def moved(change: str) -> str:
    """How a change is said in a sentence: `, up 12.5%`."""
    if not change:
        return ""
    direction = {UP: "up", DOWN: "down"}.get(change[0])
    return f", {direction} {change[1:]}" if direction else ", unchanged"
