"""Bands of days: how ages and gaps are put into drawers, the same in a question and in the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Band:
    """Days from `low` to `high`, both in; `high` is open where None. `code` stands in query strings."""

    code: str
    label: str
    low: int
    high: int | None


AGES = (
    Band("0-30", "0–30 days", 0, 30),
    Band("31-60", "31–60 days", 31, 60),
    Band("61-90", "61–90 days", 61, 90),
    Band("91-", "Over 90 days", 91, None),
)
NOT_LISTED = ("not-listed", "Not listed")
GAPS = (
    Band("0-7", "Within a week", 0, 7),
    Band("8-14", "8–14 days", 8, 14),
    Band("15-30", "15–30 days", 15, 30),
    Band("31-60", "31–60 days", 31, 60),
    Band("61-90", "61–90 days", 61, 90),
    Band("91-180", "91–180 days", 91, 180),
    Band("181-365", "181–365 days", 181, 365),
    Band("366-", "Over a year", 366, None),
)


def choices(bands: Sequence[Band]) -> tuple[tuple[str, str], ...]:
    return tuple((band.code, band.label) for band in bands)


def case(expression: str, bands: Sequence[Band]) -> str:
    """SQL that yields the code of the band in which `expression` lies; NULL for NULL."""
    whens = " ".join(f"WHEN {expression} <= {band.high} THEN '{band.code}'" for band in bands if band.high is not None)
    last = bands[-1]
    return f"CASE {whens} WHEN {expression} >= {last.low} THEN '{last.code}' END"


def listed(names: Sequence[tuple[str, str]], key: str, label: str) -> str:
    """SQL relation of all drawers with their place, so that empty ones are rows too."""
    rows = ", ".join(f"({place}, '{code}', '{text}')" for place, (code, text) in enumerate(names))
    return f"(VALUES {rows}) AS drawer(place, {key}, {label})"
