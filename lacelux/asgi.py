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

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
        else:
            await super().__call__(scope, receive, send)

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await sync_to_async(self._answer, thread_sensitive=True)(request)
        return response

    def _answer(self, request: HttpRequest) -> Any:
        set_urlconf(settings.ROOT_URLCONF)
        return self.get_response(request)


async def live(receive: Any, send: Any) -> None:
    """What servers tell of their beginning and end. They may kill the process right after we let go of it."""
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await sync_to_async(write_gathered, thread_sensitive=False)()
    await send({"type": "lifespan.shutdown.complete"})


def write_gathered() -> None:
    from inventory.viewing import gathered  # knows models, which are loaded by now

    gathered.finish()


django.setup(set_prefix=False)
application = OneThreadHandler()
