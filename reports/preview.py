"""A report as its readers will see it, on a sheet beside the form: answers, words and pictures of its files."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache

from django.conf import settings

from analytics.base import Result
from analytics.charts import Tiles
from analytics.filterbar import span
from analytics.formats import text
from analytics.tables import Table, Tile, shown, table, tiles
from reports.documents import NOBODY, Document, Part
from reports.pictures import caption, picture

FIRST_ROWS = 10
WIDE, NARROW = 170.0, 100.0  # millimetres: as on paper, and where the sheet is as narrow as a phone
MOST_PICTURES = 64  # kept, each some 50 kB
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Drawn:
    """A chart: its picture as an address that holds it, and what it shows in words."""

    caption: str
    source: str


@dataclass(frozen=True)
class Answer:
    """What a picture is made of. Two are the same where all that is told is."""

    told: str
    width: float
    result: Result = field(compare=False)


@dataclass(frozen=True)
class Painted:
    """One section as the sheet shows it; `key` leads to it from its form."""

    key: str
    heading: str
    text: str
    about: str
    blank: str
    insights: Sequence[str]
    tiles: Sequence[Tile]
    before: str
    chart: Drawn | None
    table: Table | None
    more: str
    notes: Sequence[str]


@dataclass(frozen=True)
class Sheet:
    shop: str
    title: str
    description: str
    facts: Sequence[str]
    parts: Sequence[Painted]
    left_out: Sequence[str]


def sheet(document: Document, keys: Sequence[str] = (), *, is_narrow: bool = False) -> Sheet:
    """`keys` are the names of the parts, in their order, where they can be gone to."""
    width = NARROW if is_narrow else WIDE
    named = zip(document.parts, keys or [""] * len(document.parts), strict=True)
    return Sheet(
        shop=settings.SHOP_NAME,
        title=document.title,
        description=document.description,
        facts=facts(document),
        parts=[painted(part, width, key) for part, key in named],
        left_out=document.left_out,
    )


def facts(document: Document) -> list[str]:
    """The line below the title: over which days, of what, as of when."""
    period = [span(document.period)] if document.period else []
    return [
        *period,
        *(f"{label}: {names}" for label, names in document.filters),
        f"As of {text.moment(document.as_of)}",
    ]


def painted(part: Part, width: float, key: str = "") -> Painted:
    result, is_blank = part.result, part.is_blank
    said = [part.period, *(f"{label}: {names}" for label, names in part.filters)]
    cards = figures(part) if part.shows_chart and not is_blank else []
    has_table = part.shows_table and not is_blank
    return Painted(
        key=key,
        heading=part.heading,
        text=part.text,
        about=" · ".join(each for each in said if each),
        blank=part.nothing if is_blank else "",
        insights=[] if is_blank else result.insights,
        tiles=cards,
        before=f"Changes {cards[0].before}" if cards and cards[0].before else "",
        chart=drawn(part, width) if part.shows_chart and not is_blank else None,
        table=first_rows(part) if has_table else None,
        more=f"The first {FIRST_ROWS} of {part.row_count:,} rows." if has_table and part.row_count > FIRST_ROWS else "",
        notes=result.notes,
    )


def figures(part: Part) -> list[Tile]:
    if not isinstance(part.result.chart, Tiles):
        return []
    previous = part.result.period.previous() if part.result.period else None
    return tiles(part.result, address=nowhere, before=f"against {span(previous)}" if previous else "")


def drawn(part: Part, width: float) -> Drawn | None:
    told = replace(part.result, as_of=LONG_AGO)  # the same figures make the same picture, whenever they are asked for
    return draw(Answer(repr(told), width, told))


@lru_cache(maxsize=MOST_PICTURES)
def draw(answer: Answer) -> Drawn | None:
    """Drawing is most of what a sheet costs, and of its sections only one or two change at a time."""
    found = picture(answer.result, form="svg", width=answer.width)
    if found is None:
        return None
    return Drawn(caption(answer.result), f"data:image/svg+xml;base64,{b64encode(found).decode()}")


def first_rows(part: Part) -> Table:
    """The top of the table, with the columns that were chosen."""
    few = replace(part.result, rows=part.result.rows[:FIRST_ROWS])
    whole = table(part.analysis, few, NOBODY, address=nowhere, sort=nowhere)
    kept = [place for place, column in enumerate(shown(part.result)) if column in part.shown_columns]
    named = kept.index(whole.named) if whole.named in kept else 0
    return Table([whole.heads[i] for i in kept], [[row[i] for i in kept] for row in whole.rows], named)


def nowhere(query: str) -> str:
    """A sheet has no links: it would take people away from what they are writing."""
    return ""
