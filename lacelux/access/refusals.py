"""Errors that the API knows beside those of the framework."""

from __future__ import annotations

from typing import Any

from rest_framework import exceptions, status


class Refusal(exceptions.APIException):
    """An error with facts of its own beside code and message; they stand next to these in the answer."""

    def __init__(self, detail: str | None = None, code: str | None = None, **facts: Any) -> None:
        super().__init__(detail, code)
        self.facts = facts


class Conflict(Refusal):
    """What was asked does not fit the state of things, though it was well asked."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"
    default_detail = "This does not fit the present state."


class Unprocessable(Refusal):
    status_code = 422
    default_code = "unprocessable"
    default_detail = "This cannot be processed."


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = "The body is too large."


class Busy(exceptions.APIException):
    """The database did not answer in time; nothing was changed and the call may be made again."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "busy"
    default_detail = "The shop is busy. Nothing was changed; try again in a moment."
    wait = 1
