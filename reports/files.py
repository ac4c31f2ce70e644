"""Files of runs as answers: to people of the shop, to programs, and to readers with a signed link."""

from __future__ import annotations

from contextlib import ExitStack

from django.http import Http404, HttpRequest, StreamingHttpResponse

from analytics import downloads
from analytics.downloads import read, streamed
from reports.audience import Rights
from reports.models import Rendition, Run
from reports.renditions import MAIL

TYPES = {**downloads.TYPES, "pdf": "application/pdf", "zip": "application/zip"}


def type_of(rendition: Rendition) -> str:
    return TYPES[rendition.name.rpartition(".")[2]]


def readable(run: Run, rights: Rights) -> list[Rendition]:
    """The run's files that somebody with these rights may have: one a form, the one that shows most."""
    allowed = [each for each in run.renditions.exclude(form=MAIL) if rights.covers(each.needs)]
    fullest: dict[str, Rendition] = {}
    for each in sorted(allowed, key=lambda each: len(each.permissions)):
        fullest[each.form] = each
    return [fullest[form] for form in run.formats if form in fullest]


def sent(request: HttpRequest, rendition: Rendition) -> StreamingHttpResponse:
    """The file as a download. Raises Http404 where it is not kept any more."""
    if not rendition.is_kept:
        raise Http404("This file is no longer kept.")
    with ExitStack() as stack:
        file = stack.enter_context(rendition.file.open("rb"))
        kept = stack.pop_all()
    answer = streamed(request, read(file), kept, name=rendition.name, content_type=type_of(rendition))
    answer.headers["Content-Length"] = str(rendition.size)
    return answer
