"""What the OpenAPI description cannot see by itself: API keys, the shape of errors, the idempotency header."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description=(
        "A random value, new for each sale or refund and kept by retries. The same key and body are answered "
        "the same, with `Idempotent-Replayed: true`; the same key with another body is a 422."
    ),
)
OPTIONAL_KEY = OpenApiParameter(
    IDEMPOTENCY_KEY.name,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=False,
    description="As for sales: with it, retries have one effect. Without it, each call has one.",
)

ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string", "description": "For programs."},
                "message": {"type": "string", "description": "For people."},
                "fields": {
                    "type": "object",
                    "description": "What is wrong where, by path: `lines.0.unit_price`.",
                    "additionalProperties": {"type": "array", "items": {"type": "string"}},
                },
            },
            "additionalProperties": True,
        }
    },
}
WITH_ERRORS = ("/api/v1/", "/api/sync", "/api/views")
EVERYWHERE = {
    "400": "A value is not valid.",
    "401": "No valid API key or session.",
    "403": "Not allowed.",
    "404": "Not there, or not yours to see.",
    "405": "No such method.",
    "406": "Not available in this form.",
    "429": "Too many calls; see `Retry-After`.",
    "503": "Busy; nothing was changed.",
}
WITH_BODY = {"413": "The body is too large.", "415": "The body is not JSON."}
WITH_EFFECT = {
    "409": "Out of stock, or already recorded.",
    "422": "The Idempotency-Key came with another body before.",
}


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "lacelux.access.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Api-Key ` and the value that `manage.py api_key NAME --role ROLE` printed.",
        }


def add_errors(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Postprocessing hook: every operation but the health can answer an error, always of the same shape."""
    result.setdefault("components", {}).setdefault("schemas", {})["Error"] = ERROR
    for path, methods in result["paths"].items():
        for operation in methods.values():
            if path.startswith(WITH_ERRORS):
                _add(operation)
    return result


def _add(operation: dict[str, Any]) -> None:
    errors = dict(EVERYWHERE)
    if "requestBody" in operation:
        errors |= WITH_BODY
    if any(parameter["name"] == IDEMPOTENCY_KEY.name for parameter in operation.get("parameters", [])):
        errors |= WITH_EFFECT
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for status, description in errors.items():
        operation["responses"].setdefault(status, {"description": description, "content": content})
