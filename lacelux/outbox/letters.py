"""Who writes the mails. Writers live with their domain and are named in settings.OUTBOX_LETTERS."""

from __future__ import annotations

from functools import cache
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import import_string

from lacelux.outbox.models import Delivery


class Withheld(Exception):
    """This mail must not go to this person; the message says why, for people. Not tried again by itself."""


class UnknownLetters(Exception):
    """No letters of that kind are in the settings."""


class Letters(Protocol):
    """Writes the mails of one kind. Made once per process, without arguments."""

    def compose(self, delivery: Delivery) -> EmailMultiAlternatives:
        """The mail as it stands now, at each try anew: subject, texts, pictures, attachments.

        Recipients and the headers Message-ID, Date and Auto-Submitted are the outbox's. Raises Withheld.
        """

    def settled(self, delivery: Delivery) -> None:
        """Told within the transaction that notes the final state: sent, refused or withheld.

        Once for each time that it comes to rest; people may have it tried again. An error in here is logged and takes
        nothing back: a mail that went out is noted as sent, or it would go out again.
        """


def letters_for(kind: str) -> Letters:
    """Raises UnknownLetters."""
    path = settings.OUTBOX_LETTERS.get(kind)
    if path is None:
        raise UnknownLetters(f"No letters of the kind {kind!r} in OUTBOX_LETTERS.")
    return _made(path)


@cache
def _made(path: str) -> Letters:
    writer: Letters = import_string(path)()
    return writer
