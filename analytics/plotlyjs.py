"""plotly.js as the installed Python package carries it: 4.8 MB, or 1.5 MB compressed once per process."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

import plotly
from django.urls import reverse

SOURCE = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
VERSION = str(plotly.__version__)


def address() -> str:
    return reverse("analytics:plotly", args=[VERSION])


def plain() -> bytes:
    return SOURCE.read_bytes()


@cache
def zipped() -> bytes:
    return gzip.compress(plain(), 6, mtime=0)
