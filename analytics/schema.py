"""What the OpenAPI description says of questions: one operation each, with its own parameters and columns."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from analytics.base import Analysis
from analytics.catalogue import ANALYSES
from analytics.columns import Column
from analytics.downloads import TYPES
from analytics.params import MOST_ROWS, MOST_VALUES, Filter
from lacelux.lib.periods import GRAINS, TEXTS

Json = dict[str, Any]
TAG = "Answers"
XLSX = TYPES["xlsx"]


def nullable(kind: str, description: str = "", **more: Any) -> Json:
    said = {"description": description} if description else {}
    return {"type": kind, "nullable": True, **said, **more}


KINDS: dict[str, Json] = {
    "key": {"description": "An id, or the bound of a bucket."},
    "text": nullable("string"),
    "integer": nullable("integer"),
    "number": nullable("number"),
    "money": nullable("number", "In the shop's currency, with two decimals."),
    "percent": nullable("number", "A fraction: 0.25 is 25%."),
    "days": nullable("number"),
    "date": nullable("string", format="date"),
    "time": nullable("string", format="date-time"),
    "weekday": nullable("integer", "ISO: 1 is Monday."),
    "hour": nullable("integer"),
    "flag": nullable("boolean"),
    "measure": nullable("number", "Of the kind that the row's `unit` names."),
}


class AnswerSchema(AutoSchema):
    """Reads a question's parameters and columns from the catalogue."""

    @property
    def analysis(self) -> Analysis:
        return ANALYSES[self.view.slug]

    def get_operation_id(self) -> str:
        return "answer_" + self.analysis.slug.replace("/", "_").replace("-", "_")

    def get_tags(self) -> list[str]:
        return [TAG]

    def get_summary(self) -> str:
        return self.analysis.title

    def get_description(self) -> str:
        return self.analysis.description

    def get_override_parameters(self) -> list[OpenApiParameter]:
        return query_parameters(self.analysis)

    def get_response_serializers(self) -> Any:
        file = {"type": "string", "format": "binary"}
        return {
            (200, "application/json"): answer_schema(self.analysis),
            (200, "text/csv"): {"type": "string"},
            (200, XLSX): file,
        }


def query_parameters(analysis: Analysis) -> list[OpenApiParameter]:
    params = analysis.Params
    found = []
    if params.has_period:
        found.append(query("period", {"type": "string", "default": "30d"}, f"{', '.join(TEXTS)}, or {SPAN}."))
    if params.has_grain:
        found.append(query("grain", {"type": "string", "enum": list(GRAINS)}, "How long a point is."))
    found += [filter_parameter(filter_) for filter_ in params.filters]
    both_ways = [f"{sign}{column.name}" for column in analysis.columns for sign in ("", "-")]
    return [
        *found,
        query("sort", {"type": "string", "enum": both_ways}, "A column; with a minus the largest first."),
        query("limit", {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}, "Rows of a page."),
        query("page", {"type": "integer", "minimum": 1, "maximum": 1_000_000}, "Which page of them."),
        query("format", {"type": "string", "enum": ["json", *TYPES], "default": "json"}, "JSON, or a file."),
    ]


SPAN = "`2026-01-01/2026-03-31` with both days in"


def query(name: str, schema: Json, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=description)


def filter_parameter(filter_: Filter) -> OpenApiParameter:
    one: Json = {"type": "string"}
    if filter_.choices:
        one["enum"] = [*(value for value, _ in filter_.choices), "none"]
    told = "An id or a name" if filter_.dimension else "A value"
    return OpenApiParameter(
        filter_.name,
        {"type": "array", "items": one, "maxItems": MOST_VALUES},
        OpenApiParameter.QUERY,
        description=f"{filter_.label}. {told}, or `none` for rows without; may be given several times.",
        explode=True,
        style="form",
    )


def answer_schema(analysis: Analysis) -> Json:
    texts: Json = {"type": "array", "items": {"type": "string"}}
    properties: Json = {
        "slug": {"type": "string", "enum": [analysis.slug]},
        "title": {"type": "string"},
        "description": {"type": "string"},
        "params": {"type": "object", "additionalProperties": {"oneOf": [{"type": "string"}, texts]}},
        "period": PERIOD,
        "as_of": {"type": "string", "format": "date-time"},
        "columns": {"type": "array", "items": COLUMN},
        "rows": {"type": "array", "items": row_schema(analysis.columns)},
        "insights": texts,
        "notes": texts,
    }
    if analysis.is_listing:
        properties |= {
            "page": {"type": "integer"},
            "total_rows": {"type": "integer"},
            "next": nullable("string", format="uri"),
        }
    return {"type": "object", "required": list(properties), "properties": properties}


def row_schema(columns: tuple[Column, ...]) -> Json:
    """No column is required: each viewer has those they may see."""
    described = {column.name: with_label(column) for column in columns}
    return {"type": "object", "properties": described, "additionalProperties": False}


def with_label(column: Column) -> Json:
    schema = KINDS[column.kind]
    told = ". ".join(part for part in (column.label, schema.get("description", "")) if part)
    return {**schema, "description": told} if told else schema


COLUMN: Json = {
    "type": "object",
    "required": ["name", "label", "kind"],
    "properties": {
        "name": {"type": "string"},
        "label": {"type": "string"},
        "kind": {"type": "string", "enum": list(KINDS)},
    },
}
PERIOD: Json = {
    "type": "object",
    "nullable": True,
    "required": ["text", "start", "end", "grain"],
    "properties": {
        "text": {"type": "string"},
        "start": {"type": "string", "format": "date"},
        "end": {"type": "string", "format": "date"},
        "grain": {"type": "string", "enum": list(GRAINS)},
    },
}
PARAMETER: Json = {
    "type": "object",
    "required": ["name", "label", "kind", "several"],
    "properties": {
        "name": {"type": "string"},
        "label": {"type": "string"},
        "kind": {"type": "string", "enum": ["period", "choice", "id", "text", "integer"]},
        "several": {"type": "boolean"},
        "choices": {"type": "array", "items": {"type": "string"}},
    },
}
QUESTION: Json = {
    "type": "object",
    "required": ["slug", "title", "description", "url", "page", "is_listing", "parameters", "columns"],
    "properties": {
        "slug": {"type": "string"},
        "title": {"type": "string"},
        "description": {"type": "string"},
        "url": {"type": "string", "format": "uri"},
        "page": {"type": "string", "format": "uri"},
        "is_listing": {"type": "boolean"},
        "parameters": {"type": "array", "items": PARAMETER},
        "columns": {"type": "array", "items": COLUMN},
    },
}
CATALOGUE: Json = {"type": "array", "items": QUESTION}
