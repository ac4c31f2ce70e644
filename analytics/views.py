"""Pages for people: the overview, and one page per question. They ask and paint; nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics import plotlyjs
from analytics.base import Analysis, Viewer
from analytics.catalogue import ANALYSES
from analytics.filterbar import Bar, Query, bar, query_text, settled
from analytics.mart.replica import mart
from analytics.pages import Panel, QuestionView, is_empty_shop, onward_links, panels, start_links
from analytics.params import InvalidParams, NotAllowed
from lacelux.shell import ShellMixin

OVERVIEW = "overview/kpis"  # its parameters are those of the whole page
WHOLE = "overview"  # what the page with all its panels is called elsewhere


class AnswerPage(ShellMixin):
    """What both kinds of page share: state in the address, a bar of filters, an empty shop."""

    permission_required = "access.view_figures"
    template_name = ""

    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponse:
        query: Query = dict(request.GET.lists())
        if (clean := settled(query)) != query:
            return HttpResponseRedirect(request.path + query_text(clean))
        viewer = Viewer(permissions=request.user.get_all_permissions())
        try:
            return self.answered(query, viewer)
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from error

    def answered(self, query: Query, viewer: Viewer) -> HttpResponse:
        raise NotImplementedError

    def bar(self, analysis: Analysis, query: Query, viewer: Viewer, errors: Mapping[str, Any] | None = None) -> Bar:
        with mart().session() as session:
            return bar(
                analysis, query, address=self.here, session=session, viewer=viewer, today=timezone.localdate(),
                errors=errors,
            )  # fmt: skip

    def here(self, params: Mapping[str, Any]) -> str:
        """This page's address with other parameters; an address of nothing is `?`, which clears all."""
        return self.request.path + query_text(params)

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        plain = {"plotly_js": plotlyjs.address(), "slug": "", "start_links": []}
        return render(self.request, self.template_name, {**self.get_context_data(), **plain, **context}, status=status)


class QuestionPage(AnswerPage):
    """One question: filters, insights, chart, table, downloads."""

    template_name = "analytics/question.html"

    @property
    def analysis(self) -> Analysis:
        slug = f"{self.kwargs['area']}/{self.kwargs['name']}"
        if slug not in ANALYSES:
            raise Http404(f"There is no question “{slug}”.")
        return ANALYSES[slug]

    def get_title(self) -> str:
        return self.analysis.title

    def answered(self, query: Query, viewer: Viewer) -> HttpResponse:
        analysis = self.analysis
        try:
            result = analysis.run(query, viewer)
        except InvalidParams as error:
            wrong = self.bar(analysis, query, viewer, error.errors)
            return self.page(400, question=analysis, bar=wrong)
        if is_empty_shop(analysis):
            return self.page(question=analysis, result=result, start_links=start_links(viewer))
        view = QuestionView(analysis, result, viewer, query, self.here)
        return self.page(question=analysis, result=result, answer=view, bar=self.bar(analysis, query, viewer))


class Overview(AnswerPage):
    """The shop at a glance: figures, and a chart of each thing that matters."""

    template_name = "analytics/overview.html"
    title = "Overview"

    def answered(self, query: Query, viewer: Viewer) -> HttpResponse:
        analysis = ANALYSES[OVERVIEW]
        try:
            result = analysis.run(query, viewer)
        except InvalidParams as error:
            return self.page(400, question=analysis, bar=self.bar(analysis, query, viewer, error.errors))
        if is_empty_shop(analysis):
            return self.page(question=analysis, result=result, start_links=start_links(viewer))
        main = QuestionView(analysis, result, viewer, query, self.here)
        found: list[Panel] = panels(query, viewer)
        return self.page(
            question=analysis, result=result, answer=main, panels=found, bar=self.bar(analysis, query, viewer),
            onward=onward_links(WHOLE, query, viewer),
        )  # fmt: skip


@require_safe
def plotly_js(request: HttpRequest, version: str) -> HttpResponse:
    """The library that draws, from the installed package; its version in the address, so it is kept for ever."""
    if version != plotlyjs.VERSION:
        raise Http404("That version is not installed.")
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if zipped:
        headers["Content-Encoding"] = "gzip"
    body = plotlyjs.zipped() if zipped else plotlyjs.plain()
    return HttpResponse(body, content_type="text/javascript; charset=utf-8", headers=headers)
