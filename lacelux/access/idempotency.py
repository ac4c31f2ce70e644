"""An effect happens once per `Idempotency-Key`, however often it is asked for; the answer is the same each time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from lacelux.access.errors import error_response
from lacelux.access.models import IdempotencyRecord
from lacelux.access.refusals import Conflict, Unprocessable

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_FOR = timedelta(days=30)
KEY_LIMIT = 255


def answer_once(request: Request, effect: Callable[[], Response]) -> Response:
    """The response of `effect()`, or the one it gave when this caller first used this key on this path.

    The record is inserted before the effect and commits with it. Callers with the same key at the same time wait
    at its unique constraint (PostgreSQL) or for the write lock (SQLite), then get the kept answer. A 409 is kept
    too, its effect rolled back; any other error keeps nothing, so that it can be put right under the same key.

    Raises ValidationError without a usable key and Unprocessable (422) for a key that came with another body.
    """
    key, digest = _key_of(request), _digest_of(request)
    with transaction.atomic():
        record, is_first = IdempotencyRecord.objects.get_or_create(
            caller_id=request.user.pk,
            path=request.path,
            key=key,
            defaults={"body_digest": digest, "status": 0, "response": ""},
        )
        if is_first:
            return _answer_and_keep(record, effect)
    if record.body_digest != digest:
        raise Unprocessable("This Idempotency-Key came with another body before.", "idempotency_key_reused")
    return Response(json.loads(record.response), status=record.status, headers={REPLAYED: "true"})


def answer_once_if_asked(request: Request, effect: Callable[[], Response]) -> Response:
    """`answer_once` for calls whose `Idempotency-Key` is optional; without one, each call has its effect."""
    return answer_once(request, effect) if HEADER in request.headers else effect()


def forget_old_answers() -> int:
    """Drop answers that nobody will ask for again; the number of them."""
    return IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()[0]


def _answer_and_keep(record: IdempotencyRecord, effect: Callable[[], Response]) -> Response:
    try:
        with transaction.atomic():
            response = effect()
    except Conflict as refusal:
        response = error_response(refusal)
    record.status, record.response = response.status_code, JSONRenderer().render(response.data).decode()
    record.save(update_fields=["status", "response"])
    response.data = json.loads(record.response)  # so that the first answer and the kept one cannot differ
    return response


def _key_of(request: Request) -> str:
    key = request.headers.get(HEADER, "")
    if not key:
        raise ValidationError(f"The header {HEADER} is required: a random value, kept by retries.")
    if len(key) > KEY_LIMIT or not (key.isascii() and key.isprintable()):
        raise ValidationError(f"The header {HEADER} takes up to {KEY_LIMIT} printable ASCII characters.")
    return key


def _digest_of(request: Request) -> str:
    """Of what the body says, not of how it is written: the order of keys and blanks do not matter."""
    canonical = json.dumps(request.data, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(value: Any) -> str:
    return str(value)
