"""Saved questions: parameters as they are kept, read back into a query, checked against the question they are for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.base import Viewer
from analytics.catalogue import ANALYSES
from analytics.mart.replica import mart
from analytics.params import InvalidParams
from lacelux.access.roles import permissions_of

Kept = Mapping[str, Any]  # text, or a list of texts, by parameter
Query = dict[str, list[str]]


class InvalidQuestion(ValueError):
    """A saved question cannot be asked; `errors` says what is wrong with `analysis` or `params`."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(message for messages in self.errors.values() for message in messages))


def as_query(params: Kept) -> Query:
    """Kept parameters as a query string has them: every value a list of texts."""
    return {
        name: [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
        for name, value in params.items()
        if value not in (None, "", [], ())
    }


def as_kept(query: Mapping[str, list[str]]) -> dict[str, Any]:
    """A query as it is kept: one value as text, several as a list; empty ones left out."""
    found = {name: [value for value in values if value != ""] for name, values in query.items()}
    return {name: values if len(values) > 1 else values[0] for name, values in found.items() if values}


def check(slug: str, params: Any) -> None:
    """Raises InvalidQuestion where there is no such question, or it cannot be asked with these parameters."""
    if slug not in ANALYSES:
        raise InvalidQuestion({"analysis": [f"There is no question “{slug[:80]}”."]})
    if not isinstance(params, Mapping) or not all(is_kept(value) for value in params.values()):
        raise InvalidQuestion({"params": ["Parameters are names with a text, a number or a list of these."]})
    with mart().session() as session:
        try:
            ANALYSES[slug].prepare(as_query(params), Viewer(permissions_of("owner")), session, None)
        except InvalidParams as error:
            told = [f"{name}: {message}" for name, messages in error.errors.items() for message in messages]
            raise InvalidQuestion({"params": told}) from error


def is_kept(value: Any) -> bool:
    plain = (str, int)
    return isinstance(value, plain) or isinstance(value, list) and all(isinstance(one, plain) for one in value)
