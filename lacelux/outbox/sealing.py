"""A letter made ready to go: one recipient, our own headers, and the same bytes at every try."""

from __future__ import annotations

import unicodedata
from email.message import Message
from email.utils import format_datetime
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from lacelux.outbox.letters import letters_for
from lacelux.outbox.models import Delivery

OURS = {"message-id", "date", "auto-submitted"}


class Sealed(EmailMultiAlternatives):
    """A letter to one address whose built message does not change any more."""

    built: Any

    def message(self, **_: Any) -> Any:
        return self.built


def compose(delivery: Delivery) -> Sealed:
    """The mail of this delivery. Raises Withheld, and whatever goes wrong in the writer."""
    return seal(letters_for(delivery.kind).compose(delivery), delivery)


def seal(letter: EmailMultiAlternatives, delivery: Delivery) -> Sealed:
    """Take the letter's content as it is; recipient, Message-ID and Date are the delivery's."""
    letter.to, letter.cc, letter.bcc = [delivery.address], [], []
    letter.subject = one_line(str(letter.subject))
    letter.extra_headers = {
        **{name: value for name, value in letter.extra_headers.items() if name.lower() not in OURS},
        "Message-ID": delivery.message_id,
        "Date": format_datetime(timezone.localtime(delivery.created_at)),
        "Auto-Submitted": "auto-generated",
    }
    sealed = Sealed(subject=letter.subject, from_email=letter.from_email, to=letter.to)
    sealed.built = letter.message()
    _fix_boundaries(sealed.built, delivery.message_id)
    return sealed


def one_line(text: str) -> str:
    """`text` without line ends and control characters, so that it cannot begin a header of its own."""
    plain = (" " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character for character in text)
    return " ".join("".join(plain).split())


def _fix_boundaries(message: Message, message_id: str) -> None:
    """Boundaries are drawn at random otherwise, and a retry would differ from the first try."""
    name = message_id.strip("<>").partition("@")[0]
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        if part.get_content_maintype() == "multipart":
            part.set_boundary(f"=_{name}.{number}")
