"""Where the points of a series stand: days in proportion, anything else in its order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import wrap

from analytics.formats.text import heading
from analytics.plots.areas import place_name
from analytics.plots.bars import NARROW, label_step
from analytics.plots.frame import Drawing, lines
from reports.pictures.frame import GAP, Frame
from reports.pictures.scales import Scale, days
from reports.pictures.sheet import Sheet

SAMPLE = "30 Mar"  # as wide as the words of a day get
MOST_LINES = 3


@dataclass(frozen=True)
class Series:
    """`places[i]` is where row i stands on `scale`; `gap` is the least distance between two of them."""

    places: Sequence[float]
    gap: float
    scale: Scale


def series(drawn: Drawing, name: str, sheet: Sheet, *, up: Scale, right: Scale | None = None, edge: float) -> Series:
    """The points of column `name`; `edge` is what stays free at both ends, in parts of the gap."""
    column = drawn.column(name)
    if column.kind != "date":
        return in_order(drawn, name, sheet, up, edge)
    found: list[date] = drawn.result.column(name)
    gap = least_gap(found)
    room = int(Frame(sheet, Scale(0, 1, [], []), up, right).inner / (sheet.breadth([SAMPLE]) + GAP / 2))
    grain = drawn.result.period.grain if drawn.result.period else "day"
    scale = days(found, grain, room, free=edge * gap)
    return Series([day.toordinal() for day in found], gap, scale)


def least_gap(found: Sequence[date]) -> float:
    ordinals = sorted({day.toordinal() for day in found})
    return float(min((b - a for a, b in zip(ordinals, ordinals[1:], strict=False)), default=1))


def in_order(drawn: Drawing, name: str, sheet: Sheet, up: Scale, edge: float) -> Series:
    """Names on numbered places, so that two of the same name stay two."""
    column = drawn.column(name)
    words = [" ".join(lines(each, NARROW)) for each in drawn.said(name)]
    if column.kind == "weekday" and sheet.is_narrow:
        words = [place_name(column, value) for value in drawn.result.column(name)]
    places, step = list(range(len(words))), label_step(len(words))
    marks, words = places[::step], words[::step]
    pitch = Frame(sheet, Scale(0, 1, marks, words), up).pitch
    scale = Scale(-edge, places[-1] + edge, marks, level(words, pitch, sheet), heading(column), is_level=False)
    return Series(places, 1.0, scale)


def level(words: Sequence[str], pitch: float, sheet: Sheet) -> Sequence[str]:
    """Broken into a few lines where they then stand level beside each other; else as they are."""
    for width in (NARROW, 9, 7):
        broken = [wrap(word, width, break_long_words=False) for word in words]
        texts = ["\n".join(found) for found in broken]
        if max(map(len, broken)) <= MOST_LINES and sheet.breadth(texts) <= pitch - GAP:
            return texts
    return words
