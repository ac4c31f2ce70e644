"""Reading a batch, showing what it would do, and publishing it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from lacelux.intake.batches import Lost, fail, forget_uploads, move, this_process
from lacelux.intake.formats import Importer
from lacelux.intake.models import Batch, Rejected
from lacelux.intake.plans import Plan, make_plan
from lacelux.intake.refusals import Refusal
from lacelux.intake.rejected import write_rejected
from lacelux.intake.running import Chunk, Tally, chunks


class TooLarge(Exception):
    """More rows than one transaction may carry."""


def preview(plan: Plan) -> tuple[Tally, list[Refusal], list[str]]:
    """What an import would do, writing nothing: the counts, the first hundred refusals, and notes."""
    importer = _importer(plan)
    refusals: list[Refusal] = []
    tally = Tally()
    for chunk in chunks(plan, importer):
        refusals.extend(islice(chunk.refusals, 100 - len(refusals)))
        tally = chunk.tally
    _check_size(plan, importer, tally)
    return tally, refusals, importer.notes


def stage(batch: Batch, plan: Plan, progress: Callable[[int], None] = lambda rows: None) -> Tally:
    """Read the files of a batch that this process has begun; a history's rows go into its tables, unseen.

    `progress` is told the number of rows read so far, a few times a second.
    Whatever goes wrong, nothing of it stays: the batch is FAILED and the error goes on to the caller.
    """
    try:
        importer = _importer(plan)
        tally = Tally()
        with _relaxed_commits():
            for chunk in chunks(plan, importer):
                _keep(batch, importer, chunk)
                tally = chunk.tally
                progress(tally.rows)
        _check_size(plan, importer, tally)
        write_rejected(batch)
        move(batch, Batch.State.STAGED, among=[Batch.State.STAGING], notes=importer.notes, **tally.counts())
    except Lost:
        raise
    except BaseException as error:
        fail(batch, str(error) or type(error).__name__)
        raise
    return tally


def publish(batch: Batch, *, actor: User | None) -> Tally:
    """Let readers see the batch: a history by its flag alone, anything else by applying it in one transaction.

    Raises Lost where the batch is not ready, TooLarge where it is more than one transaction may carry.
    """
    when = {"published_at": timezone.now(), "published_by": actor}
    if batch.writes_ahead:
        move(batch, Batch.State.PUBLISHED, among=[Batch.State.STAGED], **when)
        return _tally(batch)
    plan = plan_again(batch)
    with transaction.atomic():
        move(batch, Batch.State.PUBLISHED, among=[Batch.State.STAGED], **when)
        tally = _apply(batch, plan, actor)
    write_rejected(batch)
    forget_uploads(batch)
    return tally


def _importer(plan: Plan) -> Importer[Any]:
    return plan.format.importer(options=plan.options, now=timezone.now())


def _tally(batch: Batch) -> Tally:
    return Tally(**{name: getattr(batch, name) for name in Tally().counts()})


def _check_size(plan: Plan, importer: Importer[Any], tally: Tally) -> None:
    most, load = plan.format.most_rows, importer.load(tally.new + tally.changed)
    if most is not None and load > most:
        raise TooLarge(
            f"{load:,} {plan.format.counts} to write, but files of this kind are applied in one transaction"
            f" that carries at most {most:,}: split the file."
        )


def _keep(batch: Batch, importer: Importer[Any], chunk: Chunk) -> None:
    """One short transaction: the chunk's rows, its refusals and the counts so far, or none of them."""
    with transaction.atomic():
        if batch.writes_ahead:
            chunk.clash(importer.write(chunk.found, batch=batch, actor=None))
        _keep_refusals(batch, chunk.refusals)
        reading = Batch.objects.filter(pk=batch.pk, state=Batch.State.STAGING, process=this_process())
        if not reading.update(heartbeat_at=timezone.now(), **chunk.tally.counts()):
            raise Lost(f"Import {batch.pk} was taken for dead and discarded by somebody else.")


def _keep_refusals(batch: Batch, refusals: Iterable[Refusal]) -> None:
    Rejected.objects.bulk_create(
        Rejected(batch=batch, kind=r.kind, file=r.file, row=r.row, column=r.column, value=r.value, reason=r.reason)
        for r in refusals
    )


def plan_again(batch: Batch) -> Plan:
    """The plan of a batch read before, from the files it kept. Raises Lost where they are not the same any more."""
    paths = [(batch.directory / file["path"], file["name"]) for file in batch.files]
    plan = make_plan(paths, format_name=batch.format, options=batch.options)
    now = [source.survey.sha256 if source.survey else "" for source in plan.sources]
    if now != [file["sha256"] for file in batch.files]:
        raise Lost(f"The files of import {batch.pk} are gone or changed since they were read.")
    return plan


def _apply(batch: Batch, plan: Plan, actor: User | None) -> Tally:
    """Read the kept files once more against the shop as it is now, and write what they say."""
    importer = _importer(plan)
    Rejected.objects.filter(batch=batch).delete()
    tally = Tally()
    for chunk in chunks(plan, importer):
        _check_size(plan, importer, chunk.tally)
        chunk.clash(importer.write(chunk.found, batch=batch, actor=actor))
        _keep_refusals(batch, chunk.refusals)
        tally = chunk.tally
    importer.finish(batch=batch, actor=actor)
    for name, value in {"notes": importer.notes, **tally.counts()}.items():
        setattr(batch, name, value)
    batch.save(update_fields=["notes", *tally.counts()])
    return tally


@contextmanager
def _relaxed_commits() -> Iterator[None]:
    """On SQLite, do not wait for the disk at each commit of rows that nobody sees and a re-run brings back.

    Nor map the file into memory: while it grows by random keys that costs more than it gives.
    """
    relaxes = connection.vendor == "sqlite" and not connection.in_atomic_block
    if not relaxes:
        yield
        return
    with connection.cursor() as cursor:
        mapped = cursor.execute("PRAGMA mmap_size").fetchone()[0]
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA mmap_size=0")
        try:
            yield
        finally:
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute(f"PRAGMA mmap_size={mapped}")
