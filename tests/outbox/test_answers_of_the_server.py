"""What the mail server may answer, or not answer, and what comes of it (bar B3)."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from post_office import PostOffice, free_port
from pytest_django import Settings
from writers import Notes

from lacelux.outbox import sending
from lacelux.outbox.delivering import deliver
from lacelux.outbox.models import Delivery
from lacelux.outbox.services import due_ids, try_again
from tests.outbox.conftest import Post, delivered, is_at_rest

pytestmark = pytest.mark.django_db
DueAgain = Callable[[Delivery], None]


# --- The server says no (bar B3) ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("point", "words"), [("RCPT", "550 5.1.1 No such user here"), ("DATA", "554 5.7.1 Looks like spam")]
)
def test_a_final_no_is_shown_in_the_servers_words(
    posted: Post, post_office: PostOffice, writer: type[Notes], point: str, words: str
) -> None:
    post_office.answers[point] = [words]
    mail = delivered(posted())
    assert (mail.state, mail.words, mail.failures, mail.offered_at) == ("refused", words, 0, None)
    assert is_at_rest(mail)
    assert writer.told == [("anna@example.com", "refused")]
    assert due_ids(timezone.now() + timedelta(days=30), 10) == []


def test_one_refused_recipient_holds_up_nobody(posted: Post, post_office: PostOffice) -> None:
    post_office.refuses["berta@example.com"] = "550 Unknown"
    mails = [delivered(posted(f"{name}@example.com")) for name in ("anna", "berta", "carla")]
    assert [mail.state for mail in mails] == ["sent", "refused", "sent"]
    assert post_office.recipients == ["anna@example.com", "carla@example.com"]


@pytest.mark.parametrize("point", ["MAIL", "RCPT", "DATA"])
def test_not_now_means_later(posted: Post, post_office: PostOffice, due_again: DueAgain, point: str) -> None:
    post_office.answers[point] = ["451 4.7.1 Greylisted"] * 2
    mail = delivered(posted())
    assert (mail.state, mail.words, mail.failures, mail.offered_at) == ("queued", "451 4.7.1 Greylisted", 1, None)
    deliver(mail.pk)  # not yet
    due_again(mail)
    assert delivered(mail).failures == 2
    due_again(mail)
    assert delivered(mail).state == "sent"
    assert (mail.words, mail.may_have_doubled, len(post_office.accepted)) == ("", False, 1)


def test_pauses_grow_and_the_fifth_no_is_the_last(
    posted: Post, post_office: PostOffice, writer: type[Notes], clock: time_machine.Traveller
) -> None:
    post_office.answers["RCPT"] = ["451 Later"] * 9
    mail = posted()
    pauses = []
    for _ in range(4):
        assert delivered(mail).state == "queued"
        pauses.append(mail.next_try_at - timezone.now())
        clock.shift(pauses[-1] - timedelta(seconds=1))
        assert due_ids(timezone.now(), 10) == []
        clock.shift(timedelta(seconds=1))
        assert due_ids(timezone.now(), 10) == [mail.pk]
    assert pauses == [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=4)]
    assert (delivered(mail).state, mail.failures, mail.words) == ("refused", 5, "451 Later")
    assert writer.told == [("anna@example.com", "refused")]


def test_a_no_to_our_own_address_is_ours_to_put_right(posted: Post, post_office: PostOffice) -> None:
    post_office.answers["MAIL"] = ["550 5.7.1 Sender not allowed"]
    mail = delivered(posted())
    assert (mail.state, mail.words) == ("queued", "550 5.7.1 Sender not allowed")


def test_a_mail_too_large_for_the_server_stays_so(posted: Post, post_office: PostOffice) -> None:
    post_office.answers["MAIL"] = ["552 5.3.4 Message too big"]
    assert delivered(posted()).state == "refused"


def test_a_refused_sign_in_is_ours_to_put_right(posted: Post, post_office: PostOffice, settings: Settings) -> None:
    post_office.lets_nobody_in = True
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "shop", "wrong"
    mail = delivered(posted())
    assert (mail.state, mail.failures) == ("queued", 1)
    assert mail.words.startswith("The mail server refused our sign-in: 535 ")


def test_no_server_at_all(posted: Post, post_office: PostOffice, settings: Settings) -> None:
    settings.EMAIL_PORT = free_port()
    mail = delivered(posted())
    assert (mail.state, mail.failures, mail.offered_at) == ("queued", 1, None)
    assert mail.words == "No mail server answers there: the connection was refused."


# --- The server says nothing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("manner", ["silent_at", "hangs_up_at"])
def test_a_line_that_breaks_before_the_mail_is_through_is_a_failure(
    posted: Post, post_office: PostOffice, settings: Settings, due_again: DueAgain, manner: str
) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    setattr(post_office, manner, "RCPT")
    mail = delivered(posted())
    assert (mail.state, mail.failures, mail.offered_at) == ("queued", 1, None)
    assert mail.words.startswith("The mail server broke off")
    setattr(post_office, manner, "")
    due_again(mail)
    assert delivered(mail).state == "sent"
    assert not mail.may_have_doubled


@pytest.mark.parametrize("manner", ["silent_at", "hangs_up_at"])
@pytest.mark.parametrize(("point", "arrivals"), [("DATA", 1), ("ACCEPTED", 2)])
def test_a_line_that_breaks_when_the_mail_is_through_leaves_a_doubt(
    posted: Post, post_office: PostOffice, settings: Settings, due_again: DueAgain,
    manner: str, point: str, arrivals: int,
) -> None:  # fmt: skip
    settings.EMAIL_TIMEOUT = 0.3
    setattr(post_office, manner, point)
    mail = delivered(posted())
    assert (mail.state, mail.failures) == ("unknown", 1)
    assert mail.words.endswith("It may have arrived all the same.")
    setattr(post_office, manner, "")
    due_again(mail)
    assert delivered(mail).state == "sent"
    assert mail.may_have_doubled
    assert post_office.message_ids == {mail.message_id: arrivals}


def test_a_doubt_outlives_what_the_server_says_to_a_later_try(
    posted: Post, post_office: PostOffice, due_again: DueAgain
) -> None:
    post_office.hangs_up_at = "ACCEPTED"
    mail = delivered(posted())
    post_office.hangs_up_at = ""
    for answer, state in (("451 Later", "unknown"), ("550 Gone", "refused")):
        post_office.answers["RCPT"] = [answer]
        due_again(mail)
        assert delivered(mail).state == state
        assert mail.words == f"{answer}. It may have arrived all the same."
    try_again(delivery=mail)
    assert delivered(mail).state == "sent"
    assert mail.may_have_doubled


def test_a_server_that_lets_us_wait_does_not_keep_the_workers_from_all_else(
    posted: Post, post_office: PostOffice, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LONG", 0.2)
    settings.EMAIL_TIMEOUT, right = 0.3, settings.EMAIL_PORT
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT = silent.getsockname()[1]
        first, second = delivered(posted("anna@example.com")), delivered(posted("berta@example.com"))
    assert [(mail.state, mail.failures, mail.attempts) for mail in (first, second)] == [
        ("queued", 1, 1),
        ("queued", 0, 0),  # left alone: it has not failed
    ]
    settings.EMAIL_PORT = right
    monkeypatch.setattr(sending, "_resting_until", 0.0)
    assert delivered(second).state == "sent"
