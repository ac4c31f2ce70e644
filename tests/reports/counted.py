"""The shop under a server as in production: calls are counted in Redis.

With CARELESS set it tells workers as Celery's own words do, for the control.
"""

from __future__ import annotations

import os
from typing import Any

os.environ["THROTTLE_USER"] = "6000/min"

from lacelux.asgi import application  # noqa: E402  the settings read the environment
from lacelux.lib import nudging  # noqa: E402

__all__ = ["application"]


def careless(task: Any, args: tuple[Any, ...]) -> None:
    task.delay(*args)


if os.environ.get("CARELESS"):
    nudging._tell = careless
