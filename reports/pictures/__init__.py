"""Charts as documents and mails have them: the same answer, cuts, words and colours as `analytics.plots` on a page.

A picture is bytes: SVG for paper, PNG for mails. Sizes are millimetres. The same answer gives the same bytes.
The caption stands beside a picture, not in it.
"""

from __future__ import annotations

import os
from threading import Lock
from typing import Literal

from django.conf import settings

from analytics.base import Result
from analytics.pages import is_blank
from analytics.plots import PAINTERS, figure

__all__ = ["Form", "caption", "picture"]

Form = Literal["svg", "png"]
# matplotlib is not safe among threads: its settings and its typefaces are one for all. Drawing holds the interpreter
# anyway, so waiting for another picture costs nothing.
DRAWING = Lock()


def picture(result: Result, *, form: Form, width: float = 170.0, height: float | None = None) -> bytes | None:
    """The chart of `result`, `width` millimetres wide; None where it has none, or nothing to show.

    Without a `height` the picture takes what its bars, rows and words need.
    """
    if type(result.chart) not in PAINTERS or is_blank(result):
        return None
    with DRAWING:
        os.environ.setdefault("MPLCONFIGDIR", str(settings.VAR_DIR / "matplotlib"))  # its list of typefaces
        from reports.pictures.painters import paint  # matplotlib takes half a second: only those who draw wait for it

        return paint(result, form, width, height)


def caption(result: Result) -> str:
    """What the picture shows, in words: the title that the page has above the same chart. Empty without a chart."""
    drawn = figure(result)
    return str(drawn["title"]) if drawn else ""
