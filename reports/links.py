"""Links to files that were too large to attach: signed, for one reader, good until a day.

The signature is what lets a reader in, since a bare address has no login. Whether its reader may still see the file is
asked again when it is followed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from lacelux.outbox.models import Delivery
from reports.documents import absolute
from reports.models import Rendition

SALT = "reports.links"


class BadLink(Exception):
    """The link is not ours, or too old; the message says which."""


@dataclass(frozen=True)
class Followed:
    rendition: Rendition
    delivery: Delivery


def until(delivery: Delivery) -> datetime:
    return delivery.created_at + timedelta(days=settings.REPORT_LINK_DAYS)


def link_to(rendition: Rendition, delivery: Delivery) -> str:
    """The same at each try, so that a mail sent twice is the same mail."""
    facts = [rendition.pk, delivery.pk, int(until(delivery).timestamp())]
    return absolute(reverse("reports:linked-file", args=[signing.Signer(salt=SALT).sign_object(facts)]))


def followed(signed: str) -> Followed:
    """What the link leads to. Raises BadLink."""
    try:
        facts: Any = signing.Signer(salt=SALT).unsign_object(signed)
        rendition_id, delivery_id, good_until = (int(fact) for fact in facts)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadLink("This link is not whole. Copy all of it from the mail.") from error
    if timezone.now().timestamp() > good_until:
        raise BadLink("This link is too old. Ask the sender to send the report again.")
    rendition = Rendition.objects.select_related("run__owner").filter(pk=rendition_id).first()
    delivery = Delivery.objects.select_related("person").filter(pk=delivery_id).first()
    if rendition is None or delivery is None or not rendition.is_kept:
        raise BadLink("The file is no longer kept. Ask the sender to send the report again.")
    return Followed(rendition, delivery)
