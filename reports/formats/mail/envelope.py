"""A letter as a mail: a plain text, the same as HTML with its picture inside, and room for attachments."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from email.charset import QP, Charset
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from lacelux.lib import palette
from reports.formats.mail.letter import Figure, Letter, Table
from reports.formats.mail.words import columns, cut, line, web, wrapped

FONT = "Inter,-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
# Those of the pages, `assets/css/lacelux.css`; a test keeps them alike.
LIGHT: Mapping[str, str] = {
    "accent": palette.ACCENT, "ink": palette.INK, "soft": palette.INK_SOFT, "line": palette.LINE,
    "ground": palette.CARD_SOFT, "card": palette.CARD, "good": palette.GOOD, "bad": palette.BAD,
}  # fmt: skip
DARK: Mapping[str, str] = {
    "accent": "#dd89a3", "ink": "#f4f0eb", "soft": "#b3aaa0", "line": "#38322d",
    "ground": "#1e1a17", "card": "#24201c", "good": "#7fcca6", "bad": "#f2958d",
}  # fmt: skip
MOST_CELL = 24  # of a table in plain text
MOST_PREVIEW = 140
SEVEN_BIT = Charset("utf-8")  # lines of 76 characters of ASCII: no server on the way has to write them anew
SEVEN_BIT.body_encoding = QP


@dataclass(frozen=True)
class Link:
    """A file that is not attached: `Weekly review.pdf`, `12 MB`, where it is, and until when: `9 Dec 2026`."""

    name: str
    size_words: str
    address: str
    until_words: str


class ReportMail(EmailMultiAlternatives):
    """A mail whose HTML holds a picture: mixed(alternative(text, related(html, picture)), attachments …).

    Attachments of any type arrive byte for byte; Django would write texts anew.
    """

    encoding: Any = SEVEN_BIT
    picture: bytes = b""

    def message(self, **policy: Any) -> Any:
        whole: Message = super().message(**policy)
        if self.picture:
            alternatives = next(part for part in whole.walk() if part.get_content_type() == "multipart/alternative")
            *others, html = parts(alternatives)
            alternatives.set_payload([*others, related(html, self.picture)])
        return whole

    def _create_attachment(self, filename: str | None, content: str | bytes, mimetype: str | None = None) -> MIMEBase:
        data = content.encode() if isinstance(content, str) else content
        made: MIMEBase = super()._create_attachment(filename, data, "application/octet-stream")  # type: ignore[misc]
        made.set_type(mimetype or "application/octet-stream")
        if made.get_content_maintype() == "text":
            made.set_param("charset", "utf-8")
        return made


def parts(whole: Message) -> list[Any]:
    found = whole.get_payload()
    return found if isinstance(found, list) else []


def related(html: Message, picture: bytes) -> MIMEMultipart:
    """The HTML with the picture that it shows."""
    image = MIMEImage(picture, "png")
    image["Content-ID"] = f"<{content_id(picture)}>"
    image.add_header("Content-Disposition", "inline", filename="chart.png")
    return MIMEMultipart("related", None, [html, image], type="text/html")


def content_id(picture: bytes) -> str:
    """The same for the same picture, so that a mail sent twice is the same mail."""
    return f"{hashlib.sha256(picture).hexdigest()[:32]}@picture" if picture else ""


def message(
    letter: Letter, *, links: Sequence[Link] = (), attached: Sequence[str] = (), note: str = "", reason: str = ""
) -> ReportMail:
    """The mail of a letter, without recipients and attachments: `attached` names those that the caller adds.

    `note` stands at its top (`This is a test.`), `reason` at its end (`You get this because …`).
    """
    facts = {
        "letter": letter,
        "address": web(letter.address),
        "links": [replace(each, name=line(each.name), address=web(each.address)) for each in links],
        "attached": [line(name) for name in attached],
        "note": line(note),
        "reason": line(reason),
        "preview": preview(letter),
    }
    look = {"light": LIGHT, "dark": DARK, "font": FONT, "picture_id": content_id(letter.picture)}
    tables = {"figure_lines": figure_lines(letter.figures), "table_lines": table_lines(letter.table)}
    mail = ReportMail(letter.subject, wrapped(render_to_string("reports/mail.txt", {**facts, **tables})))
    mail.attach_alternative(render_to_string("reports/mail.html", {**facts, **look}), "text/html")
    mail.picture = letter.picture
    return mail


def preview(letter: Letter) -> str:
    """What a list of mails shows beside the subject: what the subject does not say yet."""
    sentences = [sentence for said in letter.insights for sentence in said.sentences]
    figures = [f"{figure.label} {figure.value}" for figure in letter.figures[1:5]]
    return cut(" · ".join(figures) or " ".join(sentences) or letter.description, MOST_PREVIEW)


def figure_lines(figures: Sequence[Figure]) -> list[str]:
    rows = [(figure.label, figure.value, figure.change) for figure in figures]
    return columns(rows, (False, True, True)) if rows else []


def table_lines(table: Table | None) -> list[str]:
    if table is None:
        return []
    return columns([[cut(cell, MOST_CELL) for cell in row] for row in (table.heads, *table.rows)], table.numbers)
