"""What pages and mails say, without markup."""

import re
from html import unescape
from typing import Any


def text_of(answer: Any) -> str:
    """The text of a page's own part; of the whole answer where it is a piece of a page."""
    whole = answer.content.decode()
    own = whole.partition('id="content"')[2] or whole
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", own)))


def plain_of(mail: Any) -> str:
    """The plain text of a mail, as it was sent."""
    plain = next(part for part in mail.message().walk() if part.get_content_type() == "text/plain")
    return str(plain.get_payload(decode=True).decode())
