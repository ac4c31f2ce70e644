"""Files of separated values as they really come: any encoding, separator and preamble, every line accounted for."""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TextIO

from django.conf import settings

from lacelux.intake.refusals import FileRefused, Refused

DELIMITERS = (",", ";", "\t", "|")
PREAMBLE_RECORDS = 40  # a header further down is not found
MAX_COLUMNS = 500
MAX_LINE = 1_000_000  # characters; longer lines are refused without being kept in memory
_CHUNK = 1 << 20
_SYLLABLE = re.compile(rb"[\xb0-\xc8][\xa1-\xfe]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_TEXT = (
    (b"PK\x03\x04", "This is a workbook or an archive: save it as CSV first."),
    (b"\xd0\xcf\x11\xe0", "This is a workbook: save it as CSV first."),
    (b"\x1f\x8b", "This is a compressed file: unpack it first."),
    (b"%PDF", "This is a PDF: ask for the CSV instead."),
)


@dataclass(frozen=True)
class Survey:
    """What one pass over a file tells: how to decode it, what it is, how long it is."""

    path: Path
    encoding: str
    sha256: str
    size: int
    lines: int
    has_nul: bool

    def open(self) -> TextIO:
        return self.path.open(encoding=self.encoding, newline="")


@dataclass(frozen=True)
class Head:
    """A record near the top of a file that may be its header."""

    cells: tuple[str, ...]
    line: int
    delimiter: str

    @cached_property
    def names(self) -> list[str]:
        return [plain(cell) for cell in self.cells]


def plain(name: str) -> str:
    """A column's name without what does not matter: case, spaces, underscores."""
    return re.sub(r"[\W_]+", "", name).casefold()


def survey(path: Path) -> Survey:
    """One pass over the file at `path`. Raises FileRefused for what is no text, empty or too large."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise FileRefused(f"Cannot be read: {error.strerror}.") from error
    if not size:
        raise FileRefused("The file is empty.")
    if size > settings.INTAKE_MAX_BYTES:
        raise FileRefused(f"{size:,} bytes; at most {settings.INTAKE_MAX_BYTES:,} are taken. Split the file.")
    for encoding in _encodings(start):
        try:
            return _decode(path, encoding, size)
        except UnicodeError:
            continue
    raise FileRefused("This is not text in UTF-8, UTF-16, Windows-1252 or Windows-949.")


def _encodings(start: bytes) -> tuple[str, ...]:
    for magic, reason in _NO_TEXT:
        if start.startswith(magic):
            raise FileRefused(reason)
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return (encoding,)
    zeros = start.count(0)
    if zeros * 3 > len(start):  # Latin text in UTF-16 has a zero in every second byte
        return ("utf-16-be",) if start[0::2].count(0) > start[1::2].count(0) else ("utf-16-le",)
    if zeros * 10 > len(start):
        raise FileRefused("This is not text: it is full of zero bytes.")
    return ("utf-8", "cp949", "cp1252") if _looks_korean(start) else ("utf-8", "cp1252")


def _looks_korean(start: bytes) -> bool:
    """Whether nearly all that is not ASCII are pairs of bytes that are syllables in Windows-949."""
    beyond = sum(byte > 127 for byte in start)
    return beyond >= 20 and 2 * len(_SYLLABLE.findall(start)) >= 0.9 * beyond


def _decode(path: Path, encoding: str, size: int) -> Survey:
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, has_nul = 0, False
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            text = decoder.decode(chunk)
            lines += text.count("\n") or text.count("\r")
            has_nul = has_nul or "\0" in text
        decoder.decode(b"", final=True)
    return Survey(path, encoding, digest.hexdigest(), size, lines, has_nul)


def heads(survey: Survey) -> Iterator[Head]:
    """Every record near the top that has two cells or more, under each separator."""
    with survey.open() as file:
        top = list(islice(_Lines(file), PREAMBLE_RECORDS * 5))
    for delimiter in DELIMITERS:
        reader = csv.reader(top, delimiter=delimiter)
        try:
            for cells in islice(reader, PREAMBLE_RECORDS):
                if len(cells) > 1:
                    yield Head(tuple(cells), reader.line_num, delimiter)
        except csv.Error:
            continue


class _Lines:
    """Lines of a stream, none longer than MAX_LINE; and those read since the last record, to start again from."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._again: list[str] = []
        self.since: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._read()
        self.since.append(line)
        return line

    def _read(self) -> str:
        line = self._stream.readline(MAX_LINE)
        if not line:
            raise StopIteration
        if len(line) < MAX_LINE or line.endswith(("\n", "\r")):
            return line
        while (rest := self._stream.readline(MAX_LINE)) and not rest.endswith(("\n", "\r")):
            pass
        # A cell over the parser's limit: the record is refused, its length stays out of memory.
        return "x" * (csv.field_size_limit() + 1) + "\n"

    def start_again(self) -> None:
        """Give up the first line since the last record; those after it are read anew."""
        self._again.extend(reversed(self.since[1:]))


def records(
    survey: Survey, head: Head, is_aside: Callable[[Sequence[str]], bool] = lambda cells: False
) -> Iterator[tuple[int, list[str] | Refused]]:
    """Each record below the header with its line number: exactly the header's number of cells, or why not.

    A quote that is opened and never closed costs its own line only: reading starts again at the next one. What
    `is_aside` is passed over, as blank lines are.
    """
    with survey.open() as file:
        lines = _Lines(file)
        for _ in islice(lines, head.line):
            pass
        lines.since.clear()
        line = head.line + 1
        reader = csv.reader(lines, delimiter=head.delimiter, strict=True)
        while (found := _record(reader, lines)) is not None:
            if isinstance(found, Refused) and len(lines.since) > 1:
                yield line, Refused("A quote is opened and never closed.", value=lines.since[0][:80])
                lines.start_again()
                reader = csv.reader(lines, delimiter=head.delimiter, strict=True)
                line += 1
            else:
                if isinstance(found, Refused):
                    yield line, found
                elif any(found) and not is_aside(found):
                    yield line, found if len(found) == len(head.cells) else _level(found, len(head.cells))
                line += len(lines.since)
            lines.since.clear()


def _record(reader: Iterator[list[str]], lines: _Lines) -> list[str] | Refused | None:
    try:
        return next(reader)
    except StopIteration:
        return None
    except csv.Error as error:
        return _unreadable(error, lines.since[0])


def _unreadable(error: csv.Error, line: str) -> Refused:
    if "field larger" in str(error):
        return Refused("A cell is too long.", value=line[:80])
    if "unexpected end" in str(error):
        return Refused("A quote is opened and never closed.", value=line[:80])
    return Refused(f"Quotes are not in pairs ({error}).", value=line[:80])


def _level(cells: list[str], width: int) -> list[str] | Refused:
    """Blank cells beyond the header are cut; anything else uneven is refused, for its values may stand shifted."""
    if len(cells) > width and not any(cells[width:]):
        return cells[:width]
    return Refused(f"{len(cells)} cells where the header has {width}.", value=",".join(cells)[:80])
