"""The files of a run: painted, written below the storage path, found again, removed in time.

A file is written beside its place and renamed into it before its row says that it is there, so that a kill leaves
either both or a stray file that nobody is told of. A file that has gone (removed, or on another machine) is made anew
from what the run asked.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils import timezone

from analytics.formats.text import local
from analytics.mart.session import Session
from reports.audience import Rights
from reports.documents import Document, absolute, answered, reading
from reports.formats import csv, mail, pdf, xlsx
from reports.models import Rendition, Run

Painter = Callable[[Document, IO[bytes]], None]
PAINTERS: Mapping[str, Painter] = {"pdf": pdf.write, "xlsx": xlsx.write, "csv": csv.write, "mail": mail.write}
MAIL = "mail"
PART = ".part"  # ends the names of files that are not whole yet
PLACES = f"{'-'.join('?' * n for n in (8, 4, 4, 4, 12))}/*-{'?' * 16}-{'?' * 12}.*"  # where `keep` puts files
STRAY_AFTER = 86_400  # seconds


def document_of(run: Run, rights: Rights, session: Session) -> Document:
    """What the run asks, for these rights, as of the session's moment."""
    address = absolute(run.get_absolute_url())
    return answered(run.outline, rights.viewer, session, today=run.today, formats=run.formats, address=address)


def kept(run: Run, rights: Rights, forms: Sequence[str]) -> list[Rendition]:
    """The files of these forms for these rights, those that are missing made now, all of one moment."""
    found = {each.form: each for each in run.renditions.filter(rights=rights.digest) if each.is_kept}
    if missing := [form for form in forms if form not in found]:
        with reading() as session:
            document = document_of(run, rights, session)
            found |= {form: keep(run, form, rights, document) for form in missing}
    return [found[form] for form in forms]


def keep(run: Run, form: str, rights: Rights, document: Document) -> Rendition:
    """Paint the document in this form, put the file in its place, and note it."""
    ending = ending_of(form, document)
    with written(form, document) as (file, size, digest):
        path = Path(str(run.uuid)) / f"{form}-{rights.digest}-{digest[:12]}.{ending}"
        put(file, Path(settings.REPORT_STORAGE_PATH) / path)
    facts = {
        "permissions": sorted(rights.permissions), "name": f"{file_name(document)}.{ending}", "path": str(path),
        "size": size, "sha256": digest, "as_of": document.as_of, "created_at": timezone.now(), "removed_at": None,
    }  # fmt: skip
    return Rendition.objects.update_or_create(run=run, form=form, rights=rights.digest, defaults=facts)[0]


@contextmanager
def written(form: str, document: Document) -> Iterator[tuple[Path, int, str]]:
    """The painted file for a moment: where it lies, its size and its SHA-256."""
    home = Path(settings.REPORT_STORAGE_PATH)
    home.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=home, suffix=PART)
    try:
        with os.fdopen(handle, "w+b") as file:
            PAINTERS[form](document, file)
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        yield Path(beside), size, digest
    finally:
        Path(beside).unlink(missing_ok=True)


def put(file: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(file, place)


def ending_of(form: str, document: Document) -> str:
    return csv.extension(document) if form == "csv" else "json" if form == MAIL else form


def file_name(document: Document) -> str:
    """`weekly-review_2026-11-16_2026-11-22`; without a period the day it is as of."""
    period = document.period
    days = (period.start, period.end) if period else (local(document.as_of).date(),)
    return "_".join([document.slug, *dict.fromkeys(map(str, days))])


def remove_old() -> int:
    """Remove the files that are older than REPORT_KEEP_DAYS; their number. What ran stays on record."""
    now = timezone.now()
    old = Rendition.objects.filter(created_at__lt=now - timedelta(days=settings.REPORT_KEEP_DAYS), removed_at=None)
    for rendition in old:
        rendition.file.unlink(missing_ok=True)
    removed = old.update(removed_at=now)
    remove_strays(now.timestamp() - STRAY_AFTER)
    return removed


def remove_strays(before: float) -> None:
    """Remove our files that no rendition names (any more): a killed worker left them, or they were made anew."""
    home = Path(settings.REPORT_STORAGE_PATH)
    named = set(Rendition.objects.filter(removed_at=None).values_list("path", flat=True))
    for path in [*home.glob(f"*{PART}"), *home.glob(PLACES)]:
        if str(path.relative_to(home)) not in named and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
