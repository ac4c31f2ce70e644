"""Answers as files: read, written and sent a piece at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header

from analytics.base import Analysis, Result, Viewer
from analytics.choices import spoken
from analytics.columns import Column
from analytics.formats import csv, text, xlsx
from analytics.mart.replica import mart
from analytics.mart.session import Row
from analytics.params import QueryString

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PIECE = 64 * 1024


class Held:
    """The pieces of a file; closing it gives back what they are read from, even where none was sent."""

    def __init__(self, pieces: Iterable[bytes], stack: ExitStack) -> None:
        self.pieces = iter(pieces)
        self.stack = stack

    def close(self) -> None:
        self.stack.close()


class Pieces(Held):
    def __iter__(self) -> Iterator[bytes]:
        return self.pieces


class LaterPieces(Held):
    """The same under ASGI, where a plain iterator would be read as a whole before anything is sent."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        following = sync_to_async(self.following)
        while piece := await following():
            yield piece

    def following(self) -> bytes | None:
        return next(self.pieces, None)


def download(
    request: HttpRequest, analysis: Analysis, query: QueryString, viewer: Viewer, kind: str
) -> StreamingHttpResponse:
    """The answer as `csv` or `xlsx`; a listing with all its rows. Raises what `Analysis.run` raises."""
    with ExitStack() as stack:
        result, columns, rows = opened(analysis, query, viewer, stack)
        pieces = written(kind, result, columns, rows, viewer, analysis, stack)
        kept = stack.pop_all()
    return streamed(request, pieces, kept, name=f"{file_name(result)}.{kind}", content_type=TYPES[kind])


def streamed(
    request: HttpRequest, pieces: Iterable[bytes], kept: ExitStack, *, name: str, content_type: str
) -> StreamingHttpResponse:
    """The pieces as a download, sent as they are read under any server; `kept` is closed when it is over."""
    body = LaterPieces(pieces, kept) if isinstance(request, ASGIRequest) else Pieces(pieces, kept)
    said = content_disposition_header(True, name) or "attachment"
    return StreamingHttpResponse(body, content_type=content_type, headers={"Content-Disposition": said})


def opened(
    analysis: Analysis, query: QueryString, viewer: Viewer, stack: ExitStack
) -> tuple[Result, tuple[Column, ...], Iterable[Row]]:
    """What the answer is about, and its rows: those of the page, or a listing's as they are read."""
    if not analysis.is_listing:
        result = analysis.run(query, viewer)
        return result, result.columns, result.rows
    result = analysis.run({**query, "limit": ["1"], "page": ["1"]}, viewer)
    columns, rows = stack.enter_context(analysis.stream(query, viewer))
    return result, columns, rows


def written(
    kind: str,
    result: Result,
    columns: tuple[Column, ...],
    rows: Iterable[Row],
    viewer: Viewer,
    analysis: Analysis,
    stack: ExitStack,
) -> Iterable[bytes]:
    if kind == "csv":
        return (piece.encode() for piece in csv.stream(columns, rows))
    file = TemporaryFile()  # noqa: SIM115 — lives as long as the answer
    stack.enter_context(file)
    xlsx.write(file, title=result.title, columns=columns, rows=rows, about=about(analysis, result, viewer))
    file.seek(0)
    return read(file)


def read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def file_name(result: Result) -> str:
    """Slug and days: `brands-performance_2026-01-01_2026-03-31`; without a period the day it is as of."""
    days = (result.period.start, result.period.end) if result.period else (text.local(result.as_of).date(),)
    return "_".join([result.slug.replace("/", "-"), *map(str, days)])


def about(analysis: Analysis, result: Result, viewer: Viewer) -> xlsx.About:
    with mart().session() as session:
        filters = spoken(analysis.Params.filters, result.params, session, viewer)
    facts = [
        ("Title", result.title),
        ("Question", result.description),
        *xlsx.facts(days_of(result), filters, result.as_of),
    ]
    return xlsx.About([(label, told) for label, told in facts if told], result.notes)


def days_of(result: Result) -> str:
    """`1 Jan 2026 to 31 Mar 2026, by month`; empty without a period."""
    period = result.period
    if period is None:
        return ""
    span = f"{text.day(period.start)} to {text.day(period.end)}"
    grained = "grain" in [column.name for column in result.columns] or "grain" in result.params
    return f"{span}, by {period.grain}" if grained else span
