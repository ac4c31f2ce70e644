"""What the outbox puts on every letter, and a mail taken apart again."""

from __future__ import annotations

import base64
from email.message import Message

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from writers import PIXEL, Notes

from lacelux.outbox.models import Delivery
from lacelux.outbox.reading import read
from lacelux.outbox.sealing import one_line, seal


@pytest.fixture
def delivery(clock: object) -> Delivery:
    return Delivery(
        kind="note", address="anna@example.com", message_id="<abc@lace-luxx.test>", created_at=timezone.now()
    )


def sealed(letter: EmailMultiAlternatives, delivery: Delivery) -> Message:
    message: Message = seal(letter, delivery).message()
    return message


def test_recipients_and_headers_are_the_outboxs(delivery: Delivery) -> None:
    letter = EmailMultiAlternatives(
        "Hi", "Hello", to=["eve@example.com"], cc=["eve@example.com"], bcc=["eve@example.com"],
        headers={"message-id": "<other@example.com>", "Date": "yesterday", "X-Kept": "yes"},
    )  # fmt: skip
    ready = seal(letter, delivery)
    assert ready.recipients() == ["anna@example.com"]
    message = ready.message()
    assert message.get_all("Message-ID") == ["<abc@lace-luxx.test>"]
    assert message.get_all("Date") == ["Wed, 11 Mar 2026 12:00:00 -0400"]
    assert (message["To"], message["Cc"], message["X-Kept"]) == ("anna@example.com", None, "yes")


def test_the_same_letter_has_the_same_bytes(delivery: Delivery) -> None:
    first, second = (sealed(Notes().compose(delivery), delivery).as_bytes() for _ in range(2))
    assert first == second
    boundaries = [part.get_boundary() for part in sealed(Notes().compose(delivery), delivery).walk()]
    assert [boundary for boundary in boundaries if boundary] == ["=_abc.0", "=_abc.1"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Sold\r\nBcc: all@example.com", "Sold Bcc: all@example.com"),
        ("a\x00b\x0bc\x85d\u2028e\u2029f", "a b c d e f"),
        ("  two  words \n", "two words"),
        ("Größe 38 – 👩‍👧 €", "Größe 38 – 👩‍👧 €"),
    ],
)
def test_a_subject_is_one_line(text: str, line: str) -> None:
    assert one_line(text) == line


def test_a_header_of_the_writer_with_a_line_end_is_refused(delivery: Delivery) -> None:
    letter = EmailMultiAlternatives("Hi", "Hello", headers={"X-Shop": "yes\nBcc: all@example.com"})
    with pytest.raises(ValueError, match="newline"):
        seal(letter, delivery)


def test_a_mail_is_read_with_its_pictures_in_place_and_its_files_beside(delivery: Delivery) -> None:
    reading = read(sealed(Notes().compose(delivery), delivery))
    assert ("Subject", "What sold this week") in reading.headers
    assert reading.text == "Three bags – all black.\n"
    assert f'src="data:image/png;base64,{base64.b64encode(PIXEL).decode()}"' in reading.html
    [file] = reading.attachments
    assert (file.name, file.content_type, file.content) == (
        "week 9.csv",
        "text/csv",
        b"piece,price\nSpeedy 30,450.00\n",
    )


def test_a_mail_of_text_alone_is_read(delivery: Delivery) -> None:
    reading = read(sealed(EmailMultiAlternatives("Grüße", "Hello"), delivery))
    assert ("Subject", "Grüße") in reading.headers
    assert (reading.text, reading.html, reading.attachments) == ("Hello", "", [])
