"""`manage.py check_integrity`: are the books right?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sales.integrity import CHECKS, violations


class Command(BaseCommand):
    help = "Proves that stock, costs, sales and refunds agree; prints what does not, and then ends non-zero."

    def handle(self, **options: Any) -> None:
        found = violations()
        for violation in found:
            self.stderr.write(str(violation))
        if found:
            places = "place" if len(found) == 1 else "places"
            raise CommandError(f"The books are wrong in {len(found)} {places}.", returncode=1)
        self.stdout.write(self.style.SUCCESS(f"The books are right: {len(CHECKS)} checks, nothing found."))
