"""Make, list and revoke API keys."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lacelux.access.keys import KeyProblem, issue, revoke
from lacelux.access.models import ApiKey
from lacelux.access.roles import ROLES


class Command(BaseCommand):
    help = "Make an API key (its value is shown once), list keys, or revoke one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("name", nargs="?", help="name of the new key: the program that will use it")
        what.add_argument("--revoke", metavar="NAME", help="end the key of this name")
        what.add_argument("--list", action="store_true", help="show all keys, never their values")
        parser.add_argument("--role", choices=ROLES, help="what the new key may do")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["list"]:
                self._list()
            elif options["revoke"]:
                self.stdout.write(f"Revoked {revoke(name=options['revoke'])}.")
            else:
                self._issue(options["name"], options["role"])
        except KeyProblem as problem:
            raise CommandError(str(problem)) from problem

    def _issue(self, name: str, role: str | None) -> None:
        if role is None:
            raise KeyProblem(f"Say what the key may do: --role {'|'.join(ROLES)}.")
        _, value = issue(name=name, role=role)
        self.stderr.write(f"Key {name!r} with the role {role}. Keep it well: it is not shown again.")
        self.stdout.write(value)

    def _list(self) -> None:
        for key in ApiKey.objects.select_related("user").prefetch_related("user__groups"):
            role = ", ".join(group.name for group in key.user.groups.all()) or "no role"
            used = f"last used {key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never used"
            revoked = f", revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else ""
            self.stdout.write(f"{key.name}  {key.prefix}…  {role}  {used}{revoked}")
