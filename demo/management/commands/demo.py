"""`manage.py demo`: a believable shop to look round in."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demo.logins import make_logins
from demo.shop import ShopInUse, open_shop

IN_USE = (
    "This shop has orders already, and the demo's would mix with them. Give the demo a database of its own"
    " (VAR_DIR=/some/folder, or DATABASE_URL), or say --force if mixing is what you want."
)


@contextmanager
def _unlogged() -> Iterator[None]:
    """With DEBUG every statement is quoted and kept for the debug page: a good part of the time."""
    was, settings.DEBUG = settings.DEBUG, False
    try:
        yield
    finally:
        settings.DEBUG = was


class Command(BaseCommand):
    help = "Make a believable shop: pieces, people, shows, sales. Run again, it adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--months", type=int, default=18, help="How much history, up to today (default 18).")
        parser.add_argument("--seed", type=int, default=7, help="The same seed on the same day gives the same shop.")
        parser.add_argument("--scale", type=float, default=1.0, help="0.1 makes a tenth of the pieces and people.")
        parser.add_argument("--force", action="store_true", help="Add the demo to a shop that has other orders.")

    def handle(self, *args: Any, **options: Any) -> None:
        self._check(options)
        started = time.monotonic()
        try:
            with _unlogged():
                opened = open_shop(
                    seed=options["seed"], months=options["months"], scale=options["scale"], force=options["force"],
                    now=timezone.now(), say=self.stdout.write,
                )  # fmt: skip
        except ShopInUse as error:
            raise CommandError(IN_USE) from error
        seconds = time.monotonic() - started
        self.stdout.write(
            f"The demo shop is open ({seconds:.0f} s)." if opened else "The demo shop is open already; nothing added."
        )
        self._print_logins()

    def _check(self, options: dict[str, Any]) -> None:
        if settings.PRODUCTION:
            raise CommandError("No demo in PRODUCTION: its figures and its logins do not belong there.")
        if not 1 <= options["months"] <= 60:
            raise CommandError("--months: 1 to 60.")
        if not 0.01 <= options["scale"] <= 5:
            raise CommandError("--scale: 0.01 to 5.")

    def _print_logins(self) -> None:
        self.stdout.write("Log in as:")
        for login in make_logins():
            self.stdout.write(f"  {login.username:<8} {login.password or '(a password of their own)'}")
