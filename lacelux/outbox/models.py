"""One mail to one address: what it is about, how far it is, and what the mail server said."""

from __future__ import annotations

import hashlib
from email.utils import parseaddr
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from lacelux.outbox.leases import Leased


class Delivery(Leased):
    """A mail that somebody is to get once.

    Exactly once cannot be had over SMTP: where a process dies between the server's yes and our note of it, nobody
    knows. Such a mail is sent again, under the same Message-ID, by which mail programs tell a double.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        REFUSED = "refused", "Refused"
        UNKNOWN = "unknown", "Not known yet"
        WITHHELD = "withheld", "Withheld"

    WAITING: ClassVar = (State.QUEUED, State.UNKNOWN)
    WORKING: ClassVar = State.SENDING
    OPEN = (State.QUEUED, State.SENDING, State.UNKNOWN)
    MAY_BE_TRIED_AGAIN = (State.REFUSED, State.WITHHELD, State.UNKNOWN)

    kind = models.CharField(max_length=40, help_text="Who writes it: a key of settings.OUTBOX_LETTERS.")
    reference = models.UUIDField(help_text="What it is about.")
    send_number = models.PositiveSmallIntegerField(default=1, help_text="Sending it again by hand is a new number.")
    address = models.EmailField(max_length=254)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    message_id = models.CharField("Message-ID", max_length=255, unique=True)
    subject = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    failures = models.PositiveSmallIntegerField(default=0, help_text="Times that the server or the line said no.")
    words = models.TextField(blank=True, help_text="What the server said last, or why it was not sent.")
    offered_at = models.DateTimeField(
        "handed over", null=True, blank=True, help_text="When a server was given it that did not say no."
    )
    may_have_doubled = models.BooleanField(
        "may have come twice", default=False, help_text="Sent again when nobody knew whether it had arrived."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField("over", null=True, blank=True)

    class Meta(Leased.Meta):
        verbose_name = "mail"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                "kind", "reference", Lower("address"), "send_number", name="outbox_one_delivery_per_send_number"
            ),
        ]

    def __str__(self) -> str:
        return self.subject or f"Mail to {self.address}"


def message_id(*, kind: str, reference: UUID, address: str, send_number: int) -> str:
    """The same for the same mail, whoever asks and however often it is tried."""
    named = "\n".join([kind, str(reference), address.lower(), str(send_number)])
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(named.encode()).hexdigest()[:32]}@{host}>"
