"""A mail taken apart, for a page that shows it as its reader gets it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message

PLUMBING = {"content-type", "content-transfer-encoding", "mime-version"}


@dataclass(frozen=True)
class Attachment:
    name: str
    content_type: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True)
class Reading:
    """`html` carries its pictures in itself, so that it can be shown without asking anybody for anything."""

    headers: Sequence[tuple[str, str]]
    text: str
    html: str
    attachments: Sequence[Attachment]


def read(message: Message) -> Reading:
    parts = list(leaves(message))
    attached = [part for part in parts if part.get_content_disposition() == "attachment"]
    shown = [part for part in parts if part.get_content_disposition() != "attachment"]
    return Reading(
        headers=[
            (name, str(make_header(decode_header(str(value)))))
            for name, value in message.items()
            if name.lower() not in PLUMBING
        ],
        text=first_text(shown, "text/plain"),
        html=with_pictures(first_text(shown, "text/html"), shown),
        attachments=[
            Attachment(part.get_filename() or "unnamed", part.get_content_type(), content_of(part)) for part in attached
        ],
    )


def leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in their order."""
    return (part for part in message.walk() if not part.is_multipart())


def content_of(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def first_text(parts: Sequence[Message], content_type: str) -> str:
    for part in parts:
        if part.get_content_type() == content_type:
            return content_of(part).decode(part.get_content_charset() or "utf-8", errors="replace")
    return ""


def with_pictures(html: str, parts: Sequence[Message]) -> str:
    """`html` with each picture of the mail in the place where it is named."""
    for part in parts:
        name = str(part.get("Content-ID", "")).strip("<> ")
        if name and part.get_content_maintype() == "image":
            data = base64.b64encode(content_of(part)).decode()
            html = html.replace(f"cid:{name}", f"data:{part.get_content_type()};base64,{data}")
    return html
