"""Where mail goes: to an SMTP server, or into a folder where there is none."""

from __future__ import annotations

import glob
import os
import re
import smtplib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class SmtpBackend(smtp.EmailBackend):
    """Django's, which besides tells whether the server may have the mail although no answer came."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return SmtpsLine if self.use_ssl else SmtpLine

    @property
    def may_have_arrived(self) -> bool:
        return isinstance(self.connection, Noting) and self.connection.has_said_all


class Noting(smtplib.SMTP):
    """An SMTP connection that notes when all of a mail is on its way: from then on it may arrive without our learning
    of it. What was said in part does not count for the server.
    """

    has_said_all = False

    def send(self, s: Any) -> None:
        super().send(s)
        self.has_said_all = self.has_said_all or isinstance(s, bytes)  # commands are text, the mail is bytes


class SmtpLine(Noting):
    pass


class SmtpsLine(Noting, smtplib.SMTP_SSL):
    pass


class FolderBackend(BaseEmailBackend):
    """Each mail is one file under settings.EMAIL_FILE_PATH, which any mail program opens.

    It is there whole or not at all, and the same Message-ID writes over its own file.
    """

    may_have_arrived = False

    def __init__(self, fail_silently: bool = False, file_path: str | None = None, **_: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self.folder = Path(file_path or settings.EMAIL_FILE_PATH)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        written = 0
        for message in email_messages:
            if message.recipients():
                self._write(message.message())
                written += 1
        return written

    def _write(self, message: Any) -> None:
        name = re.sub(r"[^\w.-]", "_", str(message["Message-ID"]).strip("<>").rpartition("@")[0])
        earlier = sorted(self.folder.glob(f"????????-??????-{glob.escape(name)}.eml"))
        path = earlier[0] if earlier else self.folder / f"{timezone.localtime():%Y%m%d-%H%M%S}-{name}.eml"
        unfinished = self.folder / f".{name}"
        with unfinished.open("wb") as file:
            file.write(message.as_bytes(linesep="\r\n"))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
