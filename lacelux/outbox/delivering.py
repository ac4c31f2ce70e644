"""One try to deliver one mail, and what becomes of it."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from lacelux.outbox.leases import claim, hold, settle
from lacelux.outbox.letters import Withheld, letters_for
from lacelux.outbox.models import Delivery
from lacelux.outbox.sealing import Sealed, compose
from lacelux.outbox.sending import NotSent, Refused, Unanswered, is_resting, open_line, send

logger = logging.getLogger(__name__)

# How long to wait after the first, second … time that the server or the line said no; after one more it is refused.
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=4))
MOST_ATTEMPTS = 20  # a letter that kills whoever writes it must not do so for ever
MOST_WORDS = 500
MOST_SUBJECT = 255
# Seconds between tries to note that a mail was taken. Not to note it means to send it again.
PATIENCE = (0.5, 1, 2, 4, 8)

State = Delivery.State


def deliver(delivery_id: int) -> None:
    """Try once to send the mail, if it is due and nobody else is at it. Whatever happens is noted on it."""
    delivery = None if is_resting() else claim(Delivery, delivery_id)
    if delivery is None:
        return
    with hold(delivery):
        try:
            attempt(delivery)
        except Exception:
            logger.exception("Mail %s (%s) met a fault of ours.", delivery.pk, delivery.kind)
            fail(delivery, "The mail could not be written or handed over. The fault is ours; the log tells more.")


def attempt(delivery: Delivery) -> None:
    if delivery.attempts > MOST_ATTEMPTS:
        end(delivery, State.REFUSED, f"Gave up after {MOST_ATTEMPTS} interrupted tries.")
    elif mail := write(delivery):
        hand_over(delivery, mail)


def write(delivery: Delivery) -> Sealed | None:
    """The mail, or None where there must be none; that is noted then."""
    try:
        validate_email(delivery.address)
        return compose(delivery)
    except ValidationError:
        end(delivery, State.REFUSED, f"{delivery.address} is no e-mail address.")
    except Withheld as withheld:
        end(delivery, State.WITHHELD, str(withheld))
    return None


def hand_over(delivery: Delivery, mail: Sealed) -> None:
    """Give the mail to the server. Only who can note so beforehand may: then nobody else is at it, and if we die in
    the middle it is known that the mail may have arrived. A no takes that note back, but not one of an earlier try.
    """
    earlier = delivery.offered_at
    try:
        with open_line() as line:
            if settle(delivery, offered_at=timezone.now(), subject=mail.subject[:MOST_SUBJECT]):
                send(mail, line)
                note_sent(delivery, may_have_doubled=earlier is not None)
    except Unanswered as silence:
        fail(delivery, str(silence))
    except Refused as answer:
        end(delivery, State.REFUSED, str(answer), offered_at=earlier)
    except NotSent as answer:
        fail(delivery, str(answer), offered_at=earlier)


def note_sent(delivery: Delivery, *, may_have_doubled: bool) -> None:
    """The server's yes is a fact, whoever holds the lease by now. A database that is away for a while is waited for."""
    now = timezone.now()
    noted = {"words": "", "sent_at": now, "settled_at": now, "may_have_doubled": may_have_doubled}
    for pause in PATIENCE:
        try:
            return _note_sent(delivery, noted)
        except (OperationalError, InterfaceError) as error:
            logger.warning("Mail %s went out, which could not be noted yet: %s", delivery.pk, error)
            connection.close()
            time.sleep(pause)
    return _note_sent(delivery, noted)


def _note_sent(delivery: Delivery, noted: dict[str, Any]) -> None:
    this = Delivery.objects.filter(pk=delivery.pk)
    with transaction.atomic():
        if this.filter(state__in=Delivery.OPEN).update(state=State.SENT, claim=None, lease_until=None, **noted):
            delivery.refresh_from_db()
            tell(delivery)
        else:  # another had it meanwhile, and got a yes too
            this.filter(state=State.SENT).update(may_have_doubled=True)


def end(delivery: Delivery, state: Delivery.State, words: str, **noted: Any) -> None:
    """It will not be sent, unless somebody has it tried again."""
    with transaction.atomic():
        if settle(delivery, state=state, settled_at=timezone.now(), **_explained(delivery, words, noted)):
            tell(delivery)


def fail(delivery: Delivery, words: str, **noted: Any) -> None:
    """Later, then; or never, where it has failed too often."""
    noted["failures"] = failures = delivery.failures + 1
    if failures > len(PAUSES):
        return end(delivery, State.REFUSED, words, **noted)
    noted = _explained(delivery, words, noted)
    state = State.UNKNOWN if noted["offered_at"] else State.QUEUED
    settle(delivery, state=state, next_try_at=timezone.now() + PAUSES[failures - 1], **noted)


def _explained(delivery: Delivery, words: str, noted: dict[str, Any]) -> dict[str, Any]:
    """What is noted, with the words for people, and a doubt where there is one."""
    offered_at = noted.get("offered_at", delivery.offered_at)
    words = words[:MOST_WORDS]
    if offered_at:
        words = f"{words.rstrip('. ')}. It may have arrived all the same."
    return {**noted, "offered_at": offered_at, "words": words}


def tell(delivery: Delivery) -> None:
    """Tell the writer that the mail has come to rest. His error must not take the note of it back."""
    try:
        with transaction.atomic():
            letters_for(delivery.kind).settled(delivery)
    except Exception:
        logger.exception("The writer of mail %s (%s) failed to note its end.", delivery.pk, delivery.kind)
