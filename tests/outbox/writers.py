"""A writer of mails, as an app has one; it is told what to do by the test."""

from __future__ import annotations

from email.mime.image import MIMEImage

from django.core.mail import EmailMultiAlternatives

from lacelux.outbox.letters import Withheld
from lacelux.outbox.models import Delivery

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc0f01f0005"
    "0001ffa7a1b2ad0000000049454e44ae426082"
)


class Notes:
    """Its mail has a text, HTML with a picture, and a file."""

    subject = "What sold this week"
    withheld: dict[str, str] = {}  # address → why
    broken = False
    told: list[tuple[str, str]] = []  # address, state
    fails_when_told = False

    def compose(self, delivery: Delivery) -> EmailMultiAlternatives:
        if self.broken:
            raise RuntimeError("the pen leaks")
        if why := self.withheld.get(delivery.address):
            raise Withheld(why)
        letter = EmailMultiAlternatives(self.subject, "Three bags – all black.\n", headers={"X-Shop": "yes"})
        letter.attach_alternative('<h1>Three bags</h1><p><img src="cid:bag" alt="A bag"></p>', "text/html")
        picture = MIMEImage(PIXEL, "png")
        picture["Content-ID"] = "<bag>"
        picture["Content-Disposition"] = "inline"
        letter.attach(picture)
        letter.attach("week 9.csv", "piece,price\nSpeedy 30,450.00\n", "text/csv")
        return letter

    def settled(self, delivery: Delivery) -> None:
        self.told.append((delivery.address, delivery.state))
        if self.fails_when_told:
            raise RuntimeError("nobody listens")
