"""Giving a mail to the mail server, and what its answer means."""

from __future__ import annotations

import logging
import smtplib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)

TOO_LARGE = 552  # said to MAIL FROM, but about this mail

# Four hundred mails to a server that lets us wait would keep the workers from all else for an hour: so, after waiting
# LONG for it in vain, this process leaves it alone for REST. Both in seconds.
LONG, REST = 5.0, 60.0
_resting_until = 0.0


class NotSent(Exception):
    """The server did not say yes. The message is the server's words, or ours where it said nothing."""


class Refused(NotSent):
    """It never will take this mail for this recipient."""


class Postponed(NotSent):
    """Not now: it does not have the mail, and may take it later."""


class Unanswered(NotSent):
    """The line broke before the answer: it may have the mail."""


@contextmanager
def open_line() -> Iterator[BaseEmailBackend]:
    """A connection to the mail server, signed in. Raises Postponed where there is none to be had.

    Whatever goes wrong at the end has no say: the mail is taken or refused by then.
    """
    line, started = get_connection(), time.monotonic()
    try:
        try:
            line.open()
        except OSError as error:  # smtplib's errors are such too
            rest_if_long(time.monotonic() - started)
            raise Postponed(said(error)) from error
        yield line
    finally:
        take_leave(line)


def is_resting() -> bool:
    """Whether the mail server let us wait in vain a moment ago."""
    return time.monotonic() < _resting_until


def rest_if_long(waited: float) -> None:
    global _resting_until
    if waited > LONG:
        _resting_until = time.monotonic() + REST


def take_leave(line: BaseEmailBackend) -> None:
    try:
        line.close()
    except OSError as error:
        logger.info("The mail server did not take leave: %s", error)


def send(mail: EmailMessage, line: BaseEmailBackend) -> None:
    """Returns when the server has said yes; else raises one of NotSent."""
    try:
        line.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as error:
        [(code, words)] = error.recipients.values()
        raise no(code, words) from error
    except smtplib.SMTPSenderRefused as error:
        # Mostly about our own address, not the recipient's: somebody can put that right.
        raise no(error.smtp_code, error.smtp_error, is_about_us=error.smtp_code != TOO_LARGE) from error
    except smtplib.SMTPDataError as error:
        raise no(error.smtp_code, error.smtp_error) from error
    except OSError as error:
        raise broken_off(line, said(error)) from error
    except Exception as error:
        logger.exception("A mail could not be given to the server.")
        raise broken_off(
            line, "The mail could not be given to the server. The fault is ours; the log tells."
        ) from error


def no(code: int, words: bytes | str, *, is_about_us: bool = False) -> NotSent:
    """What the server's no means. 5xx is for ever, but what it says about us is not about this mail."""
    is_final = 500 <= code < 600 and not is_about_us
    return (Refused if is_final else Postponed)(quoted(code, words))


def broken_off(line: BaseEmailBackend, words: str) -> NotSent:
    """There was no answer. A backend that cannot tell how far it came counts as having handed the mail over."""
    return (Unanswered if getattr(line, "may_have_arrived", True) else Postponed)(words)


def said(error: OSError) -> str:
    """What went wrong with the connection, for people."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"The mail server refused our sign-in: {quoted(error.smtp_code, error.smtp_error)}"
        case smtplib.SMTPResponseException():
            return quoted(error.smtp_code, error.smtp_error)
        case smtplib.SMTPServerDisconnected():
            return f"The mail server broke off: {error}"
        case TimeoutError():
            return "The mail server did not answer in time."
        case ConnectionRefusedError():
            return "No mail server answers there: the connection was refused."
        case socket.gaierror():
            return f"The mail server's name is not known: {error.strerror}"
    return f"No connection to the mail server: {error}"


def quoted(code: int, words: bytes | str) -> str:
    """`550 5.1.1 No such user`"""
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"
