"""Charts as facts: which columns, in which form. Painters draw them; see `plots.py` for pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Chart:
    """`title` says what the chart shows, in words; axes take their labels and units from the columns."""

    title: str = ""

    @property
    def kind(self) -> str:
        return type(self).__name__.lower()

    @property
    def uses(self) -> tuple[str, ...]:
        """Names of the columns it draws: where one is withheld, the chart is too."""
        found: list[str] = []
        for value in vars(self).values():
            found += [value] if isinstance(value, str) else list(value or ())
        return tuple(name for name in found if name and name != self.title)


@dataclass(frozen=True, kw_only=True)
class Bar(Chart):
    """One bar a row. `horizontal` for names; `colour` shades by another column. Bars begin at zero."""

    x: str
    y: str
    colour: str = ""


@dataclass(frozen=True, kw_only=True)
class HorizontalBar(Bar):
    """Bars for long names: x is still the name, y the measure."""


@dataclass(frozen=True, kw_only=True)
class Line(Chart):
    """One line per column of `y` over `x`; `complete` names the flag that marks unfinished points."""

    x: str
    y: tuple[str, ...]
    complete: str = ""


@dataclass(frozen=True, kw_only=True)
class HeatMap(Chart):
    """One cell per (x, y); empty cells are rows too, with a zero."""

    x: str
    y: str
    z: str


@dataclass(frozen=True, kw_only=True)
class Pie(Chart):
    """Parts of a whole; only for sums that cannot be negative."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Scatter(Chart):
    """One point a row."""

    x: str
    y: str
    label: str
    size: str = ""


@dataclass(frozen=True, kw_only=True)
class Tiles(Chart):
    """Big numbers with their change: one a row."""

    label: str
    value: str
    change: str = ""
