"""PDFs as tests read them, with the tools of poppler."""

import re
import shutil
import subprocess
import unicodedata
import zlib
from collections import Counter
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from typing import Any

import pytest

from reports.documents import Document
from reports.formats import pdf

WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')


@dataclass(frozen=True)
class Word:
    left: float
    top: float
    right: float
    bottom: float
    text: str


@dataclass(frozen=True)
class Sheet:
    width: float
    height: float
    words: list[Word]

    @property
    def lines(self) -> list[list[Word]]:
        """The words of each line, from the left."""
        by_top: dict[float, list[Word]] = {}
        for word in self.words:
            by_top.setdefault(round(word.top, 1), []).append(word)
        return [sorted(words, key=lambda word: word.left) for _, words in sorted(by_top.items())]


def made(document: Document) -> bytes:
    target = BytesIO()
    pdf.write(document, target)
    return target.getvalue()


def read(data: bytes, *options: Any, tool: str = "pdftotext") -> str:
    """What the tool says of a PDF; `tool` reads standard input and writes standard output."""
    if not shutil.which(tool):
        pytest.skip(f"no {tool} (poppler-utils)")
    ends = ["-", "-"] if tool == "pdftotext" else ["-"]
    done = subprocess.run([tool, *map(str, options), *ends], input=data, capture_output=True, check=True)
    return done.stdout.decode()


def texts(data: bytes) -> list[str]:
    """The text of each page, as it looks."""
    return read(data, "-layout").split("\f")[:-1]


def squeezed(text: str) -> str:
    """Without space, and without the marks that say in which direction a text runs."""
    return "".join(char for char in text if not char.isspace() and unicodedata.category(char) != "Cf")


def words(data: bytes) -> Counter[str]:
    return Counter(read(data).split())


def sheets(data: bytes) -> list[Sheet]:
    """Where each word stands, in points from the upper left corner."""
    found = []
    for page in re.findall(r"<page .*?</page>", read(data, "-bbox"), re.DOTALL):
        width, height = map(float, re.search(r'width="([\d.]+)" height="([\d.]+)"', page).groups())  # type: ignore[union-attr]
        found.append(Sheet(width, height, [Word(*map(float, w[:4]), unescape(w[4])) for w in WORD.findall(page)]))
    return found


def facts(data: bytes) -> dict[str, str]:
    """What pdfinfo tells: Title, Author, Tagged, Pages …"""
    lines = read(data, tool="pdfinfo").splitlines()
    return {name: said.strip() for name, _, said in (line.partition(":") for line in lines)}


def inside(data: bytes) -> bytes:
    """All that is written in the file, unpacked."""
    found = [data]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:  # not packed: it is in the file as it is
            continue
    return b"\n".join(found)
