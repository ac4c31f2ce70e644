"""All that a mail says, as plain data."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """A big number. `is_good` is None where a change is neither; `before` says what it compares with."""

    label: str
    value: str
    change: str = ""
    is_good: bool | None = None
    before: str = ""


@dataclass(frozen=True)
class Said:
    """Sentences of one section; `heading` is empty where it is plain which."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The first rows of a section. `numbers` says which columns are figures, `rest` what is not shown here."""

    heading: str
    heads: tuple[str, ...]
    numbers: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    rest: str = ""

    @property
    def marked_heads(self) -> list[tuple[str, bool]]:
        """(text, whether it is a figure) for each column."""
        return list(zip(self.heads, self.numbers, strict=True))

    @property
    def marked_rows(self) -> list[list[tuple[str, bool]]]:
        return [list(zip(row, self.numbers, strict=True)) for row in self.rows]


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Everything in words as people read them; no text but the description has more than one line."""

    subject: str
    title: str
    shop: str
    as_of: str
    zone: str
    description: str = ""
    period: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    nothing: str = ""  # said in place of figures, where there are none
    figures: tuple[Figure, ...] = ()
    figures_heading: str = ""
    picture: bytes = b""  # PNG
    caption: str = ""
    alt: str = ""
    insights: tuple[Said, ...] = ()
    more_insights: int = 0
    table: Table | None = None
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    address: str = ""

    @property
    def before(self) -> str:
        """What the changes compare with: the same for all of them."""
        return next((figure.before for figure in self.figures if figure.before), "")

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "picture": b64encode(self.picture).decode()}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Letter:
        """What `as_json` gave."""
        table = kept["table"]
        found = {
            "filters": tuple((label, words) for label, words in kept["filters"]),
            "figures": tuple(Figure(**each) for each in kept["figures"]),
            "insights": tuple(Said(each["heading"], tuple(each["sentences"])) for each in kept["insights"]),
            "table": Table(**{**table, **_tuples(table)}) if table else None,
            "picture": b64decode(kept["picture"]),
            "notes": tuple(kept["notes"]),
            "left_out": tuple(kept["left_out"]),
        }
        return cls(**{**kept, **found})


def _tuples(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "heads": tuple(table["heads"]),
        "numbers": tuple(table["numbers"]),
        "rows": tuple(tuple(row) for row in table["rows"]),
    }
