"""A document as a PDF: cover, parts with chart and table, and on each page where one is.

Python says every word, `report.typ` says how it looks; what is shown goes over as data and is never evaluated. The
same document gives the same bytes, and every PDF is tagged for screen readers (PDF/UA-1). Paper is US Letter for a
shop that counts in US dollars, A4 for all others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from analytics.base import Result
from analytics.charts import Tiles
from analytics.filterbar import span
from analytics.formats import text
from analytics.tables import Cell, cell, tiles
from lacelux.lib import palette
from reports.documents import NOBODY, Document, Part
from reports.formats.sheets import LONGEST_WORD, Room, breadth, pieces, sheet
from reports.formats.typesetting import typeset
from reports.pictures import caption, picture

MOST_ROWS = 5_000
LONG = 1_000  # rows from which on a table is not tagged: tags of 5,000 rows take fifteen times the room of their text
SHORT = 12  # rows up to which a table stays on one page
TEMPLATE = Path(__file__).with_name("report.typ")
FONTS = Path(settings.BASE_DIR) / "assets" / "fonts"
# What Inter cannot write is set in the first of these that can. DejaVu and the last come with matplotlib, so that
# nearly everything looks alike on every machine; the others are taken where a machine has them, because a customer's
# name must be readable before all machines give the same bytes. They are named, so that their order is ours; looking
# through a machine's fonts takes some ten milliseconds. The last has a box for every character there is: PDF/UA refuses
# a text without a glyph, and what is boxed can still be copied out.
FAMILIES = (
    "Inter", "DejaVu Sans", "Noto Sans KR", "Noto Sans CJK KR", "NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo",
    "Noto Sans JP", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic", "Noto Sans SC", "Noto Sans CJK SC", "PingFang SC",
    "Microsoft YaHei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Noto Sans Thai", "Noto Sans Devanagari",
    "Arial Unicode MS", "Noto Emoji", "Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji",
    "Last Resort High-Efficiency",
)  # fmt: skip
UPRIGHT, LETTER, A4 = 170.0, (215.9, 279.4), (210.0, 297.0)  # mm: the width of text on a page that stands, and papers
WIDE_MARGIN = 12.0  # mm, beside a page that lies across
POINT = 72 / 25.4  # points in a millimetre
RUNNING = 70  # letters of a title at the foot of each page
CARDS, CARD = 4, 97.5  # in a row; points of room for the figure on each
CARD_SIZE, LEAST_CARD_SIZE = 15.0, 13.0  # of its type
FILES = {"csv": "CSV", "xlsx": "Excel"}
TONES = ("up", "down", "zero")
# What nobody is meant to see, and PDF/UA refuses in part: control characters and the like.
UNSEEN = {**dict.fromkeys([*range(9), *range(11, 32), *range(127, 160), 0xFEFF, 0xFFFE, 0xFFFF]), 9: " "}
Told = dict[str, Any]


def write(document: Document, target: IO[bytes]) -> None:
    """The document as a PDF into `target`. At most 5,000 rows of a table are in it; a note says where the rest is."""
    data = json.dumps(told(document), ensure_ascii=False)
    target.write(typeset(TEMPLATE, data, families=FAMILIES, folders=(FONTS, bundled_fonts()), at=document.as_of))


@cache
def bundled_fonts() -> Path:
    """Those that come with matplotlib."""
    from matplotlib import get_data_path  # takes a while: only those who write wait for it

    return Path(get_data_path()) / "fonts" / "ttf"


def told(document: Document) -> Told:
    """All that the template is given."""
    title, shop = plain(document.title), plain(settings.SHOP_NAME)
    running = title if len(title) <= RUNNING else f"{title[:RUNNING].rstrip()}…"
    return {
        "title": title,
        "heading": pieces(title),
        "head": pieces(running),
        "foot": pieces(f"{shop} · {running}"),
        "description": plain(document.description),
        "about": [pieces(paragraph) for paragraph in paragraphs(document.description)],
        "shop": shop,
        "name": pieces(shop),
        "address": document.address,
        "period": span(document.period) if document.period else "",
        "facts": facts(document),
        "filters": [[plain(label), pieces(plain(value))] for label, value in document.filters],
        "parts": [told_part(part, document) for part in document.parts],
        "left_out": pieces(left_out(document.left_out)),
        "colours": colours(),
        "paper": paper(),
    }


def facts(document: Document) -> list[list[str]]:
    found = [
        ("Period", span(document.period) if document.period else ""),
        ("As of", text.moment(document.as_of)),
        ("Time zone", settings.SHOP_TIME_ZONE),
        ("Currency", settings.SHOP_CURRENCY),
    ]
    return [[label, value] for label, value in found if value]


def left_out(headings: Sequence[str]) -> str:
    """`Left out: “Profit” and “Customers”, which readers of this copy may not see.`"""
    named = [f"“{plain(heading)}”" for heading in headings]
    listed = " and ".join([part for part in (", ".join(named[:-1]), *named[-1:]) if part])
    return f"Left out: {listed}, which readers of this copy may not see." if named else ""


def colours() -> dict[str, str]:
    return {
        "accent": palette.ACCENT, "ink": palette.INK, "soft": palette.INK_SOFT, "line": palette.LINE,
        "good": palette.GOOD, "bad": palette.BAD, "ground": palette.CARD_SOFT,
    }  # fmt: skip


def paper() -> dict[str, float]:
    width, height = LETTER if settings.SHOP_CURRENCY == "USD" else A4
    return {"width": width, "height": height, "margin": (width - UPRIGHT) / 2, "wide_margin": WIDE_MARGIN}


# --- Parts ----------------------------------------------------------------------------------------------------------


def told_part(part: Part, document: Document) -> Told:
    result, is_blank = part.result, part.is_blank
    table = told_table(part) if part.shows_table and part.shown_columns and not is_blank else None
    is_wide = bool(table and table["is_wide"])
    said = [f"{plain(label)}: {plain(value)}" for label, value in part.filters]
    return {
        "heading": pieces(plain(part.heading)),
        "address": part.address,
        "about": pieces(" · ".join(filter(None, [plain(part.period), *said]))),
        "text": [pieces(paragraph) for paragraph in paragraphs(part.text)],
        "blank": part.nothing if is_blank else "",
        "insights": [] if is_blank else [pieces(plain(sentence)) for sentence in result.insights],
        "tiles": cards(result) if part.shows_chart and not is_blank else None,
        "chart": chart(part, is_wide) if part.shows_chart and not is_blank else None,
        "table": table,
        "is_wide": is_wide,
        "notes": [pieces(plain(note)) for note in [*shortened(part, document.formats, table), *result.notes]],
    }


def cards(result: Result) -> Told | None:
    """The figures of the shop as cards, four in a row or, where figures are long, three."""
    if not isinstance(result.chart, Tiles):
        return None
    previous = result.period.previous() if result.period else None
    found = tiles(result, address=nowhere, before=f"against {span(previous)}" if previous else "")
    widest = max((breadth(tile.value) for tile in found), default=1.0)
    count = CARDS if widest * LEAST_CARD_SIZE <= CARD else CARDS - 1
    size = min(CARD_SIZE, CARD * CARDS / count / widest)
    shown_cards = [[pieces(plain(t.label), LONGEST_WORD), plain(t.value), t.change, t.style, size] for t in found]
    before = next((f"Changes {tile.before}" for tile in found if tile.before), "")
    return {"columns": count, "cards": shown_cards, "before": before}


def nowhere(query: str) -> str:
    return ""


def chart(part: Part, is_wide: bool) -> Told | None:
    width = room().across / POINT if is_wide else UPRIGHT
    drawn = picture(part.result, form="svg", width=width)
    if drawn is None:
        return None
    said = plain(caption(part.result))
    figures = " The table below holds the same figures." if part.shows_table else ""
    return {"svg": drawn.decode(), "caption": pieces(said), "alt": f"Chart: {said.rstrip('.')}.{figures}"}


# --- Tables ---------------------------------------------------------------------------------------------------------


def told_table(part: Part) -> Told:
    """The table's first rows as people read them, and how it is laid out."""
    columns = part.shown_columns
    heads = [plain(text.heading(column)) for column in columns]
    rows = cells(part)
    texts = [{row[place].text for row in rows} for place in range(len(columns))]
    laid = sheet(columns, heads, texts, room())
    return {
        "heads": laid.line([pieces(head, LONGEST_WORD) for head in heads]),
        "rows": [laid.line([told_cell(each) for each in row]) for row in rows],
        "is_wide": laid.is_wide,
        "is_long": len(rows) > LONG,
        "is_short": len(rows) <= SHORT,
        "size": laid.size,
        "gutters": laid.gutters,
        "lines": laid.lines,
        "widths": laid.widths,
        "right": laid.right,
    }


