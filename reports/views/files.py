"""The files of runs: for people of the shop who may see what is in them, and for readers with a signed link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.generic import View

from lacelux.outbox.letters import Withheld
from lacelux.shell import ShellMixin, person, shell_context
from reports.audience import Rights
from reports.files import sent
from reports.foreseen import in_words
from reports.letters import rights_today
from reports.links import BadLink, followed
from reports.models import Rendition, Run
from reports.renditions import MAIL


@dataclass(frozen=True)
class Shelf:
    """Files that were made for the same rights; `sees` says which."""

    sees: str
    files: Sequence[Rendition]


def shelves(run: Run, rights: Rights) -> list[Shelf]:
    """The files that somebody with these rights may have, those that show most first."""
    by_rights: dict[Rights, dict[str, Rendition]] = {}
    for each in run.renditions.exclude(form=MAIL):
        if rights.covers(each.needs):
            by_rights.setdefault(each.needs, {})[each.form] = each
    fullest_first = sorted(by_rights, key=lambda needs: (-len(needs.permissions), needs.digest))
    return [
        Shelf(in_words(needs), [by_rights[needs][form] for form in run.formats if form in by_rights[needs]])
        for needs in fullest_first
    ]


class File(ShellMixin, View):
    """A file of a run, for those who may see all that is in it."""

    permission_required = "reports.view_run"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        rendition = get_object_or_404(Rendition.objects.exclude(form=MAIL), pk=pk)
        if not Rights.of(person(request)).covers(rendition.needs):
            raise Http404
        return sent(request, rendition)


@require_safe
def linked_file(request: HttpRequest, signed: str) -> HttpResponseBase:
    """A file for the reader of a mail, who need not be signed in; their rights are looked at again."""
    try:
        link = followed(signed)
        if not rights_today(link.rendition.run, link.delivery).covers(link.rendition.needs):
            raise BadLink("You may no longer see what is in this file.")
    except BadLink as refusal:
        return link_refused(request, str(refusal))
    except Withheld:  # its words are for the shop, not for the reader
        return link_refused(request, "You may no longer see what is in this file.")
    return sent(request, link.rendition)


def link_refused(request: HttpRequest, message: str) -> HttpResponse:
    context = shell_context(request, title="This file cannot be had here", message=message)
    return render(request, "reports/link_refused.html", context, status=410)
