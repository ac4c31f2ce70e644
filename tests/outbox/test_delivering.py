"""One mail and the mail server: what is sent, what is tried again, what is given up, and what people read about it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.utils import timezone
from post_office import PostOffice
from pytest_django import Settings
from writers import Notes

from lacelux.lib import nudging
from lacelux.outbox import delivering
from lacelux.outbox.delivering import deliver
from lacelux.outbox.letters import UnknownLetters
from lacelux.outbox.models import Delivery
from lacelux.outbox.services import NotNow, due_ids, post, try_again
from tests.outbox.conftest import Post, delivered, is_at_rest

pytestmark = pytest.mark.django_db
DueAgain = Callable[[Delivery], None]


# --- Posting ------------------------------------------------------------------------------------------------------


def test_a_mail_is_posted_once_however_often_it_is_asked_for(posted: Post) -> None:
    about = uuid.uuid4()
    first = posted("anna@example.com", reference=about)
    assert posted(" Anna@Example.com ", reference=about) == first
    others = {posted("anna@example.com", reference=about, send_number=2), posted("berta@example.com", reference=about)}
    assert Delivery.objects.count() == 3
    assert len({mail.message_id for mail in {first, *others}}) == 3


def test_the_message_id_says_what_the_mail_is_and_never_changes(posted: Post, settings: Settings) -> None:
    about = uuid.UUID("6d8f3c6e-1f0b-4a58-9d0c-000000000001")
    mail = posted("Anna@Example.com", reference=about, send_number=2)
    # sha256("note\n6d8f3c6e-1f0b-4a58-9d0c-000000000001\nanna@example.com\n2"), 32 digits of it
    assert mail.message_id == "<2ec360ed9bc2d14c62a0ec4a69de8dcf@lace-luxx.test>"


def test_letters_that_nobody_writes_cannot_be_posted() -> None:
    with pytest.raises(UnknownLetters, match="'receipt'"):
        post(kind="receipt", reference=uuid.uuid4(), address="anna@example.com", person=None)


def test_a_worker_is_told_after_the_commit_and_once(
    posted: Post, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    told = []
    monkeypatch.setattr(nudging, "_tell", lambda task, args: told.append((task.name, args)))
    about = uuid.uuid4()
    with django_capture_on_commit_callbacks(execute=True):
        mail = posted(reference=about)
        posted(reference=about)
        assert told == []
    assert told == [("lacelux.outbox.tasks.deliver", (mail.pk,))]


# --- Sending ------------------------------------------------------------------------------------------------------


def test_a_mail_is_sent_and_its_writer_told(posted: Post, post_office: PostOffice, writer: type[Notes]) -> None:
    mail = delivered(posted("anna@example.com"))
    assert (mail.state, mail.subject, mail.words, mail.attempts, mail.failures) == ("sent", writer.subject, "", 1, 0)
    assert is_at_rest(mail)
    assert not mail.may_have_doubled
    [accepted] = post_office.accepted
    assert (accepted.sender, accepted.recipients) == ("office@lace-luxx.test", ("anna@example.com",))
    assert accepted.message_id == mail.message_id
    assert writer.told == [("anna@example.com", "sent")]


def test_what_is_sent_is_not_sent_again(posted: Post, post_office: PostOffice) -> None:
    mail = delivered(posted())
    deliver(mail.pk)
    assert due_ids(timezone.now() + timedelta(days=30), 10) == []
    with pytest.raises(NotNow):
        try_again(delivery=mail)
    assert len(post_office.accepted) == 1


def test_a_retry_is_the_same_to_the_byte(
    posted: Post, post_office: PostOffice, due_again: DueAgain, clock: time_machine.Traveller
) -> None:
    mail = posted()
    post_office.hangs_up_at = "ACCEPTED"
    delivered(mail)
    post_office.hangs_up_at = ""
    clock.shift(timedelta(hours=3))
    assert delivered(mail).state == "sent"
    first, second = post_office.accepted
    assert first.content == second.content
    assert first.message["Date"] == "Wed, 11 Mar 2026 12:00:00 -0400"
    assert first.message["Auto-Submitted"] == "auto-generated"
    assert first.message["X-Shop"] == "yes"


def test_an_error_of_the_writer_when_told_takes_nothing_back(
    posted: Post, post_office: PostOffice, writer: type[Notes], caplog: pytest.LogCaptureFixture
) -> None:
    writer.fails_when_told = True
    assert delivered(posted()).state == "sent"
    assert "failed to note its end" in caplog.text


def test_a_mail_that_was_taken_is_noted_even_where_the_database_was_away_for_a_moment(
    posted: Post, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, tries = delivering._note_sent, []

    def note_at_the_third_try(*args: object) -> None:
        tries.append(args)
        if len(tries) < 3:
            raise OperationalError("the server closed the connection")
        note(*args)

    monkeypatch.setattr(delivering, "_note_sent", note_at_the_third_try)
    monkeypatch.setattr(delivering, "PATIENCE", (0, 0, 0))
    monkeypatch.setattr(delivering.connection, "close", lambda: None)  # this test's own transaction
    assert delivered(posted()).state == "sent"
    assert len(tries) == 3


def test_a_server_that_takes_the_mail_and_says_no_good_bye_has_taken_it(posted: Post, post_office: PostOffice) -> None:
    async def hang_up(server: object, *_: object) -> str:
        server.transport.abort()  # type: ignore[attr-defined]
        return "221 Bye"

    post_office.handle_QUIT = hang_up  # type: ignore[attr-defined]
    assert delivered(posted()).state == "sent"
    assert len(post_office.accepted) == 1


# --- The mail itself ----------------------------------------------------------------------------------------------


def test_a_mail_may_be_withheld(posted: Post, post_office: PostOffice, writer: type[Notes]) -> None:
    writer.withheld["anna@example.com"] = "Anna no longer works here."
    mail = delivered(posted())
    assert (mail.state, mail.words) == ("withheld", "Anna no longer works here.")
    assert is_at_rest(mail)
    assert writer.told == [("anna@example.com", "withheld")]
    assert post_office.accepted == []


def test_what_cannot_be_written_is_tried_again_and_the_log_tells_why(
    posted: Post, post_office: PostOffice, writer: type[Notes], due_again: DueAgain, caplog: pytest.LogCaptureFixture
) -> None:
    writer.broken = True
    mail = delivered(posted())
    assert (mail.state, mail.failures) == ("queued", 1)
    assert mail.words == "The mail could not be written or handed over. The fault is ours; the log tells more."
    assert "the pen leaks" in caplog.text
    writer.broken = False
    due_again(mail)
    assert delivered(mail).state == "sent"


def test_what_is_no_address_is_refused(posted: Post, post_office: PostOffice) -> None:
    mail = delivered(posted("anna@example.com\nBcc: everybody@example.com"))
    assert mail.state == "refused"
    assert "is no e-mail address" in mail.words
    assert post_office.accepted == []


def test_a_subject_cannot_begin_another_header(
    posted: Post, post_office: PostOffice, writer: type[Notes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "subject", "Sold:\r\nBcc: everybody@example.com\n\n\x00<script>\u2028 – five")
    mail = delivered(posted())
    [accepted] = post_office.accepted
    assert mail.subject == "Sold: Bcc: everybody@example.com <script> – five"
    assert accepted.message["Bcc"] is None
    assert accepted.recipients == ("anna@example.com",)


# --- Dying ----------------------------------------------------------------------------------------------------------


def dead_since(delivery: Delivery, moment: datetime, **noted: object) -> None:
    """As a worker leaves it that dies, its lease over at `moment`."""
    Delivery.objects.filter(pk=delivery.pk).update(
        state="sending", claim=uuid.uuid4(), lease_until=moment, attempts=1, **noted
    )  # fmt: skip


def test_a_worker_that_died_before_handing_over_is_forgotten(posted: Post, clock: time_machine.Traveller) -> None:
    mail, now = posted(), timezone.now()
    dead_since(mail, now + timedelta(seconds=1))
    assert due_ids(now, 10) == []
    assert due_ids(now + timedelta(seconds=2), 10) == [mail.pk]
    mail.refresh_from_db()
    assert (mail.state, mail.failures, mail.words) == ("queued", 0, "")


def test_a_worker_that_died_handing_over_leaves_a_doubt_and_the_mail_is_sent_at_once(
    posted: Post, post_office: PostOffice
) -> None:
    mail, now = posted(), timezone.now()
    dead_since(mail, now - timedelta(seconds=1), offered_at=now)
    assert due_ids(now, 10) == [mail.pk]
    mail.refresh_from_db()
    assert (mail.get_state_display(), mail.failures) == ("Not known yet", 0)
    assert "may have arrived" in mail.words
    assert delivered(mail).state == "sent"
    assert mail.may_have_doubled


def test_a_letter_that_kills_whoever_writes_it_does_not_do_so_for_ever(
    posted: Post, post_office: PostOffice, writer: type[Notes]
) -> None:
    mail = posted()
    dead_since(mail, timezone.now() - timedelta(seconds=1))
    Delivery.objects.update(attempts=delivering.MOST_ATTEMPTS)
    assert (delivered(mail).state, mail.words) == ("refused", "Gave up after 20 interrupted tries.")
    assert writer.told == [("anna@example.com", "refused")]
    assert post_office.accepted == []


def test_a_late_yes_counts_though_the_lease_was_lost(
    posted: Post, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was stopped for a minute hands over, and the sweep has put the mail back meanwhile."""
    mail, real = posted(), delivering.send

    def send_slowly(*args: Any) -> None:
        real(*args)
        Delivery.objects.update(state="unknown", claim=None, lease_until=None)

    monkeypatch.setattr(delivering, "send", send_slowly)
    assert delivered(mail).state == "sent"
    assert not mail.may_have_doubled
    deliver(mail.pk)
    assert len(post_office.accepted) == 1


