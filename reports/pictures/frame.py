"""A plot with what stands round it: a thin grid, the words and titles of its axes, a footnote."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import cos, radians, sin
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.axis import Axis

from lacelux.lib import palette
from reports.pictures.scales import Scale
from reports.pictures.sheet import BELOW, LEAST, Sheet

COLOURS = (*palette.CATEGORIES, palette.REST)
GAP = 2.0  # millimetres between words and what they belong to
FINE = 0.6  # points a line of the grid is thick
BASE = 0.7  # points the line at zero is thick
ASLANT = 35  # degrees at which names stand that are too long for their place


@dataclass(frozen=True)
class Frame:
    """What an axis says, and in which of its directions lines run. `above` is the height of a key over the plot."""

    sheet: Sheet
    across: Scale
    up: Scale
    right: Scale | None = None
    grid: Literal["x", "y", "both", ""] = "y"
    above: float = 0.0
    footnote: str = ""

    def draw(self, height: float) -> Axes:
        """The plot, `height` high unless the picture was asked for in another height."""
        axes = self.sheet.plot(height, left=self.left, right=self.beyond, top=self.top, bottom=self.bottom)
        self.mark(axes)
        self.tell()
        return axes

    @property
    def inner(self) -> float:
        """How wide the plot is."""
        return max(self.sheet.width - self.left - self.beyond, LEAST)

    # --- millimetres --------------------------------------------------------------------------------------------

    @cached_property
    def left(self) -> float:
        level = self.sheet.breadth(self.up.words) + GAP
        if not self.is_aslant:
            return level
        return max(level, self.sheet.breadth(self.across.words[:1]) * cos(radians(ASLANT)) - self.pitch / 3)

    @cached_property
    def beyond(self) -> float:
        """On the right: words of a second axis, and half of the last word below."""
        right = self.sheet.breadth(self.right.words) + GAP if self.right else GAP / 2
        return max(right, self.sheet.breadth(self.across.words[-1:]) / 2 if self.across.is_level else 0.0)

    @cached_property
    def top(self) -> float:
        titled = self.up.title or (self.right and self.right.title)
        return self.above + (self.sheet.line + GAP if titled else GAP / 2)

    @cached_property
    def bottom(self) -> float:
        title = self.sheet.line + GAP / 3 if self.across.title else 0.0
        return self.under + title + (self.sheet.line if self.footnote else 0.0) + GAP / 4

    @cached_property
    def under(self) -> float:
        """What the words below take."""
        if not self.is_aslant:
            return BELOW + self.sheet.depth(self.across.words)
        longest = self.sheet.breadth(self.across.words)
        return BELOW + longest * sin(radians(ASLANT)) + self.sheet.line * cos(radians(ASLANT))

    @cached_property
    def pitch(self) -> float:
        """The place each word below has to itself."""
        level = self.sheet.width - self.sheet.breadth(self.up.words) - 2 * GAP
        return level / max(len(self.across.marks), 1)

    @cached_property
    def is_aslant(self) -> bool:
        return not self.across.is_level and self.sheet.breadth(self.across.words) > self.pitch - GAP / 2

    # --- drawing ------------------------------------------------------------------------------------------------

    def mark(self, axes: Axes) -> None:
        axes.set_xlim(self.across.low, self.across.high)
        axes.set_ylim(self.up.low, self.up.high)
        aslant: dict[str, Any] = {"rotation": ASLANT, "ha": "right", "rotation_mode": "anchor"}
        axes.set_xticks(self.across.marks, self.across.words, **(aslant if self.is_aslant else {}))
        axes.set_yticks(self.up.marks, self.up.words)
        if self.grid:
            axes.grid(axis=self.grid, color=palette.LINE, linewidth=FINE)

    def tell(self) -> None:
        sheet = self.sheet
        over = sheet.height - self.top + GAP
        sheet.write(0, over, self.up.title)
        if self.right:
            sheet.write(sheet.width, over, self.right.title, ha="right")
        middle = self.left + self.inner / 2
        sheet.write(middle, self.bottom - self.under - GAP / 3, self.across.title, ha="center", va="top")
        sheet.write(sheet.width, GAP / 4, self.footnote, ha="right", fontsize=sheet.size - 1)


def usual_height(sheet: Sheet) -> float:
    """Of a plot whose rows do not say how high it must be."""
    return 36.0 if sheet.is_narrow else 50.0


def base_line(axes: Axes, direction: Literal["x", "y"] = "x") -> None:
    """Zero, where the axis begins: bars stand on it."""
    (axes.axhline if direction == "x" else axes.axvline)(0, color=palette.REST, linewidth=BASE, clip_on=False, zorder=1)


def ink(axis: Axis) -> None:
    """Names are read first: in full ink."""
    axis.set_tick_params(labelcolor=palette.INK)
