"""Texts for mails: on one line, cut at a word, wrapped, in columns."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from urllib.parse import urlsplit

WIDTH = 76  # of a plain text
GAP = "  "  # between columns; a line that has it inside stands as it is
BULLET = "- "


def line(text: str) -> str:
    """`text` on one line: line ends, control characters and marks that turn the writing round are blanks."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def lines(text: str) -> str:
    """… with its own line ends kept."""
    return "\n".join(line(each) for each in text.strip().splitlines())


def cut(text: str, most: int) -> str:
    """At most so many characters, cut at a word where one ends in the second half."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    if not text[most - 1].isspace():
        whole = kept.rpartition(" ")[0]
        kept = whole if len(whole) >= most // 2 else kept
    return f"{kept.rstrip(' ,.;:–-')}…"


def web(address: str) -> str:
    """The address where it is one of the web; nothing else is a link."""
    try:
        found = urlsplit(line(address))
    except ValueError:  # `http://[`
        return ""
    return found.geturl() if found.scheme in ("http", "https") and found.netloc else ""


def columns(rows: Sequence[Sequence[str]], numbers: Sequence[bool]) -> list[str]:
    """Rows with their cells below each other, figures to the right."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    placed = (
        [cell.rjust(width) if is_number else cell.ljust(width) for cell, width, is_number in row]
        for row in (zip(row, widths, numbers, strict=True) for row in rows)
    )
    return [GAP.join(cells).rstrip() for cells in placed]


def wrapped(text: str) -> str:
    """Long lines folded; tables and addresses stand as they are, and blank lines never come in twos."""
    folded: list[str] = []
    for each in text.splitlines():
        each = each.rstrip()
        if each or (folded and folded[-1]):
            folded += [each] if stands(each) else fold(each)
    return "\n".join(folded).strip() + "\n"


def stands(text: str) -> bool:
    return len(text) <= WIDTH or GAP in text.strip() or "://" in text


def fold(text: str) -> list[str]:
    hanging = GAP if text.startswith(BULLET) else ""
    return textwrap.wrap(text, WIDTH, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False)
