"""A run in words: what it asked, and what became of each of its mails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from analytics.base import Viewer
from analytics.catalogue import ANALYSES
from analytics.choices import spoken
from analytics.mart.replica import mart
from analytics.mart.session import Session
from analytics.pages import address_of
from analytics.saved import as_query
from lacelux.lib.periods import InvalidPeriod, resolve
from lacelux.outbox.models import Delivery
from reports.asked import has_period, period_in_words
from reports.documents import shared_filters
from reports.foreseen import name_of
from reports.models import Run
from reports.outlines import TIMED, Outline, SectionOutline

Spoken = Sequence[tuple[str, str]]
CLASSES = {Delivery.State.SENT: "up", Delivery.State.REFUSED: "down", Delivery.State.UNKNOWN: "warn"}


@dataclass(frozen=True)
class ToldSection:
    """A section: its title, what it asked of its own, and its question's page with what it asked."""

    title: str
    own: Spoken
    address: str


@dataclass(frozen=True)
class Asked:
    """What a run asked, in words. No period where none of its questions has one."""

    period: str
    filters: Spoken
    sections: Sequence[ToldSection]


def what_was_asked(run: Run, viewer: Viewer) -> Asked:
    """From the outline the run keeps, whatever has become of the report or of a question since."""
    with mart().session() as session:
        return in_words(run.outline, run.today, viewer, session)


def in_words(outline: Outline, today: date, viewer: Viewer, session: Session) -> Asked:
    """Periods are counted from the local day `today`."""
    known = replace(outline, sections=[each for each in outline.sections if each.analysis in ANALYSES])
    return Asked(
        period=period_in_words(outline, today, session) if has_period(outline) else "",
        filters=shared_filters(known, session, viewer),
        sections=[told_section(each, outline, today, viewer, session) for each in outline.sections],
    )


def told_section(
    section: SectionOutline, outline: Outline, today: date, viewer: Viewer, session: Session
) -> ToldSection:
    if section.analysis not in ANALYSES:
        return ToldSection(f"{section.heading or section.analysis} (a question the shop no longer has)", (), "")
    params = section.question.Params
    own = spoken(params.filters, as_lists(section), session, viewer)
    if TIMED in section.params:
        timed = replace(outline, period=str(section.params[TIMED]))
        own = [("Period", period_in_words(timed, today, session)), *own]
    query = {**section.query(outline), **fixed(section, outline, today, session)}
    address = address_of(f"{section.analysis}?{urlencode(query, doseq=True)}".rstrip("?"))
    return ToldSection(section.title, own, address if viewer.may(section.question.permission) else "")


def as_lists(section: SectionOutline) -> dict[str, object]:
    return dict(as_query(section.params))


def fixed(section: SectionOutline, outline: Outline, today: date, session: Session) -> dict[str, list[str]]:
    """The section's period as days, so that its page shows later what the run showed."""
    text = str(section.params.get(TIMED) or outline.period)
    if not section.question.Params.has_period or text == "all":
        return {}
    try:
        period = resolve(text, today=today)
    except InvalidPeriod:
        return {}
    return {TIMED: [f"{period.start}/{period.end}"]}


@dataclass(frozen=True)
class ToldMail:
    send_number: int
    name: str
    address: str
    state: str
    state_class: str
    tries: int
    words: str
    delivery: Delivery
    link: str


def told_mail(delivery: Delivery) -> ToldMail:
    return ToldMail(
        send_number=delivery.send_number,
        name=name_of(delivery.person) if delivery.person else "",
        address=delivery.address,
        state=delivery.get_state_display(),
        state_class=CLASSES.get(Delivery.State(delivery.state), "soft"),
        tries=delivery.attempts,
        words=said(delivery),
        delivery=delivery,
        link=reverse("admin:outbox_delivery_change", args=[delivery.pk]),
    )


def said(delivery: Delivery) -> str:
    """The server's words, and when it is tried again."""
    words = [delivery.words]
    if delivery.state in Delivery.WAITING and delivery.attempts:
        words.append(f"Tried again at {timezone.localtime(delivery.next_try_at):%H:%M}.")
    if delivery.may_have_doubled:
        words.append("It may have come twice.")
    return " ".join(word for word in words if word)
