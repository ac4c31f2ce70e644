"""A run made: answered for each set of rights, painted in each form, handed to the outbox.

What cannot get better by itself (rights gone, a brand that no longer exists) fails at once and says why. What may (a
full disk, a lost database) is tried again with growing pauses. A process that dies leaves a lease that runs out, and
the next clock finds the run due again; all its files are made anew then, so that they are of one moment.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from lacelux.lib.periods import InvalidPeriod
from lacelux.outbox.leases import claim, hold, settle
from reports import renditions
from reports.audience import Audience, Rights, audience
from reports.documents import Document, InvalidSection, reading
from reports.models import Run
from reports.schedules import note_failure, note_success
from reports.sending import send

logger = logging.getLogger(__name__)
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
MOST_ATTEMPTS = 10  # what kills whoever makes it must not do so for ever
OURS = "Something went wrong in the shop itself; its log has the details."


class NotToBeMade(Exception):
    """The run must not be made: the message says why, for the owner of the schedule."""


class LeaseLost(Exception):
    """Another process has taken the run over, so this one leaves it alone."""


def produce(run_id: int) -> None:
    """Make the run if it is due and nobody else is at it. Faults end on the run, and in the log."""
    run = claim(Run, run_id)
    if run is None:
        return
    with hold(run):
        try:
            make(run)
        except LeaseLost:
            logger.warning("Run %s was taken over by another process.", run.pk)
        except (NotToBeMade, InvalidSection, InvalidPeriod) as refusal:
            fail(run, str(refusal))
        except Exception:
            logger.exception("Run %s could not be made.", run.pk)
            try_later(run)


def make(run: Run) -> None:
    if run.attempts > MOST_ATTEMPTS:
        raise NotToBeMade(f"Gave up after {MOST_ATTEMPTS} interrupted tries; the shop's log may tell by what.")
    own = rights_of_owner(run)
    readers = audience(run.recipients, own)
    if run.recipients and not readers.readers:
        raise NotToBeMade(f"Nobody is left to send it to: {'; '.join(readers.passed_over)}.")
    wanted = readers.rights or [own]
    if run.schedule_id is None and own not in wanted:
        wanted = [own, *wanted]  # who asks sees the files
    forms = [*run.formats, *([renditions.MAIL] if readers.readers else [])]
    begin(run, len(wanted) * len(forms))
    with reading() as session:
        documents = [(rights, renditions.document_of(run, rights, session)) for rights in wanted]
        if run.only_if_data and not any(document.has_data for _, document in documents):
            end(run, Run.State.EMPTY, documents, readers)
            return
        paint_all(run, documents, forms)
        end(run, Run.State.DONE, documents, readers)


def rights_of_owner(run: Run) -> Rights:
    """Raises NotToBeMade for an owner who may no longer make reports."""
    owner, name = run.owner, run.owner.get_username()
    if not owner.is_active:
        raise NotToBeMade(f"{name}, in whose name it is made, may no longer sign in.")
    rights = Rights.of(owner)
    if not rights.sees_figures or not owner.has_perm("reports.add_run"):
        raise NotToBeMade(f"{name}, in whose name it is made, may no longer make reports.")
    return rights


def begin(run: Run, steps: int) -> None:
    if not settle(run, steps=steps, steps_done=0, trouble=""):
        raise LeaseLost


def paint_all(run: Run, documents: Sequence[tuple[Rights, Document]], forms: Sequence[str]) -> None:
    done = 0
    for rights, document in documents:
        for form in forms:
            renditions.keep(run, form, rights, document)
            done += 1
            if not settle(run, steps_done=done):
                raise LeaseLost


def end(run: Run, state: str, documents: Sequence[tuple[Rights, Document]], readers: Audience) -> None:
    """The last step, whole or not at all: the run is over and its mails are in the outbox."""
    now = timezone.now()
    with transaction.atomic():
        if not settle(
            run,
            state=state,
            as_of=documents[0][1].as_of,
            finished_at=now,
            notes=[*run.notes, *readers.passed_over],
            trouble="",
        ):
            raise LeaseLost
        if state == Run.State.DONE and readers.readers:
            send(run, readers)
        else:
            note_success(run)


def fail(run: Run, why: str) -> None:
    with transaction.atomic():
        if settle(run, state=Run.State.FAILED, trouble=why, finished_at=timezone.now()):
            note_failure(run, why)


def try_later(run: Run) -> None:
    if run.failures >= len(PAUSES):
        fail(run, OURS)
        return
    later = timezone.now() + PAUSES[run.failures]
    settle(run, state=Run.State.QUEUED, failures=run.failures + 1, next_try_at=later, trouble=OURS)
