"""JSON as the API takes it: bounded in size and depth, decimals exact, no text that a database cannot hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from lacelux.access.refusals import TooLarge

DEPTH_LIMIT = 20


class ExactJSONParser(JSONParser):
    """Numbers with a fraction become Decimal. NaN, NUL, lone surrogates and deep nesting are a 400."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read() if limit is None else stream.read(limit + 1)
        if limit is not None and len(body) > limit:
            raise TooLarge
        try:
            data = json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse_constant)
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None
        except (ValueError, ArithmeticError) as error:
            raise ParseError(f"This is no valid JSON: {error}") from None
        _refuse_unstorable(data)
        return data


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _refuse_unstorable(data: Any) -> None:
    """Walk the whole document without recursion, keys included."""
    level = [data]
    for _ in range(DEPTH_LIMIT):
        for text in (item for item in level if isinstance(item, str)):
            _refuse_unstorable_text(text)
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise ParseError("The JSON is nested too deeply.")


def _children(item: Any) -> list[Any]:
    if isinstance(item, dict):
        return [*item.keys(), *item.values()]
    return item if isinstance(item, list) else []


def _refuse_unstorable_text(text: str) -> None:
    if "\x00" in text:
        raise ParseError("Text must not contain the character NUL.")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise ParseError("Text must not contain half of a surrogate pair.")
