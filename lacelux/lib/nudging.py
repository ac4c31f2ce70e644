"""Telling a worker that something may be due. Only a nudge: the database knows what is due, and a sweep finds it."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# Celery's own connections try a hundred times; one for a nudge tries once, and briefly. A caller waits two seconds at
# the very most: for the connection, and for an answer.
HASTY = {
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
}
QUIET_AFTER_FAILURE = 15.0  # seconds without nudges, so that four hundred of them wait once and not four hundred times

_quiet_until = 0.0


def nudge(task: Any, *args: Any) -> None:
    """Have a worker run `task(*args)` soon, once the transaction commits. Neither fails nor waits for a broker that is
    away: that is a line in the log, and the sweep's turn.
    """
    transaction.on_commit(lambda: _tell(task, args), robust=True)


def _tell(task: Any, args: tuple[Any, ...]) -> None:
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        with task.app.connection_for_write(transport_options=HASTY, connect_timeout=1) as connection:
            task.apply_async(args, connection=connection, retry=False)
    except (OperationalError, OSError) as error:
        _quiet_until = time.monotonic() + QUIET_AFTER_FAILURE
        logger.warning("No worker could be told of %s%r, the sweep will find it: %s", task.name, args, error)
