"""What a file format is to the intake. Formats live with their domain and are named in settings.INTAKE_FORMATS."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.module_loading import import_string

from lacelux.intake.models import Batch, Rejected
from lacelux.intake.reading import Head, plain
from lacelux.intake.refusals import FileRefused, Refused

T = TypeVar("T")


@dataclass(frozen=True)
class Column:
    """A column a format reads. Case, spaces and underscores of its name do not matter.

    `also`: other names that it has in files of other years.
    """

    name: str
    required: bool = True
    also: tuple[str, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name it may have, without what does not matter; where a file has several, the first is meant."""
        return tuple(plain(name) for name in (self.name, *self.also))

    def stands_in(self, head: Head) -> bool:
        return any(name in head.names for name in self.names)


@dataclass(frozen=True)
class Option:
    """Something a file does not say and a person may have to."""

    name: str
    help: str


class Located(NamedTuple, Generic[T]):
    """What a row says, and where it stood."""

    file: str
    line: int
    content: T


@dataclass
class Comparison(Generic[T]):
    """Rows against what is known: each row is in exactly one of these."""

    new: list[Located[T]] = field(default_factory=list)
    changed: list[Located[T]] = field(default_factory=list)
    known: int = 0
    ignored: int = 0
    refused: list[tuple[Located[T], Refused, Rejected.Kind]] = field(default_factory=list)

    def conflict(self, row: Located[T], refused: Refused) -> None:
        self.refused.append((row, refused, Rejected.Kind.CONFLICT))


class Importer(ABC, Generic[T]):
    """Reads the rows of one import. `compare` writes nothing; `write` runs within the caller's transaction."""

    def __init__(self, *, options: Mapping[str, str], now: datetime) -> None:
        self.options, self.now = options, now
        self.notes: list[str] = []

    def begin_file(self, name: str) -> None:  # noqa: B027
        """Called before the rows of each file."""

    @abstractmethod
    def parse(self, cells: Sequence[str]) -> T:
        """What a row says; `cells` in the order of the format's columns. Raises Refused."""

    def continues(self, before: T, row: T) -> bool:
        """Whether a row belongs to the one before it: such rows are compared together."""
        return False

    @abstractmethod
    def compare(self, rows: Sequence[Located[T]]) -> Comparison[T]:
        """Which of the rows are new, known, changed, void or in conflict with what is there."""

    def load(self, rows: int) -> int:
        """How many of what the format counts the new and changed rows so far are."""
        return rows

    @abstractmethod
    def write(self, found: Comparison[T], *, batch: Batch, actor: User | None) -> list[tuple[Located[T], Refused]]:
        """Write what is new and changed; what proved impossible on the way comes back as a conflict."""

    def finish(self, *, batch: Batch, actor: User | None) -> None:  # noqa: B027
        """Called once after all rows were written, within the transaction of the last."""


class Format(ABC):
    """One kind of file. `writes_ahead` marks a history: staged into the tables, published by one flag."""

    name: str
    title: str
    source: str
    writes_ahead: bool = False
    columns: tuple[Column, ...]
    options: tuple[Option, ...] = ()
    most_rows: int | None = None  # new and changed ones that one transaction may carry
    counts: str = "rows"  # what that is a number of; see `Importer.load`

    @abstractmethod
    def importer(self, *, options: Mapping[str, str], now: datetime) -> Importer[Any]:
        """A fresh reader of one import. Raises Refused for an option that makes no sense."""

    def is_aside(self, cells: Sequence[str]) -> bool:
        """Whether a record below the header is no row of the file: totals, a count of rows, who made it."""
        return False

    def missing(self, head: Head) -> list[str]:
        """The required columns that the header lacks."""
        return [column.name for column in self.columns if column.required and not column.stands_in(head)]

    def matched(self, head: Head) -> int:
        """How many of the format's columns the header has."""
        return sum(column.stands_in(head) for column in self.columns)

    def places(self, head: Head) -> list[int]:
        """Where each column stands; one past the end for an optional column that is absent.

        Raises FileRefused for a column that stands there twice.
        """
        found = [next((name for name in column.names if name in head.names), None) for column in self.columns]
        for column, name in zip(self.columns, found, strict=True):
            if name is not None and head.names.count(name) > 1:
                raise FileRefused(f"The column {column.name} stands there twice.", column=column.name)
        absent = len(head.names)
        return [absent if name is None else head.names.index(name) for name in found]


@cache
def known_formats() -> dict[str, Format]:
    """Every format, by its name, in the order of the settings."""
    formats: list[Format] = [import_string(path)() for path in settings.INTAKE_FORMATS]
    return {known.name: known for known in formats}
