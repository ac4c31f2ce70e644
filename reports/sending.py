"""A run's documents on their way to its readers: one delivery each, with what each may see on the day it is sent."""

from __future__ import annotations

from django.db import transaction

from lacelux.outbox.services import post
from reports.audience import Audience, Rights, audience
from reports.models import Run

REPORT = "report"  # the kind of mail that carries a report


class NobodyToSendTo(ValueError):
    """The run has no readers any more, or never had; the message says which."""


def send(run: Run, readers: Audience) -> None:
    """Post a delivery to every reader under the next send number. Within the caller's transaction."""
    run.send_number += 1
    Run.objects.filter(pk=run.pk).update(send_number=run.send_number)
    for reader in readers.readers:
        post(
            kind=REPORT, reference=run.uuid, address=reader.address, person=reader.person, send_number=run.send_number
        )  # fmt: skip


def send_again(run: Run) -> int:
    """Send a run that is done once more, to those who are its readers today; their number.

    Raises NobodyToSendTo where none is left.
    """
    with transaction.atomic():
        locked = Run.objects.select_for_update().select_related("owner").get(pk=run.pk)
        readers = audience(locked.recipients, Rights.of(locked.owner))
        if not readers.readers:
            why = "; ".join(readers.passed_over) or "it was made without recipients"
            raise NobodyToSendTo(f"There is nobody to send it to: {why}.")
        send(locked, readers)
    return len(readers.readers)
