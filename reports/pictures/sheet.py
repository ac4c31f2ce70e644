"""The sheet a picture is drawn on: in millimetres from its lower left corner, with one typeface, as SVG or PNG."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from typing import Any

from django.conf import settings
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Transform

from lacelux.lib import palette

INCH = 25.4  # millimetres
POINT = INCH / 72
DOTS = 144  # of a PNG, per inch
ROOMY = 120.0  # millimetres from which on the larger type is used
LARGE, SMALL = 8.0, 7.0  # points
LEADING = 1.2  # what matplotlib sets lines apart by
BELOW = 1.6  # millimetres from a plot to the words below
LEAST = 12.0  # millimetres a plot keeps either way, however small the picture that was asked for
# The last has a box for every character that the others lack, so that no name is ever refused.
FAMILIES = ("Inter", "DejaVu Sans", "Last Resort High-Efficiency")
COMMENTS = re.compile(rb"<!--.*?-->\s*", re.DOTALL)
STYLE: dict[Any, Any] = {
    "font.family": list(FAMILIES),
    "font.enable_last_resort": False,  # it would warn: the family above is the same, without a word
    "text.parse_math": False,  # `$` and `_` in names are themselves
    "text.usetex": False,
    "text.hinting": "none",  # letters stand where they were measured
    "text.color": palette.INK_SOFT,
    "svg.fonttype": "path",
    "svg.hashsalt": "lace-luxx",  # ids in the file, else random
}


class Sheet:
    """`figure` is there once `begin` has been told how high it is."""

    figure: Figure

    def __init__(self, width: float, height: float | None) -> None:
        self.width, self.asked = width, height
        self.height = height or 0.0
        self.size = LARGE if width >= ROOMY else SMALL

    @property
    def is_narrow(self) -> bool:
        return self.width < ROOMY

    @property
    def line(self) -> float:
        """What a line of text takes."""
        return self.size * POINT * LEADING

    @property
    def millimetres(self) -> Transform:
        return Affine2D().scale(1 / INCH) + self.figure.dpi_scale_trans

    def breadth(self, texts: Iterable[str]) -> float:
        """Of the longest line among `texts`."""
        lines = [line for text in texts for line in text.split("\n") if line]
        return max((breadth(line, self.size) for line in lines), default=0.0)

    def depth(self, texts: Iterable[str]) -> float:
        """Of the text with the most lines."""
        return self.line * max((text.count("\n") + 1 for text in texts), default=0)

    def begin(self, height: float) -> None:
        """A sheet as high as was asked for, else `height`."""
        self.height = self.asked or height
        self.figure = Figure(figsize=(self.width / INCH, self.height / INCH), dpi=DOTS, facecolor="white")

    def plot(self, height: float, *, left: float, right: float, top: float, bottom: float) -> Axes:
        """An empty plot within these margins; where a height was asked for, the plot takes what they leave."""
        self.begin(top + height + bottom)
        across, up = max(self.width - left - right, LEAST), max(self.height - top - bottom, LEAST)
        place = (left / self.width, 1 - (top + up) / self.height)
        axes = self.figure.add_axes((*place, across / self.width, up / self.height))
        bare(axes, self.size)
        return axes

    def write(self, x: float, y: float, text: str, **style: Any) -> Text:
        """Text at millimetres; y is its foot unless `va` says otherwise."""
        own = {"fontsize": self.size, "transform": self.millimetres, "va": "bottom", **style}
        return self.figure.text(x, y, text, **own)


def bare(axes: Axes, size: float) -> None:
    """No frame, no marks: words and thin lines are enough."""
    axes.set_axisbelow(True)
    axes.patch.set_visible(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0, labelsize=size, labelcolor=palette.INK_SOFT, pad=3)
    axes.tick_params(axis="x", pad=BELOW / POINT)


@cache
def add_typefaces() -> None:
    """Those of the shop, found before any of the same name that the machine may have."""
    own = [str(path) for path in sorted((settings.BASE_DIR / "assets" / "fonts").glob("Inter-*.ttf"))]
    for path in own:
        fontManager.addfont(path)
    fontManager.ttflist.sort(key=lambda font: font.fname not in own)


def breadth(line: str, size: float) -> float:
    """Millimetres, the same for both forms: without hinting."""
    points, _, _ = text_to_path.get_text_width_height_descent(line, typeface(size), ismath=False)
    return float(points) * POINT


@cache
def typeface(size: float) -> FontProperties:
    return FontProperties(family=list(FAMILIES), size=size)


def svg(figure: Figure) -> bytes:
    """Words are shapes. matplotlib says them in comments too, where a control character would make it no XML."""
    target = BytesIO()
    FigureCanvasSVG(figure).print_svg(target, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    return COMMENTS.sub(b"", target.getvalue())


def png(figure: Figure) -> bytes:
    target = BytesIO()
    FigureCanvasAgg(figure).print_png(target, metadata={"Software": None})  # type: ignore[no-untyped-call]
    return target.getvalue()
