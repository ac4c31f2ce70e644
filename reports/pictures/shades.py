"""Shading by a measure, from light to dark: what grey print keeps too. With the small scale that tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb

from analytics.columns import Column
from analytics.formats.text import axis
from lacelux.lib import palette
from reports.pictures.frame import GAP
from reports.pictures.scales import tick
from reports.pictures.sheet import Sheet

Colour = tuple[float, float, float]
NOTHING: Colour = (1.0, 1.0, 1.0)  # what has no measure has no shade
SCALE_WIDTH, SCALE_HEIGHT = 26.0, 1.8  # millimetres
STEPS = 40


@dataclass(frozen=True)
class Shading:
    """`column` from `low`, lightest, to `high`, darkest."""

    column: Column
    low: float
    high: float

    def of(self, value: float | None) -> Colour:
        if value is None:
            return NOTHING
        return mixed((value - self.low) / (self.high - self.low) if self.high > self.low else 0.5)

    @property
    def ends(self) -> tuple[str, str]:
        step = (self.high - self.low) / 10 or 1.0
        low, high = (tick(self.column, rounded(value), step) for value in (self.low, self.high))
        return low, high


def shading(column: Column, values: Sequence[float | None], *, from_zero: bool = False) -> Shading:
    known = [value for value in values if value is not None] or [0.0]
    if from_zero:
        return Shading(column, 0.0, max(*known, 0.0) or 1.0)
    return Shading(column, min(known), max(known))


def rounded(value: float) -> float:
    """To three figures: a scale is read by eye."""
    return float(f"{value:.3g}")


def mixed(share: float, light: str = palette.LOW, dark: str = palette.HIGH) -> Colour:
    share = min(max(share, 0.0), 1.0)
    red, green, blue = (a + (b - a) * share for a, b in zip(to_rgb(light), to_rgb(dark), strict=True))
    return red, green, blue


def pale(colour: Colour, kept: float) -> Colour:
    """As if it were laid on white paper and let so much of it shine through."""
    red, green, blue = (1 - kept + kept * part for part in colour)
    return red, green, blue


def key(sheet: Sheet, shades: Shading) -> None:
    """The scale, in the upper right corner: its title, its lower end, the colours, its upper end."""
    low, high = shades.ends
    foot = sheet.height - sheet.line
    end = sheet.width - sheet.breadth([high]) - GAP / 2
    start = end - SCALE_WIDTH
    ramp(sheet, start, end, foot + (sheet.line - SCALE_HEIGHT) / 2)
    sheet.write(sheet.width, foot, high, ha="right")
    sheet.write(start - GAP / 2, foot, f"{axis(shades.column)}   {low}", ha="right")


def ramp(sheet: Sheet, start: float, end: float, foot: float) -> None:
    """Each step reaches to the end, under those that follow: no seams between them."""
    top = foot + SCALE_HEIGHT
    lefts = [start + (end - start) * step / STEPS for step in range(STEPS)]
    shapes = [[(left, foot), (end, foot), (end, top), (left, top)] for left in lefts]
    colours = [mixed(step / (STEPS - 1)) for step in range(STEPS)]
    sheet.figure.add_artist(PolyCollection(shapes, facecolors=colours, linewidths=0, transform=sheet.millimetres))
