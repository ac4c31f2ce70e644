"""The life of an import: begun, read, ready, published or discarded. A reader that died leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from lacelux.intake.discarding import delete_rows
from lacelux.intake.models import Batch
from lacelux.intake.plans import Plan

SILENCE = timedelta(seconds=60)  # a reader not heard of for so long is taken for dead


class Busy(Exception):
    """Another import stands in the way; the message says which, and what to do."""


class Lost(Exception):
    """The batch was taken over or ended by somebody else while it was worked on."""


def this_process() -> str:
    return f"{socket.gethostname()} {os.getpid()}"[:120]


def enqueue(plan: Plan, *, actor: User | None) -> Batch:
    """A batch that waits for a worker to read its files."""
    return _create(plan, actor=actor, state=Batch.State.QUEUED)


def begin(plan: Plan, *, actor: User | None) -> Batch:
    """A batch being read by this process. Raises Busy while another history is unpublished."""
    if plan.format.writes_ahead:
        _make_room()
    with _one_history():
        return _create(plan, actor=actor, state=Batch.State.STAGING)


def claim(batch: Batch) -> None:
    """Take a queued batch for this process. Raises Lost where somebody did before, Busy as `begin` does."""
    if not Batch.objects.filter(pk=batch.pk, state=Batch.State.QUEUED).exists():
        raise Lost(f"Import {batch.pk} does not wait any more.")
    if batch.writes_ahead:
        _make_room()
    with _one_history():
        move(batch, Batch.State.STAGING, among=[Batch.State.QUEUED])


def discard(batch: Batch, *, message: str = "") -> None:
    """Take back everything an unpublished batch wrote. Raises Lost for one that is published or being read."""
    if not _ended_unread(batch, Batch.State.DISCARDED, message):
        move(batch, Batch.State.DISCARDING, among=[Batch.State.STAGED])
        _take_back(batch, Batch.State.DISCARDED, message)


def drop(batch: Batch) -> None:
    """Discard a batch that is ready or waits, or clear away one whose reader died."""
    if is_abandoned(batch):
        reclaim(batch)
    else:
        discard(batch)


def fail(batch: Batch, message: str) -> None:
    """End a batch that waits or that this process reads, with nothing of it left."""
    if not _ended_unread(batch, Batch.State.FAILED, message):
        move(batch, Batch.State.DISCARDING, among=[Batch.State.STAGING])
        _take_back(batch, Batch.State.FAILED, message)


def is_abandoned(batch: Batch) -> bool:
    """Whether whoever read or discarded the batch is gone."""
    if batch.state not in (Batch.State.STAGING, Batch.State.DISCARDING):
        return False
    host, _, process = batch.process.rpartition(" ")
    gone = host == socket.gethostname() and process.isdigit() and not _is_alive(int(process))
    return gone or timezone.now() - batch.heartbeat_at > SILENCE


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def reclaim(batch: Batch) -> None:
    """Clear away a batch whose reader died. Raises Lost where somebody else did or it lives after all."""
    values = {"state": Batch.State.DISCARDING, "process": this_process(), "heartbeat_at": timezone.now()}
    if not Batch.objects.filter(pk=batch.pk, state=batch.state, heartbeat_at=batch.heartbeat_at).update(**values):
        raise Lost(f"Import {batch.pk} is being worked on.")
    batch.process = this_process()
    _take_back(batch, Batch.State.DISCARDED, "Its reader stopped in the middle; nothing of it was kept.")


def _create(plan: Plan, *, actor: User | None, state: Batch.State) -> Batch:
    return Batch.objects.create(
        format=plan.format.name,
        source=plan.source,
        writes_ahead=plan.format.writes_ahead,
        options=plan.options,
        files=plan.described(),
        rows_expected=plan.rows_expected,
        state=state,
        process=this_process(),
        created_by=actor,
    )


def _make_room() -> None:
    """Clear away unseen histories whose readers died; raise Busy where one is alive or waits."""
    for batch in Batch.objects.filter(writes_ahead=True, state__in=Batch.HOLDING):
        if batch.state == Batch.State.STAGED:
            raise Busy(
                f"Import {batch.pk} ({batch.source}) has been read and waits. Publish it with"
                f" `manage.py intake --publish {batch.pk}` or drop it with `manage.py intake --discard {batch.pk}`."
            )
        if not is_abandoned(batch):
            raise Busy(f"Import {batch.pk} ({batch.source}) is at work right now: try again when it is done.")
        reclaim(batch)


@contextmanager
def _one_history() -> Iterator[None]:
    """Two imports that found room at the same time: the database lets one of them in."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Busy("Another import has begun just now: try again when it is done.") from error


def move(batch: Batch, state: Batch.State, *, among: Sequence[Batch.State], **values: Any) -> None:
    """Compare and swap of the state. Raises Lost where it is none of `among`, or another process reads the batch."""
    values |= {"state": state, "process": this_process(), "heartbeat_at": timezone.now()}
    current = Batch.objects.filter(pk=batch.pk, state__in=among)
    current = current.exclude(~Q(process=batch.process), state__in=(Batch.State.STAGING, Batch.State.DISCARDING))
    if not current.update(**values):
        now = Batch.objects.filter(pk=batch.pk).first()
        raise Lost(f"Import {batch.pk} is {now.get_state_display().lower() if now else 'gone'}.")
    for name, value in values.items():
        setattr(batch, name, value)


def _ended_unread(batch: Batch, state: Batch.State, message: str) -> bool:
    """End a batch that nobody has begun to read; False where somebody has."""
    with suppress(Lost):
        move(batch, state, among=[Batch.State.QUEUED], message=message[:2000])
        forget_uploads(batch)
        return True
    return False


def _take_back(batch: Batch, state: Batch.State, message: str) -> None:
    def beat() -> None:
        move(batch, Batch.State.DISCARDING, among=[Batch.State.DISCARDING])

    delete_rows(batch, beat)
    move(batch, state, among=[Batch.State.DISCARDING], message=message[:2000])
    forget_uploads(batch)


def keep_files(batch: Batch, plan: Plan) -> None:
    """Copy the files into the batch's own folder, so that publishing reads what was previewed."""
    batch.directory.mkdir(parents=True, exist_ok=True)
    for number, (source, described) in enumerate(zip(plan.sources, batch.files, strict=True), start=1):
        if source.survey:
            described["path"] = f"{number:03}.upload"
            shutil.copyfile(source.path, batch.directory / described["path"])
    batch.save(update_fields=["files"])


def forget_uploads(batch: Batch) -> None:
    """Delete the copies: they hold personal data, and their sums and rejected rows are kept."""
    for path in batch.directory.glob("*.upload"):
        path.unlink(missing_ok=True)