def cells(part: Part) -> list[list[Cell]]:
    columns, names = part.shown_columns, [column.name for column in part.columns]
    words = {filter_.column: dict(filter_.choices) for filter_ in part.analysis.Params.filters if filter_.choices}
    named = next((place for place, column in enumerate(columns) if not column.is_number), 0)
    links = ["it" if place == named else "" for place in range(len(columns))]  # a cell that leads on carries the mark
    placed = list(zip(columns, links, strict=True))
    found = []
    for values in islice(part.rows(), MOST_ROWS):
        row = dict(zip(names, values, strict=True))
        found.append([cell(column, row, link, NOBODY, words) for column, link in placed])
    return found


def told_cell(said: Cell) -> Any:
    """Its words; with tone and mark where it has any."""
    words = said.text if said.style.startswith("num") else pieces(plain(said.text), LONGEST_WORD)
    tone = next((tone for tone in TONES if tone in said.style.split()), "")
    return words if isinstance(words, str) and not tone and not said.mark else [words, tone, said.mark]


def shortened(part: Part, formats: Sequence[str], table: Mapping[str, Any] | None) -> list[str]:
    """`The first 5,000 of 12,345 rows; all of them are in the CSV and Excel files.`"""
    if not table or part.row_count <= MOST_ROWS:
        return []
    files = [name for kind, name in FILES.items() if kind in formats]
    where = f"all of them are in the {' and '.join(files)} file{'s' * (len(files) > 1)}"
    rest = where if files else "ask for CSV or Excel to have all"
    return [f"The first {MOST_ROWS:,} of {part.row_count:,} rows; {rest}."]


def room() -> Room:
    across = paper()["height"] - 2 * WIDE_MARGIN
    return Room(UPRIGHT * POINT, across * POINT)


def plain(words: str) -> str:
    """What is seen of a text."""
    return words.translate(UNSEEN)


def paragraphs(words: str) -> list[str]:
    return [paragraph.strip() for paragraph in plain(words).split("\n\n") if paragraph.strip()]
