"""Which format a set of files is of, and what stands in the way of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from lacelux.intake.formats import Format, known_formats
from lacelux.intake.reading import MAX_COLUMNS, Head, Survey, heads, records, survey
from lacelux.intake.refusals import FileRefused, Refused


class UnknownFormat(Exception):
    """No file is of a format we know; the message says what is missing."""


@dataclass
class Source:
    """One file of an import: where it lies, what it is called, and its header or why it is refused as a whole."""

    path: Path
    name: str
    survey: Survey | None = None
    head: Head | None = None
    refused: FileRefused | None = None

    @cached_property
    def candidates(self) -> list[Head]:
        return list(heads(self.survey)) if self.survey else []

    def rows(self, fmt: Format) -> Iterator[tuple[int, tuple[str, ...] | Refused]]:
        """Each row of the file: its line, and the cells of the format's columns in the format's order."""
        assert self.survey is not None
        assert self.head is not None
        places, has_nul = fmt.places(self.head), self.survey.has_nul
        absent = len(self.head.cells) in places
        for line, cells in records(self.survey, self.head, fmt.is_aside):
            if isinstance(cells, Refused):
                yield line, cells
            elif has_nul and any("\0" in cell for cell in cells):
                at = next(i for i, cell in enumerate(cells) if "\0" in cell)
                yield line, Refused("Contains a zero byte.", column=self.head.cells[at], value=cells[at])
            else:
                if absent:
                    cells.append("")
                yield line, tuple([cells[i] for i in places])

    def count(self) -> int:
        """How many rows a file has that is refused as a whole; 0 where they cannot be told apart."""
        return sum(1 for _ in records(self.survey, self.head)) if self.survey and self.head else 0


@dataclass
class Plan:
    """The files of one import and the format they are read with."""

    format: Format
    sources: list[Source]
    options: dict[str, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """Whose rows they are: what the person said, else what the format says."""
        return self.options.get("source") or self.format.source

    @property
    def rows_expected(self) -> int:
        return sum(source.survey.lines for source in self.sources if source.survey and not source.refused)

    def described(self) -> list[dict[str, Any]]:
        """Each file as it is kept on the batch."""
        return [
            {
                "name": source.name,
                "path": str(source.path),
                "sha256": source.survey.sha256 if source.survey else "",
                "size": source.survey.size if source.survey else 0,
                **({"refused": source.refused.reason} if source.refused else {}),
            }
            for source in self.sources
        ]


def make_plan(
    paths: Sequence[tuple[Path, str]], *, format_name: str = "", options: dict[str, str] | None = None
) -> Plan:
    """Look at every file (path and the name to call it by) and settle the format: the one named, or the first found.

    Files that are not of it are refused one by one. Raises UnknownFormat where no file is of a known format.
    """
    sources = [_look_at(path, name) for path, name in paths]
    formats = known_formats()
    if format_name and format_name not in formats:
        raise UnknownFormat(f"There is no format {format_name}; known are {', '.join(formats)}.")
    choices = [formats[format_name]] if format_name else list(formats.values())
    chosen = next((fmt for source in sources if (fmt := _sniff(source, choices))), None)
    if chosen is None:
        raise UnknownFormat(" ".join(f"{source.name}: {_why_not(source, choices)}" for source in sources[:5]))
    for source in sources:
        _settle(source, chosen, list(formats.values()))
    allowed = {option.name for option in chosen.options}
    return Plan(chosen, sources, {k: v for k, v in (options or {}).items() if k in allowed and v})


def _look_at(path: Path, name: str) -> Source:
    try:
        return Source(path, name, survey(path))
    except FileRefused as refused:
        return Source(path, name, refused=refused)


def _best(source: Source, fmt: Format) -> Head | None:
    """The record that has all the format's columns; the one with most of them where several do."""
    fitting = [head for head in source.candidates if not fmt.missing(head)]
    return max(fitting, key=lambda head: fmt.matched(head), default=None)


def _sniff(source: Source, choices: Sequence[Format]) -> Format | None:
    found = [(fmt.matched(head), fmt) for fmt in choices if (head := _best(source, fmt))]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _settle(source: Source, fmt: Format, others: Sequence[Format]) -> None:
    """Give the source its header, or the reason why it has none."""
    if source.refused:
        return
    head = _best(source, fmt)
    if head is None:
        other = _sniff(source, others)
        reason = f"These are columns of {other.name}: import it by itself." if other else _why_not(source, [fmt])
        source.refused = FileRefused(reason)
        source.head = max(source.candidates, key=lambda h: fmt.matched(h), default=None)
        return
    source.head = head
    try:
        if len(head.cells) > MAX_COLUMNS:
            raise FileRefused(f"{len(head.cells)} columns; at most {MAX_COLUMNS} are taken.")
        fmt.places(head)
    except FileRefused as refused:
        refused.row = head.line
        source.refused = refused


def _why_not(source: Source, choices: Sequence[Format]) -> str:
    if source.refused:
        return source.refused.reason
    nearest = max(
        ((fmt.matched(head), fmt, head) for head in source.candidates for fmt in choices),
        key=lambda found: found[0],
        default=None,
    )
    if nearest is None or not nearest[0]:
        return "No line near the top has the columns of a format we know."
    _, fmt, head = nearest
    return f"Line {head.line} is nearest to {fmt.name}, but lacks the columns: {', '.join(fmt.missing(head))}."
