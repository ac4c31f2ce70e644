"""One pass over the files of an import: read, compare, count. What is done with each chunk is the caller's matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lacelux.intake.formats import Comparison, Importer, Located
from lacelux.intake.models import Rejected
from lacelux.intake.plans import Plan, Source
from lacelux.intake.refusals import Refusal, Refused

CHUNK = 4_000


@dataclass
class Tally:
    """What became of the rows; every row is in exactly one of the counts."""

    rows: int = 0
    new: int = 0
    known: int = 0
    changed: int = 0
    ignored: int = 0
    rejected: int = 0
    conflicts: int = 0

    def counts(self) -> dict[str, int]:
        return asdict(self)

    @property
    def refused(self) -> int:
        return self.rejected + self.conflicts

    @property
    def accounted(self) -> int:
        return self.new + self.known + self.changed + self.ignored + self.refused


@dataclass
class Chunk:
    """Rows that follow each other: what they are, which of them are refused, and the counts up to here."""

    found: Comparison[Any]
    refusals: list[Refusal]
    tally: Tally

    def clash(self, clashes: Sequence[tuple[Located[Any], Refused]]) -> None:
        """Rows that looked new or changed and proved impossible while they were written."""
        for row, refused in clashes:
            self.refusals.append(_refusal(row, refused, Rejected.Kind.CONFLICT))
            if any(row is other for other in self.found.changed):
                self.tally.changed -= 1
            else:
                self.tally.new -= 1
        self.tally.conflicts += len(clashes)


def chunks(plan: Plan, importer: Importer[Any]) -> Iterator[Chunk]:
    """Read all files of the plan, CHUNK rows at a time. The last chunk may be empty; its tally is the whole."""
    tally = Tally()
    rows: list[Located[Any]] = []
    refusals: list[Refusal] = []
    for source in plan.sources:
        importer.begin_file(source.name)
        for row in _rows(source, plan, importer, tally):
            if len(rows) + len(refusals) >= CHUNK and _may_part(rows, row, importer, len(refusals)):
                yield _chunk(rows, refusals, importer, tally)
                rows, refusals = [], []
            if isinstance(row, Refusal):
                refusals.append(row)
            else:
                rows.append(row)
    yield _chunk(rows, refusals, importer, tally)


def _may_part(rows: Sequence[Located[Any]], row: Located[Any] | Refusal, importer: Importer[Any], refused: int) -> bool:
    """Whether a full chunk may end before `row`: rows that belong together stay so, within reason."""
    if not rows or len(rows) + refused >= 2 * CHUNK:
        return True
    return not isinstance(row, Refusal) and not importer.continues(rows[-1].content, row.content)


def _rows(source: Source, plan: Plan, importer: Importer[Any], tally: Tally) -> Iterator[Located[Any] | Refusal]:
    if source.refused:
        count = source.count()
        tally.rows += count
        tally.rejected += count
        yield Refusal.of(source.refused, file=source.name, row=source.refused.row)
        return
    parse, name = importer.parse, source.name
    for line, cells in source.rows(plan.format):
        tally.rows += 1
        try:
            if isinstance(cells, Refused):
                raise cells
            yield Located(name, line, parse(cells))
        except Refused as refused:
            tally.rejected += 1
            yield Refusal.of(refused, file=name, row=line)


def _chunk(rows: Sequence[Located[Any]], refusals: list[Refusal], importer: Importer[Any], tally: Tally) -> Chunk:
    found = importer.compare(rows) if rows else Comparison()
    tally.new += len(found.new)
    tally.changed += len(found.changed)
    tally.known += found.known
    tally.ignored += found.ignored
    for row, refused, kind in found.refused:
        refusals.append(_refusal(row, refused, kind))
        if kind == Rejected.Kind.CONFLICT:
            tally.conflicts += 1
        else:
            tally.rejected += 1
    return Chunk(found, refusals, tally)


def _refusal(row: Located[Any], refused: Refused, kind: Rejected.Kind) -> Refusal:
    return Refusal.of(refused, file=row.file, row=row.line, kind=kind)
