"""How many calls a caller may make, by the setting DEFAULT_THROTTLE_RATES; counted in the cache."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:  # importing it here would go in a circle through the settings
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)
SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


class CallRate(BaseThrottle):
    """One counter per caller and window: two short operations a call, right under concurrency.

    Anonymous callers share the rate `anon` by address, known ones have the rate `user` each. An empty rate is no
    limit. With the cache down every call passes: the till does not stop because Redis did.
    """

    def __init__(self) -> None:
        self.remaining: float | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        is_known = request.user.is_authenticated
        rate = api_settings.DEFAULT_THROTTLE_RATES.get("user" if is_known else "anon")
        who = f"user:{request.user.pk}" if is_known else f"address:{self.get_ident(request)}"
        return self.allows(str(rate or ""), who)

    def allows(self, rate: str, who: str) -> bool:
        """Count one more call of `who`: whether `rate` allows it."""
        if not rate:
            return True
        limit, seconds = parsed(rate)
        now = time.time()
        self.remaining = seconds - now % seconds
        return _count(f"calls:{who}:{seconds}:{int(now // seconds)}", seconds) <= limit

    def wait(self) -> float | None:
        return self.remaining


def parsed(rate: str) -> tuple[int, int]:
    """(calls, seconds) of a rate such as `60/min`, `5/s`, `1000/hour`."""
    number, _, period = rate.partition("/")
    return int(number), SECONDS[period[0]]


def _count(name: str, seconds: int) -> int:
    try:
        cache.add(name, 0, 2 * seconds)
        return cache.incr(name)
    except ValueError:  # evicted between the two
        return 0
    except Exception as error:  # whatever the cache's client raises when its server is away
        logger.warning("Calls are not counted, the cache does not answer: %s", error)
        return 0
