"""`manage.py site_key`: what a web shop's pages send with each product view."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from lacelux.access.sitekeys import site_keys


class Command(BaseCommand):
    help = "Prints the public key, or keys, that the web shop's pages send with each product view."

    def handle(self, *args: Any, **options: Any) -> None:
        for key in site_keys():
            self.stdout.write(key)
