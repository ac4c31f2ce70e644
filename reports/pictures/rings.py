"""Rings: parts of a whole, each with its name and share beside it, so that no colour has to be looked up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, degrees, pi, sin

from matplotlib.lines import Line2D
from matplotlib.patches import Wedge

from analytics import charts
from analytics.plots.areas import Slice, slices
from analytics.plots.frame import Drawing, lines
from lacelux.lib import palette
from reports.pictures.frame import COLOURS, GAP
from reports.pictures.sheet import Sheet

HOLE = 0.58  # of the radius
HEIGHTS = 62.0, 50.0  # millimetres, on a wide sheet and on a narrow one
LEADER = 4.0  # millimetres from the ring to a name
LINE = 22, 13  # characters of a name on one line, on a wide sheet and on a narrow one
SEAM = 0.6  # points between two parts
TINY, CROWD = 0.04, 3  # shares below, and how many of them are turned to the side, where names have room
HAIR = 0.5  # points


@dataclass
class Note:
    """The words of one part: at the middle of its arc, on the right or on the left, at height `y`."""

    angle: float
    words: str
    depth: float
    y: float

    @property
    def is_right(self) -> bool:
        return cos(self.angle) >= 0


def ring(chart: charts.Pie, drawn: Drawing, sheet: Sheet) -> None:
    """Clockwise, largest first."""
    parts = slices(chart, drawn)
    sheet.begin(HEIGHTS[sheet.is_narrow])
    shares = share(parts)
    words = [said(part, size, sheet) for part, size in zip(parts, shares, strict=True)]
    centre = sheet.width / 2, sheet.height / 2
    wide = centre[0] - sheet.breadth(words) - LEADER - GAP
    radius = max(min(wide, centre[1] - sheet.line * 0.8), sheet.height / 8)
    angle, notes = beginning(shares), []
    for place, (size, text) in enumerate(zip(shares, words, strict=True)):
        following = angle - 2 * pi * size
        wedge(sheet, centre, radius, following, angle, COLOURS[place])
        middle = (angle + following) / 2
        notes.append(Note(middle, text, sheet.depth([text]), centre[1] + (radius + LEADER / 2) * sin(middle)))
        angle = following
    for is_right in (True, False):
        side = [note for note in notes if note.is_right == is_right]
        spread(side, sheet.height)
        for note in side:
            tell(sheet, note, centre, radius)


def share(parts: Sequence[Slice]) -> list[float]:
    """Of each in the whole, from 0 to 1; what is below zero has none."""
    sizes = [max(part.value or 0.0, 0.0) for part in parts]
    whole = sum(sizes) or 1.0
    return [size / whole for size in sizes]


def beginning(shares: Sequence[float]) -> float:
    """The angle of the first: the top, unless many tiny ones at the end would crowd their names there."""
    tiny = [size for size in shares if size < TINY]
    return pi - pi * sum(tiny) if len(tiny) >= CROWD else pi / 2


def said(part: Slice, size: float, sheet: Sheet) -> str:
    return "\n".join([*lines(part.name, LINE[sheet.is_narrow]), f"{size:.0%}"])


def wedge(sheet: Sheet, centre: tuple[float, float], radius: float, start: float, end: float, colour: str) -> None:
    """From `start` to `end`, radians against the clock."""
    width = radius * (1 - HOLE)
    seam = {"edgecolor": "white", "linewidth": SEAM, "transform": sheet.millimetres}
    sheet.figure.add_artist(Wedge(centre, radius, degrees(start), degrees(end), width=width, facecolor=colour, **seam))


def spread(side: Sequence[Note], height: float) -> None:
    """Move the notes of one side apart, from the top down and then up again, so that none stands on another."""
    ordered = sorted(side, key=lambda note: -note.y)
    ceiling = height
    for note in ordered:
        note.y = min(note.y, ceiling - note.depth / 2)
        ceiling = note.y - note.depth / 2 - GAP / 4
    floor = 0.0
    for note in reversed(ordered):
        note.y = max(note.y, floor + note.depth / 2)
        floor = note.y + note.depth / 2 + GAP / 4


def tell(sheet: Sheet, note: Note, centre: tuple[float, float], radius: float) -> None:
    """The words, and a fine line that leads to them."""
    (x, y), side = centre, 1 if note.is_right else -1
    edge = radius + GAP / 4
    ends = (
        (x + edge * cos(note.angle), y + edge * sin(note.angle)),
        (x + side * (radius + LEADER / 2), note.y),
        (x + side * (radius + LEADER), note.y),
    )
    leader = Line2D(*zip(*ends, strict=True), color=palette.REST, linewidth=HAIR, transform=sheet.millimetres)
    sheet.figure.add_artist(leader)
    place = x + side * (radius + LEADER + GAP / 2)
    sheet.write(place, note.y, note.words, ha="left" if note.is_right else "right", va="center", color=palette.INK)
