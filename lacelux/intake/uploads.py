"""Uploaded files on their way to a worker."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from lacelux.intake.batches import Busy, Lost, claim, enqueue, fail, keep_files
from lacelux.intake.models import Batch
from lacelux.intake.plans import make_plan
from lacelux.intake.refusals import Refused
from lacelux.intake.staging import TooLarge, plan_again, stage


def accept(*, files: Sequence[UploadedFile[Any]], format_name: str, options: Mapping[str, str], actor: User) -> Batch:
    """Keep uploads as a batch that waits for a worker. Raises UnknownFormat where no file is of a known format."""
    Path(settings.INTAKE_DIR).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.INTAKE_DIR) as folder:
        paths = []
        for number, file in enumerate(files):
            path = Path(folder) / f"{number:03}"  # an uploaded name never becomes a path
            with path.open("wb") as copy:
                copy.writelines(file.chunks())
            paths.append((path, (file.name or "file")[:255]))
        plan = make_plan(paths, format_name=format_name, options=dict(options))
        with transaction.atomic():
            batch = enqueue(plan, actor=actor)
            keep_files(batch, plan)
    return batch


def read(batch: Batch) -> None:
    """Read a queued batch, in a worker: it ends ready to publish, or failed with its message. Faults are raised."""
    try:
        claim(batch)
    except Lost:
        return  # another worker has it: a queue may deliver twice
    except Busy as error:
        fail(batch, str(error))
        return
    try:
        plan = plan_again(batch)
    except Exception as error:
        fail(batch, str(error))
        raise
    with suppress(Lost, TooLarge, Refused):  # the batch says so
        stage(batch, plan)
