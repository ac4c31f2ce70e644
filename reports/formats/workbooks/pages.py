"""What all sheets of a report's workbook share: names that Excel takes, and how they are printed."""

from __future__ import annotations

import re

from django.conf import settings
from xlsxwriter.worksheet import Worksheet

from analytics.formats import text
from reports.documents import Document

LONGEST_NAME = 31  # UTF-16 units, as Excel counts
RESERVED = ("History",)
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
IN_HEADER = 110  # of the 255 units a header holds, for each of its two texts
# An ampersand begins a code and is doubled to be one. Before `G` or `[` a code that changes nothing stands between:
# the library would take "D&&G" for a picture's place.
AMPERSAND = re.compile(r"&(?=([G\[]?))")
NO_CODE = '&"-,Regular"'


class Names:
    """Gives out sheet names: short, without what Excel refuses, and no two alike whatever their case."""

    def __init__(self) -> None:
        self.taken = {name.casefold() for name in RESERVED}

    def new(self, wanted: str, *, ending: str = "") -> str:
        """`wanted` as a name: `Sales`, `Sales (2)`; cut so that `ending` and number stay whole."""
        plain, count = cleaned(wanted), 1
        while (name := numbered(plain, ending, count)).casefold() in self.taken:
            count += 1
        self.taken.add(name.casefold())
        return name


def cleaned(wanted: str) -> str:
    """Without forbidden and unprintable characters, or apostrophes at its ends; never empty."""
    printable = "".join(letter if letter.isprintable() else " " for letter in FORBIDDEN.sub(" ", wanted))
    return " ".join(printable.split()).strip("' ") or "Section"


def numbered(plain: str, ending: str, count: int) -> str:
    whole = f"{ending} ({count})" if count > 1 else ending
    room = LONGEST_NAME - len(whole)
    short = plain if units(plain) <= room else cut(plain, room - 1).rstrip("' ") + "…"
    return short + whole


def set_page(sheet: Worksheet, document: Document, heading: str = "") -> None:
    """One page wide unless the table asks for more; titles above, below the shop, the moment and the page's number."""
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.8)
    sheet.set_header(f"&L{in_header(document.title)}&R{in_header(heading)}")
    said = f"{settings.SHOP_NAME}, as of {text.moment(document.as_of)}"
    sheet.set_footer(f"&L{in_header(said)}&RPage &P of &N")


def in_header(words: str) -> str:
    """`words` on one line, coded for a header, as much of them as fits."""
    kept = cut(" ".join(words.split()), IN_HEADER)
    while units(coded(kept)) > IN_HEADER:
        kept = kept[:-1]
    return coded(kept)


def coded(words: str) -> str:
    return AMPERSAND.sub(lambda found: f"&&{NO_CODE}" if found[1] else "&&", words)


def units(words: str) -> int:
    """How long Excel finds `words`."""
    return len(words.encode("utf-16-le", "replace")) // 2


def cut(words: str, most: int) -> str:
    """The first `most` of them; a letter that would be halved is left out."""
    return words.encode("utf-16-le", "replace")[: 2 * most].decode("utf-16-le", "ignore")