def test_two_yeses_are_noted_as_such(posted: Post, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """… and another has sent it meanwhile."""
    mail, real = posted(), delivering.send

    def send_slowly(*args: Any) -> None:
        monkeypatch.setattr(delivering, "send", real)
        Delivery.objects.update(state="unknown", claim=None, lease_until=None)
        deliver(mail.pk)
        real(*args)

    monkeypatch.setattr(delivering, "send", send_slowly)
    assert delivered(mail).state == "sent"
    assert mail.may_have_doubled
    assert post_office.message_ids == {mail.message_id: 2}


def test_who_lost_the_mail_while_writing_it_does_not_hand_it_over(
    posted: Post, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = delivering.write

    def write_slowly(delivery: Delivery) -> Any:
        Delivery.objects.update(claim=uuid.uuid4())
        return real(delivery)

    monkeypatch.setattr(delivering, "write", write_slowly)
    assert delivered(posted()).state == "sending"  # another's
    assert post_office.accepted == []


# --- By hand --------------------------------------------------------------------------------------------------------


def test_trying_again_by_hand_begins_anew_under_the_same_message_id(
    posted: Post, post_office: PostOffice, writer: type[Notes]
) -> None:
    post_office.answers["RCPT"] = ["550 Mailbox full"]
    mail = delivered(posted())
    before = mail.message_id
    try_again(delivery=mail)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.failures, mail.settled_at) == ("queued", 0, 0, None)
    assert delivered(mail).state == "sent"
    assert (mail.message_id, mail.send_number) == (before, 1)
    assert writer.told == [("anna@example.com", "refused"), ("anna@example.com", "sent")]


def test_the_longest_due_come_first_and_no_more_than_asked_for(posted: Post, clock: time_machine.Traveller) -> None:
    mails = []
    for _ in range(3):
        mails.append(posted(f"{uuid.uuid4()}@example.com"))
        clock.shift(timedelta(minutes=1))
    Delivery.objects.filter(pk=mails[0].pk).update(next_try_at=timezone.now())
    assert due_ids(timezone.now(), 2) == [mails[1].pk, mails[2].pk]
