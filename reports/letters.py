"""What the mails of the reports say, made at the moment of sending: whoever lost the right by then gets nothing."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string

from analytics.formats import text
from lacelux.outbox.letters import Withheld
from lacelux.outbox.models import Delivery
from reports import renditions
from reports.audience import Rights, reader_at, refused
from reports.documents import absolute
from reports.files import type_of
from reports.formats import mail
from reports.links import link_to, until
from reports.models import Rendition, Run
from reports.schedules import note_failure, note_success

BODY_SHARE = 0.75  # attachments grow by a third when they are written as text


class ReportLetters:
    """A run's documents for one reader."""

    def compose(self, delivery: Delivery) -> EmailMultiAlternatives:
        """Raises Withheld where the owner or the reader may no longer see figures."""
        run = Run.objects.select_related("owner", "schedule").get(uuid=delivery.reference)
        rights = rights_today(run, delivery)
        body, *files = renditions.kept(run, rights, [renditions.MAIL, *run.formats])
        attached, linked = divided(files)
        message = mail.message(
            mail.read(body.file.read_bytes()),
            links=[described(file, delivery) for file in linked],
            attached=[file.name for file in attached],
            note=note(run, delivery),
            reason=reason(run, delivery),
        )
        if run.cause == Run.Cause.TEST:
            message.subject = f"Test: {message.subject}"
        for file in attached:
            message.attach(file.name, file.file.read_bytes(), type_of(file).partition(";")[0])
        return message

    def settled(self, delivery: Delivery) -> None:
        """One mail that came through is a success of its schedule; none at all is a failure."""
        run = Run.objects.filter(uuid=delivery.reference).first()
        if run is None or run.schedule_id is None:
            return
        if delivery.state == Delivery.State.SENT:
            note_success(run)
        elif is_lost(delivery):
            note_failure(run, f"No mail of it got through. {delivery.address}: {delivery.words}")


class StoppedLetters:
    """Tells an owner that a schedule has stopped after failing again and again."""

    def compose(self, delivery: Delivery) -> EmailMultiAlternatives:
        run = Run.objects.select_related("schedule").filter(uuid=delivery.reference).first()
        if run is None or run.schedule is None:
            raise Withheld("The schedule is gone.")
        if not (delivery.person and delivery.person.is_active):
            raise Withheld("This person may no longer sign in.")
        facts = {"schedule": run.schedule, "address": absolute(run.schedule.get_absolute_url())}
        body = render_to_string("reports/stopped.txt", {**facts, "shop": settings.SHOP_NAME})
        return EmailMultiAlternatives(f"Stopped: {run.schedule.report}", body)

    def settled(self, delivery: Delivery) -> None:
        """Nothing hangs on it."""


def rights_today(run: Run, delivery: Delivery) -> Rights:
    """What the reader may see now. Raises Withheld, with the reason for those who look the delivery up."""
    if not run.owner.is_active:
        raise Withheld(f"{run.owner.get_username()}, in whose name it goes out, may no longer sign in.")
    own = Rights.of(run.owner)
    if delivery.person is None:
        return rights_of_stranger(run, delivery, own)
    person = User.objects.get(pk=delivery.person.pk)
    if refusal := refused(person, own):
        raise Withheld(f"{person.get_username()} {refusal}.")
    return Rights.of(person) & own


def rights_of_stranger(run: Run, delivery: Delivery, own: Rights) -> Rights:
    """A delivery without a person is to a bare address, unless its person has been deleted since."""
    if delivery.address.lower() not in [address.lower() for address in run.recipients.addresses]:
        raise Withheld("The person it was for is gone.")
    rights = reader_at(delivery.address, own).rights
    if not rights.sees_figures:
        raise Withheld(f"{run.owner.get_username()}, in whose name it goes out, may no longer see figures.")
    return rights


def divided(files: Sequence[Rendition]) -> tuple[list[Rendition], list[Rendition]]:
    """Files to attach, the smallest first, as long as the mail stays below the limit; and the rest, to link to."""
    left, attached = settings.REPORT_ATTACH_MAX_BYTES * BODY_SHARE, []
    for file in sorted(files, key=lambda file: file.size):
        if file.size <= left:
            attached.append(file)
            left -= file.size
    return [file for file in files if file in attached], [file for file in files if file not in attached]


def described(file: Rendition, delivery: Delivery) -> mail.Link:
    day = text.day(text.local(until(delivery)).date())
    return mail.Link(file.name, filesizeformat(file.size), link_to(file, delivery), day)


def note(run: Run, delivery: Delivery) -> str:
    if run.cause == Run.Cause.TEST:
        return "This is a test."
    return "Sent again." if delivery.send_number > 1 else ""


def reason(run: Run, delivery: Delivery) -> str:
    """Why the reader gets it."""
    if run.schedule:
        return f"You get this because {run.owner.get_username()} has scheduled it: {run.schedule.rhythm}."
    return f"You get this because {run.owner.get_username()} sent it to you."


def is_lost(delivery: Delivery) -> bool:
    """Whether this was the last of its sending, and none of it came through.

    The run is locked, so that of two last ones that end together the second sees the first.
    """
    Run.objects.select_for_update().filter(uuid=delivery.reference).first()
    others = Delivery.objects.filter(
        kind=delivery.kind, reference=delivery.reference, send_number=delivery.send_number
    ).exclude(pk=delivery.pk)
    gone = (Delivery.State.REFUSED, Delivery.State.WITHHELD)
    return not others.exclude(state__in=gone).exists()
