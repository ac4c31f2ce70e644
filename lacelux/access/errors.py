"""One shape for every error of the API: {"error": {"code", "message", "fields"?, …}}."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelError
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from lacelux.access.refusals import Busy, TooLarge

logger = logging.getLogger(__name__)


def answer_error(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The handler of the API. None for what is a fault of ours: Django then answers 500 and logs it."""
    known = _as_api_error(error)
    if known is None:
        return None
    if isinstance(known, Busy):
        logger.error("The database did not answer: %s", error)
    set_rollback()
    return error_response(known)


def error_response(error: exceptions.APIException) -> Response:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return Response({"error": _body(error)}, status=error.status_code, headers=headers)


def _as_api_error(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, ModelError):
        return exceptions.ValidationError(as_serializer_error(error))
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, SuspiciousOperation):
        return exceptions.ParseError("The request is not well formed.")
    return Busy() if isinstance(error, OperationalError) else None


def _body(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        return _validation_body(error)
    return {"code": error.get_codes(), "message": str(error.detail), **getattr(error, "facts", {})}


def _validation_body(error: exceptions.ValidationError) -> dict[str, Any]:
    fields: dict[str, list[str]] = {}
    for path, message in _flat(error.detail):
        fields.setdefault(path, []).append(message)
    general = fields.pop("", [])
    body: dict[str, Any] = {"code": "invalid", "message": " ".join(general) or "Some values are not valid."}
    return {**body, "fields": fields} if fields else body


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(`lines.0.unit_price`, message) for each message in the nested errors of serializers."""
    if isinstance(detail, str):
        yield path, str(detail)
        return
    pairs = detail.items() if isinstance(detail, Mapping) else enumerate(detail)
    for name, inner in pairs:
        is_place = isinstance(inner, (Mapping, list)) or isinstance(detail, Mapping)
        belongs_here = name == api_settings.NON_FIELD_ERRORS_KEY or not is_place
        yield from _flat(inner, path if belongs_here else f"{path}.{name}".lstrip("."))


Page = Callable[..., HttpResponse]


def by_audience(page: Page, *, code: str, message: str, status: int) -> Page:
    """A handler of Django's own errors: JSON for programs (addresses under /api/), `page` for people."""

    def handler(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.path.startswith("/api/"):
            return JsonResponse({"error": {"code": code, "message": message}}, status=status)
        return page(request, *args, **kwargs)

    return handler
