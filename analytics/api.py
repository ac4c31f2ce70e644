"""The questions over the API: a catalogue, and one address per question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BrowsableAPIRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from analytics.base import Analysis, Result, Viewer
from analytics.catalogue import ANALYSES
from analytics.columns import Column
from analytics.downloads import TYPES, download
from analytics.formats import json
from analytics.params import Filter, InvalidParams, NotAllowed
from analytics.renderers import ExactJSONRenderer
from analytics.schema import CATALOGUE, TAG, AnswerSchema
from lacelux.access.permissions import Needs
from lacelux.lib.periods import GRAINS, TEXTS

FORMATS = ("json", *TYPES)
Query = dict[str, list[str]]


def viewer_of(request: Any) -> Viewer:
    return Viewer(permissions=request.user.get_all_permissions())


class Negotiation(DefaultContentNegotiation):
    """`?format=csv` says what is wanted, whatever the Accept header; errors are JSON then."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        if request.query_params.get("format") in TYPES:
            return renderers[0], renderers[0].media_type
        found: tuple[Any, str] = super().select_renderer(request, renderers, format_suffix)
        return found


class Question(APIView):
    """What both views share: who may ask, and how answers are written."""

    permission_classes = (Needs,)
    renderer_classes = (ExactJSONRenderer, BrowsableAPIRenderer)
    content_negotiation_class = Negotiation
    needs: Mapping[str, tuple[str, ...]] = {"GET": ("access.view_figures",)}


class Catalogue(Question):
    """Every question you may ask, with its parameters and columns."""

    @extend_schema(operation_id="answers", summary="All questions", tags=[TAG], responses={200: CATALOGUE})
    def get(self, request: Request) -> Response:
        viewer = viewer_of(request)
        allowed = [analysis for analysis in ANALYSES.values() if viewer.may(analysis.permission)]
        return Response([described(analysis, viewer, request) for analysis in allowed])


class Answer(Question):
    """One question, asked."""

    schema = AnswerSchema()
    slug = ""

    def get(self, request: Request) -> HttpResponseBase:
        analysis, viewer = ANALYSES[self.slug], viewer_of(request)
        query: Query = dict(request.query_params.lists())
        kind = (query.pop("format", None) or ["json"])[-1]
        try:
            check_format(kind, analysis, query, viewer)
            if kind != "json":
                return download(request._request, analysis, query, viewer, kind)
            result = analysis.run(query, viewer)
        except InvalidParams as error:
            raise ValidationError(error.errors) from error
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from error
        return Response(json.answer(result, next_page=next_page(request, analysis, result)))


def check_format(kind: str, analysis: Analysis, query: Query, viewer: Viewer) -> None:
    """InvalidParams names an unknown format together with all else that is wrong."""
    if kind in TYPES and not viewer.may("access.export"):
        raise NotAllowed("You may not download figures.")
    if kind in FORMATS:
        return
    errors = {"format": [f"“{kind[:40]}” is no format. Use one of: {', '.join(FORMATS)}."]}
    try:
        analysis.run(query, viewer)
    except InvalidParams as error:
        errors |= error.errors
    raise InvalidParams(errors)


def page_size(analysis: Analysis, result: Result) -> int:
    return int(result.params.get("limit") or analysis.limit or max(1, result.total_rows or 1))


def next_page(request: Request, analysis: Analysis, result: Result) -> str | None:
    """The address of a listing's next page; None on the last."""
    if result.total_rows is None or result.page * page_size(analysis, result) >= result.total_rows:
        return None
    query = urlencode({**result.params, "page": result.page + 1}, doseq=True)
    return f"{request.build_absolute_uri(request.path)}?{query}"


# --- The catalogue ------------------------------------------------------------------------------------------------


def described(analysis: Analysis, viewer: Viewer, request: Request) -> dict[str, Any]:
    return {
        "slug": analysis.slug,
        "title": analysis.title,
        "description": analysis.description,
        "url": reverse(f"answer-{analysis.slug}", request=request),
        "page": reverse("analytics:page", args=analysis.slug.split("/"), request=request),
        "is_listing": analysis.is_listing,
        "parameters": parameters(analysis, viewer),
        "columns": [column_facts(column) for column in analysis.visible(viewer)],
    }


def column_facts(column: Column) -> dict[str, str]:
    return {"name": column.name, "label": column.label, "kind": column.kind}


def parameters(analysis: Analysis, viewer: Viewer) -> list[dict[str, Any]]:
    """Name, label, kind (`period choice integer text id`), whether several may be given, and the choices if few."""
    params, sortable = analysis.Params, [column.name for column in analysis.visible(viewer)]
    found: list[dict[str, Any]] = []
    if params.has_period:
        found.append(parameter("period", "Period", "period", choices=TEXTS))
    if params.has_grain:
        found.append(parameter("grain", "Grain", "choice", choices=GRAINS))
    found += [filter_parameter(filter_) for filter_ in params.filters if viewer.may(filter_.permission)]
    both_ways = [f"{sign}{name}" for name in sortable for sign in ("", "-")]
    found.append(parameter("sort", "Sort", "choice", choices=both_ways))
    return [*found, parameter("limit", "Limit", "integer"), parameter("page", "Page", "integer")]


def parameter(name: str, label: str, kind: str, *, several: bool = False, choices: Any = ()) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": name, "label": label, "kind": kind, "several": several}
    return {**shown, "choices": list(choices)} if choices else shown


def filter_parameter(filter_: Filter) -> dict[str, Any]:
    kind = "choice" if filter_.choices else "id" if filter_.dimension or filter_.is_number else "text"
    return parameter(filter_.name, filter_.label, kind, several=True, choices=[value for value, _ in filter_.choices])
