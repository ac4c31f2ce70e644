"""A document made short: what of it goes into a mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

from django.conf import settings

from analytics.columns import Money
from analytics.filterbar import span
from analytics.formats import text
from analytics.tables import Cell, Tile, shown, table
from reports import pictures
from reports.documents import NOBODY, Document, Part
from reports.formats.mail.letter import Figure, Letter, Said, Table
from reports.formats.mail.subject import cards, nothing, shown_as_tiles, subject
from reports.formats.mail.words import cut, line, lines

MOST_FIGURES = 8
MOST_INSIGHTS = 8
MOST_ROWS = 10
MOST_COLUMNS = 4  # a phone shows no more
MOST_CELL = 60
PICTURE_WIDTH = 120  # millimetres: shown 550 or, on a phone, 300 points wide, its words are still to be read
GOOD = {"up": True, "down": False}  # what the colour of a tile says


def letter(document: Document) -> Letter:
    """The mail of a document. It holds what the document does and asks nothing itself."""
    tiles = shown_as_tiles(document)
    insights, more = insights_of(document)
    return Letter(
        subject=subject(document),
        title=line(document.title),
        description=lines(document.description),
        shop=line(settings.SHOP_NAME),
        period=span(document.period) if document.period else "",
        filters=tuple((line(label), line(words)) for label, words in document.filters),
        as_of=text.moment(document.as_of),
        zone=settings.SHOP_TIME_ZONE,
        nothing=nothing(document),
        figures=tuple(figure(tile) for tile in cards(tiles)[:MOST_FIGURES]) if tiles else (),
        figures_heading=own_heading(tiles, document) if tiles else "",
        **picture_of(document),
        insights=insights,
        more_insights=more,
        table=None if tiles else table_of(document),
        notes=notes_of(document),
        left_out=tuple(line(title) for title in document.left_out),
        address=document.address,
    )


def titled(part: Part) -> str:
    """A section's heading, with the period and the filters that only it has."""
    own = (f"{label}: {words}" for label, words in part.filters)
    return " · ".join(line(each) for each in (part.heading, part.period, *own) if each)


def own_heading(part: Part, document: Document) -> str:
    """… or nothing where the head of the mail says it all."""
    return titled(part) if len(document.parts) > 1 or part.period or part.filters else ""


def figure(tile: Tile) -> Figure:
    before = tile.before if tile.change else ""
    return Figure(line(tile.label), line(tile.value), tile.change, GOOD.get(tile.style), before)


def picture_of(document: Document) -> dict[str, Any]:
    """The first picture there is, and its words."""
    for part in document.parts:
        if part.shows_chart and (drawn := pictures.picture(part.result, form="png", width=PICTURE_WIDTH)):
            words = dict.fromkeys([own_heading(part, document), line(pictures.caption(part.result))])
            caption = ": ".join(each for each in words if each)
            return {"picture": drawn, "caption": caption, "alt": f"Chart: {caption}. The report has the figures."}
    return {}


def insights_of(document: Document) -> tuple[tuple[Said, ...], int]:
    """The first sentence of every section before the second of any, in the document's order; how many are left."""
    every = [
        (nth, place, line(sentence))
        for place, part in enumerate(document.parts if document.has_data else ())
        for nth, sentence in enumerate(part.result.insights)
    ]
    chosen = sorted(sorted(every)[:MOST_INSIGHTS], key=lambda each: (each[1], each[0]))
    several = len({place for _, place, _ in every}) > 1
    grouped = groupby(chosen, key=lambda each: each[1])
    said = [
        Said(titled(document.parts[place]) if several else "", tuple(sentence for *_, sentence in group))
        for place, group in grouped
    ]
    return tuple(said), len(every) - len(chosen)


def table_of(document: Document) -> Table | None:
    """The first rows and the most telling columns of the first section that is shown as a table."""
    part = next((part for part in document.parts if part.shows_table and not part.is_blank), None)
    if part is None:
        return None
    result = replace(part.result, rows=list(part.result.rows[:MOST_ROWS]))
    whole = table(part.analysis, result, NOBODY, address=str, sort=str)
    places = telling(part, whole.named)
    return Table(
        heading=own_heading(part, document),
        heads=tuple(line(whole.heads[place].label) for place in places),
        numbers=tuple(whole.heads[place].is_number for place in places),
        rows=tuple(tuple(said(row[place]) for place in places) for row in whole.rows),
        rest=rest(part.row_count - len(whole.rows), len(whole.heads) - len(places)),
    )


def telling(part: Part, named: int) -> list[int]:
    """The places of the columns to show: what a row is called, what the chart draws, then from the left."""
    columns, told = shown(part.result), {column.name for column in part.shown_columns}
    money = [column.name for column in columns if isinstance(column, Money)]
    drawn = part.result.chart.uses if part.result.chart else money[:1]
    places = [place for place, column in enumerate(columns) if place == named or column.name in told]
    order = sorted(places, key=lambda place: (place != named, columns[place].name not in drawn, place))
    return sorted(order[:MOST_COLUMNS])


def said(cell: Cell) -> str:
    words = cut(line(cell.text), MOST_CELL)
    return f"{words} ({cell.mark})" if cell.mark else words


def rest(rows: int, columns: int) -> str:
    """What the report has beyond the table."""
    left = [several(rows, "row")] * (rows > 0) + [several(columns, "column")] * (columns > 0)
    return f"… and {' and '.join(left)} more in the report." if left else ""


def several(count: int, one: str) -> str:
    return f"{count:,} {one}{'' if count == 1 else 's'}"


def notes_of(document: Document) -> tuple[str, ...]:
    """Each note once, with the sections it is about where it is not about all of them."""
    about: dict[str, list[str]] = {}
    for note, heading in noted(document):
        about.setdefault(note, []).append(heading)
    return tuple(
        note if len(headings) == len(document.parts) else f"{', '.join(headings)}: {note}"
        for note, headings in about.items()
    )


def noted(document: Document) -> Iterator[tuple[str, str]]:
    for part in document.parts:
        for note in dict.fromkeys(part.result.notes):
            yield line(note), line(part.heading)
