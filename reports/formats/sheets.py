"""How a table is set on paper, so that it can be read and none of it is cut off.

A table stands upright at the common size where it fits. Where it does not, its type is smaller, then its pages lie
across, and at last each record takes several lines. All widths are in points.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import chain, islice, repeat
from typing import Any

from analytics.columns import Column, Date, Time

GUTTER, AFTER_FIGURES = 0.5, 1.1  # beside a cell, in ems; and before words that follow figures
LONGEST_WORD, LONGEST_TEXT = 9.0, 26.0  # ems: what a column of words asks for at least, and at most
LONGEST_OF_TITLE = 18.0  # ems on a page that stands, at the size of its title
LOOKED_AT = 8  # of a column's longest texts: the widest is among them
BOLD = 1.04  # how much wider heads run
# Each way to set a table: across the paper or upright, the size of its type, the lines that a record takes.
WAYS = (
    (False, 8.5, 1),
    (False, 7.5, 1),
    (True, 8.0, 1),
    (True, 7.0, 1),
    (True, 6.5, 1),
    *((True, 7.0, lines) for lines in range(2, 9)),
)
# How wide letters of Inter run, in ems and rather too wide: a figure must never wrap.
WIDTHS = {
    **dict.fromkeys("ijlI.,:;'!|", 0.32),
    **dict.fromkeys("frt()[]/\u00a0 ", 0.4),
    **dict.fromkeys("mwMW%@&₩", 1.0),
}
SMALL, CAPITAL, FULL = 0.65, 0.76, 1.0
WORDS = re.compile(r"([^\s-]{9,})")  # that may be too long; behind a hyphen a line breaks by itself
PIECE = re.compile(r"(?s).{4}[\u0300-\u036f\u200d\ufe0f]*|.+")


@dataclass(frozen=True)
class Sheet:
    """`places` says which column each cell of a record shows, line by line; None leaves it empty. The first cell spans
    all lines. `right` says of each column on paper whether it is set right.
    """

    is_wide: bool
    size: float
    lines: int
    widths: Sequence[float]
    right: Sequence[bool]
    places: Sequence[int | None]

    @property
    def gutters(self) -> list[tuple[float, float]]:
        """The room before and after the cells of each column."""
        return [(before * self.size, GUTTER * self.size) for before in gutters(self.right)]

    def line(self, cells: Sequence[Any]) -> list[Any]:
        """A record's cells in their order on paper."""
        if self.lines == 1:
            return list(cells)
        return ["" if place is None else cells[place] for place in self.places]


@dataclass(frozen=True)
class Room:
    """The width of text on paper that stands upright, and on paper that lies across."""

    upright: float
    across: float

    def of(self, is_wide: bool) -> float:
        return self.across if is_wide else self.upright


def sheet(columns: Sequence[Column], heads: Sequence[str], texts: Sequence[Iterable[str]], room: Room) -> Sheet:
    """How to set the table of these columns; `texts` are those of each column, each once."""
    needs = [need(*each) for each in zip(columns, heads, texts, strict=True)]
    for is_wide, size, lines in WAYS:
        slots = stacked(columns, lines)
        right = [columns[slot[0] or 0].is_number for slot in slots]
        asked = [together([needs[place] for place in slot if place is not None]) for slot in slots]
        asked = [need.beside(before + GUTTER) for need, before in zip(asked, gutters(right), strict=True)]
        if sum(each.least for each in asked) * size <= room.of(is_wide):
            break
    widths = spread(asked, size, room.of(is_wide))
    places = [0, *(slot[line] for line in range(lines) for slot in slots[1:])]
    return Sheet(is_wide, size, lines, widths, right, places)


def gutters(right: Sequence[bool]) -> list[float]:
    """The room before each column, in ems: words right behind figures would be taken for theirs."""
    pairs = zip([False, *right], right, strict=False)
    return [AFTER_FIGURES if before and not is_right else GUTTER for before, is_right in pairs]


def stacked(columns: Sequence[Column], lines: int) -> list[list[int | None]]:
    """The columns that stand under each other where a record takes so many lines: figures under figures, and words
    under words. The first stands alone.
    """
    if lines == 1:
        return [[place] for place in range(len(columns))]
    words = [place for place, column in enumerate(columns) if place and not column.is_number]
    figures = [place for place, column in enumerate(columns) if place and column.is_number]
    slots: list[list[int | None]] = [[0]]
    for places in (words, figures):
        count = -(-len(places) // lines)
        slots += [list(islice(chain(places[at::count], repeat(None)), lines)) for at in range(count)]
    return slots


@dataclass(frozen=True)
class Need:
    """What a column asks for, in ems: at least, and to show its longest text on one line."""

    least: float
    whole: float

    def beside(self, gutter: float) -> Need:
        return Need(self.least + gutter, self.whole + gutter)


def need(column: Column, head: str, texts: Iterable[str]) -> Need:
    """Figures and days never wrap; words do, and heads between their words."""
    longest = nlargest(LOOKED_AT, texts, key=len)
    whole = max(map(breadth, longest), default=0.0)
    head_word = min(longest_word(head) * BOLD, LONGEST_WORD)
    if column.is_number or isinstance(column, Date | Time):
        return Need(max(whole, head_word), max(whole, min(breadth(head) * BOLD, LONGEST_WORD)))
    return Need(max(min(whole, LONGEST_WORD), head_word), max(min(whole, LONGEST_TEXT), head_word))


def together(needs: Sequence[Need]) -> Need:
    return Need(max(need.least for need in needs), max(need.whole for need in needs))


def spread(slots: Sequence[Need], size: float, room: float) -> list[float]:
    """Widths that fill the room: what is needed, then what spares wrapping, and the rest to all alike."""
    widths = [slot.least * size for slot in slots]
    left = room - sum(widths)
    if left < 0:  # nothing more can be done but to set it closer; words break then
        return [width * room / sum(widths) for width in widths]
    wished = [max(0.0, slot.whole - slot.least) * size for slot in slots]
    share = min(1.0, left / sum(wished)) if sum(wished) else 0.0
    rest = (left - share * sum(wished)) / len(slots)
    return [round(width + share * wish + rest, 2) for width, wish in zip(widths, wished, strict=True)]


def longest_word(text: str) -> float:
    return max(map(breadth, text.split()), default=0.0)


def breadth(text: str) -> float:
    """How wide a text runs, in ems."""
    return sum(map(letter, text))


def letter(char: str) -> float:
    if char in WIDTHS:
        return WIDTHS[char]
    if char.isascii():
        return CAPITAL if char.isupper() else SMALL
    return FULL if unicodedata.east_asian_width(char) in "WF" else CAPITAL


def pieces(text: str, longest: float = LONGEST_OF_TITLE) -> str | list[str]:
    """The text; where words run longer than so many ems, in pieces between which it may break."""
    if len(text) < longest or not (words := {word for word in WORDS.findall(text) if breadth(word) > longest}):
        return text
    found: list[str] = []
    for word in WORDS.split(text):
        found += PIECE.findall(word) if word in words else [word]
    return found
