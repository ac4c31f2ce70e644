"""All mails of the shop: how far each is, what it says, and once more for one that did not arrive."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from django.utils.text import Truncator
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from lacelux.outbox.letters import Withheld
from lacelux.outbox.models import Delivery
from lacelux.outbox.reading import Reading, read
from lacelux.outbox.sealing import compose
from lacelux.outbox.services import NotNow, try_again
from lacelux.shell import shell_context
from lacelux.shell.acts import act, address_of
from lacelux.shell.filters import DayRangeFilter
from lacelux.shell.records import RecordAdmin, Unchanging

logger = logging.getLogger(__name__)

COLOURS = {
    Delivery.State.QUEUED: "info",
    Delivery.State.SENDING: "info",
    Delivery.State.SENT: "success",
    Delivery.State.REFUSED: "danger",
    Delivery.State.UNKNOWN: "warning",
    Delivery.State.WITHHELD: "default",
}


@admin.register(Delivery)
class DeliveryAdmin(Unchanging, RecordAdmin):
    list_display = ("created_at", "standing", "address", "title", "attempts", "last_words", "sent_at")
    list_display_links = ("created_at", "address")
    list_filter = (("state", ChoicesDropdownFilter), ("created_at", DayRangeFilter), "kind")
    search_fields = ("address", "subject")
    search_help_text = "Address or subject"
    fieldsets = (
        ("Mail", {"fields": (("address", "person"), "subject")}),
        (
            "Standing",
            {
                "fields": (
                    ("state", "may_have_doubled"),
                    "words",
                    ("attempts", "failures"),
                    ("created_at", "next_try_at"),
                    ("offered_at", "sent_at"),
                )
            },
        ),
        ("What it is", {"fields": (("kind", "send_number"), "reference", "message_id")}),
    )
    actions_detail = ("read_mail", "send_now")

    @display(description="State", ordering="state", label=COLOURS)
    def standing(self, delivery: Delivery) -> tuple[str, str]:
        return delivery.state, delivery.get_state_display()

    @display(description="Subject", ordering="subject")
    def title(self, delivery: Delivery) -> str:
        return Truncator(delivery.subject).chars(60)

    @display(description="Words")
    def last_words(self, delivery: Delivery) -> str:
        return Truncator(delivery.words).chars(80)

    def get_urls(self) -> list[URLPattern]:
        attachment = path(
            "<int:pk>/read/<int:number>/", self.admin_site.admin_view(self.attachment), name="outbox_attachment"
        )
        return [attachment, *super().get_urls()]

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """What waits or has been sent is not sent again from here."""
        stopped = Delivery.objects.filter(pk=object_id, state__in=Delivery.MAY_BE_TRIED_AGAIN).exists()
        allowed = super().get_actions_detail(request, object_id)
        return [each for each in allowed if stopped or each.method.__name__ != "send_now"]

    @action(description="Read the mail", icon="drafts", url_path="read", permissions=["outbox.view_delivery"])
    def read_mail(self, request: HttpRequest, object_id: str) -> HttpResponse:
        delivery = self.get_object(request, object_id)
        if delivery is None:
            raise Http404
        reading, trouble = taken_apart(delivery)
        context = shell_context(
            request, title="The mail", delivery=delivery, reading=reading, trouble=trouble,
            back=address_of(self, delivery),
        )  # fmt: skip
        return TemplateResponse(request, "outbox/mail.html", context)

    def attachment(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """One file of the mail, as a download: what is in it must not run on our pages."""
        if not request.user.has_perm("outbox.view_delivery"):
            raise PermissionDenied
        delivery = self.get_object(request, str(pk))
        reading = taken_apart(delivery)[0] if delivery else None
        if reading is None or number >= len(reading.attachments):
            raise Http404
        file = reading.attachments[number]
        return HttpResponse(
            file.content,
            content_type=file.content_type,
            headers={"Content-Disposition": content_disposition_header(True, file.name) or "attachment"},
        )

    @action(description="Send again now…", icon="send", url_path="send-now", permissions=["outbox.change_delivery"])
    def send_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(delivery: Delivery, answers: Mapping[str, Any]) -> str:
            try_again(delivery=delivery)
            self.log_change(request, delivery, "Sent again by hand.")
            return "It is on its way."

        intro = (
            "It is written anew, with the rights its reader has now, and handed to the mail server. It keeps its "
            "Message-ID: should it have arrived after all, most mail programs show it once."
        )
        return act(
            self, request, object_id, title="Send again now", intro=intro, button="Send", do=do, refusals=(NotNow,)
        )


def taken_apart(delivery: Delivery) -> tuple[Reading | None, str]:
    """The mail as it would be written now, or in words why there is none."""
    try:
        return read(compose(delivery).message()), ""
    except Withheld as withheld:
        return None, str(withheld)
    except Exception:
        logger.exception("Mail %s (%s) could not be written.", delivery.pk, delivery.kind)
        return None, "It could not be written. The fault is ours; the log tells more."
