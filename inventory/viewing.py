"""Views on their way into the tables: gathered for a moment and written together.

A transaction for each view would cost the disk's patience and stand in the way of sales. What a killed process had
gathered is lost: a quarter of a second of views, and nothing else.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from functools import lru_cache

from django.conf import settings
from django.db import DatabaseError, connection

from inventory.models import Product
from inventory.services.views import Seen, count_views

logger = logging.getLogger(__name__)
MOST_WAITING = 50_000
AT_ONCE = 500
TRIES = 5
REMEMBERED_FOR = 300  # seconds

# Those who say so. A program that reports views for a web shop passes its visitor's User-Agent on.
BOTS = re.compile(
    r"bot\b|bot[/;_ -]|crawl|spider|slurp|headless|phantomjs|lighthouse|pagespeed|monitor|uptime|pingdom|preview"
    r"|facebookexternalhit|embedly|mediapartners|feedfetcher|archiver|scrapy",
    re.IGNORECASE,
)


def is_bot(user_agent: str) -> bool:
    """Whether it says so itself, or says nothing at all."""
    return not user_agent.strip() or BOTS.search(user_agent) is not None


def product_id(reference: int | str) -> int:
    """The id of a piece by its id or SKU. Raises Product.DoesNotExist."""
    if not settings.VIEWS_WAIT:
        return _find(reference)
    return _remembered(reference, int(time.monotonic() // REMEMBERED_FOR))


def _find(reference: int | str) -> int:
    named = {"pk": reference} if isinstance(reference, int) else {"sku": reference}
    return Product.objects.values_list("pk", flat=True).get(**named)


@lru_cache(maxsize=20_000)
def _remembered(reference: int | str, _while: int) -> int:
    """What is not found is asked for again: an exception is not remembered."""
    return _find(reference)


class Gathered:
    """Views that wait to be written, by a thread that lives while there are any."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: list[Seen] = []
        self.writer: threading.Thread | None = None

    def add(self, seen: Seen) -> bool:
        """False where too many wait already: the database does not keep up, and memory is not for that."""
        if not settings.VIEWS_WAIT:
            count_views([seen])
            return True
        with self.lock:
            if len(self.waiting) >= MOST_WAITING:
                return False
            self.waiting.append(seen)
            if self.writer is None:
                # Not a daemon: a process that ends well waits for it, and loses nothing.
                self.writer = threading.Thread(target=self._write, name="views")
                self.writer.start()
        return True

    def finish(self) -> None:
        """Return when all that waited is written."""
        if writer := self.writer:
            writer.join()

    def _write(self) -> None:
        try:
            while True:
                time.sleep(settings.VIEWS_WAIT)
                with self.lock:
                    taken, self.waiting = self.waiting, []
                    if not taken:
                        self.writer = None
                        return
                for start in range(0, len(taken), AT_ONCE):
                    _insist(taken[start : start + AT_ONCE])
        finally:
            connection.close()


def _insist(seen: list[Seen]) -> None:
    for tried in range(1, TRIES + 1):
        try:
            count_views(seen)
        except DatabaseError as error:
            logger.warning("%d views could not be written (try %d of %d): %s", len(seen), tried, TRIES, error)
            connection.close()
            time.sleep(settings.VIEWS_WAIT * tried)
        else:
            return
    logger.error("%d views are lost.", len(seen))


gathered = Gathered()


def begin_anew() -> None:
    """A child of a fork has neither its parent's thread nor its views."""
    global gathered
    gathered = Gathered()


os.register_at_fork(after_in_child=begin_anew)
