"""A report as CSV: one file, or a zip with a file for each part, numbered in their order.

Each is written as `analytics.formats.csv` writes an answer, and a piece at a time: no file is ever whole in memory. The
same document gives the same bytes.
"""

from __future__ import annotations

from typing import IO, Literal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils.text import slugify

from analytics.formats import csv
from reports.documents import Document, Part

LONGEST_NAME = 60  # characters of a heading in the name of its file
WHEN = (1980, 1, 1, 0, 0, 0)  # of every file in a zip: the earliest it can say
UNIX, READABLE = 3, 0o644 << 16  # else a zip says on what machine it was made


def extension(document: Document) -> Literal["csv", "zip"]:
    return "csv" if len(document.parts) == 1 else "zip"


def write(document: Document, target: IO[bytes]) -> None:
    """The rows of every part, all of them and all columns its reader may see."""
    if extension(document) == "csv":
        write_part(document.parts[0], target)
        return
    with ZipFile(target, "w") as archive:
        for number, part in enumerate(document.parts, 1):
            with archive.open(entry(number, part), "w", force_zip64=True) as file:
                write_part(part, file)


def entry(number: int, part: Part) -> ZipInfo:
    """`01-brand-performance.csv`: letters that every system knows, unique by its number."""
    name = slugify(part.heading)[:LONGEST_NAME].strip("-_") or slugify(part.analysis.slug.replace("/", "-"))
    info = ZipInfo(f"{number:02}-{name}.csv", WHEN)
    info.compress_type, info.create_system, info.external_attr = ZIP_DEFLATED, UNIX, READABLE
    return info


def write_part(part: Part, target: IO[bytes]) -> None:
    for piece in csv.stream(part.columns, part.rows()):
        target.write(piece.encode())
