"""The application as servers see it."""

from __future__ import annotations

import os
from typing import Any

import django
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import set_urlconf

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lacelux.settings")


class OneThreadHandler(ASGIHandler):
    """Runs middleware and view of a request in one thread.

    Each of a dozen middlewares would otherwise cross from the event loop into a thread and back, twice: half of the
    time of a quick answer. Responses still stream from the event loop.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await sync_to_async(self._answer, thread_sensitive=True)(request)
        return response

    def _answer(self, request: HttpRequest) -> Any:
        set_urlconf(settings.ROOT_URLCONF)
        return self.get_response(request)


django.setup(set_prefix=False)
application = OneThreadHandler()
