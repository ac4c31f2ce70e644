"""The mail: the short form of a Document. Its figures, one picture, what they say, and the way to the report.

`write` keeps it as JSON beside the other files of a run, so that a retry sends the same mail; `message` makes the mail
of it, without recipients and attachments: these are the caller's.
"""

from __future__ import annotations

import json
from typing import IO

from reports.documents import Document
from reports.formats.mail.envelope import Link, ReportMail, message
from reports.formats.mail.letter import Figure, Letter, Said, Table
from reports.formats.mail.short import letter

__all__ = ["Figure", "Letter", "Link", "ReportMail", "Said", "Table", "letter", "message", "read", "write"]


def write(document: Document, target: IO[bytes]) -> None:
    target.write(json.dumps(letter(document).as_json(), ensure_ascii=False, sort_keys=True).encode())


def read(data: bytes) -> Letter:
    """What `write` wrote."""
    return Letter.of_json(json.loads(data))
