"""What others ask of the outbox: post a mail, have one tried again, and know which are due."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Case, Value, When
from django.utils import timezone

from lacelux.lib.nudging import nudge
from lacelux.outbox.letters import letters_for
from lacelux.outbox.models import Delivery, message_id
from lacelux.outbox.tasks import deliver

State = Delivery.State
INTERRUPTED = "The worker stopped while it handed the mail over. It may have arrived all the same."


class NotNow(Exception):
    """The mail is on its way or has arrived; there is nothing to try again."""


def post(*, kind: str, reference: UUID, address: str, person: User | None, send_number: int = 1) -> Delivery:
    """Have this mail sent to this address, once, however often it is asked for. Raises UnknownLetters."""
    letters_for(kind)
    address = address.strip()
    delivery, is_new = Delivery.objects.get_or_create(
        message_id=message_id(kind=kind, reference=reference, address=address, send_number=send_number),
        defaults={
            "kind": kind,
            "reference": reference,
            "address": address,
            "person": person,
            "send_number": send_number,
        },
    )
    if is_new:
        nudge(deliver, delivery.pk)
    return delivery


def try_again(*, delivery: Delivery) -> None:
    """Try a mail now that was refused, withheld or is of unknown outcome, as if it had never failed.

    It keeps its Message-ID. Raises NotNow.
    """
    waiting = Case(When(offered_at__isnull=False, then=Value(State.UNKNOWN)), default=Value(State.QUEUED))
    stopped = Delivery.objects.filter(pk=delivery.pk, state__in=Delivery.MAY_BE_TRIED_AGAIN)
    if not stopped.update(state=waiting, next_try_at=timezone.now(), failures=0, attempts=0, settled_at=None):
        raise NotNow("It is on its way, or has been sent.")
    nudge(deliver, delivery.pk)


def due_ids(now: datetime, limit: int) -> list[int]:
    """The mails that somebody should deliver now, the longest due first.

    Those whose worker died are put back to wait, so that people see them for what they are until they are tried.
    """
    _put_back_interrupted(now)
    due = Delivery.objects.filter(state__in=Delivery.WAITING, next_try_at__lte=now)
    return list(due.order_by("next_try_at", "pk").values_list("pk", flat=True)[:limit])


def _put_back_interrupted(now: datetime) -> None:
    back = {"claim": None, "lease_until": None, "next_try_at": now}
    interrupted = Delivery.objects.interrupted(now)
    interrupted.filter(offered_at__isnull=False).update(state=State.UNKNOWN, words=INTERRUPTED, **back)
    interrupted.filter(offered_at__isnull=True).update(state=State.QUEUED, **back)
