"""`manage.py report NAME`: a report as a file, without mail and without a worker."""

from __future__ import annotations

import os
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lacelux.access.roles import ROLES, permissions_of
from lacelux.lib.periods import InvalidPeriod
from reports.audience import DECIDING, Rights
from reports.documents import Document, InvalidSection, absolute, answered, reading
from reports.models import Report
from reports.models.schedule import FILES
from reports.outlines import InvalidOutline
from reports.renditions import PAINTERS, ending_of, file_name


class Command(BaseCommand):
    help = "Writes a report to a file. Without a name it tells which there are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", help="The report's name for programs, such as weekly-review.")
        parser.add_argument("--format", choices=[form for form, _ in FILES], default="pdf", help="Default: pdf.")
        parser.add_argument("--output", metavar="FILE", help="Where to; - is the standard output. Default: its name.")
        parser.add_argument(
            "--period", default="", help="Instead of the report's own: last-month, 2026-01-01/2026-03-31."
        )
        parser.add_argument("--role", choices=ROLES, default="owner", help="Whose rights decide what it shows.")

    def handle(self, *, name: str | None, format: str, output: str | None, **options: Any) -> None:
        if name is None:
            self.tell_which()
            return
        rights = Rights(DECIDING & permissions_of(options["role"]))
        if not rights.sees_figures:
            raise CommandError(f"The role {options['role']} may not see figures.")
        outline = self.report(name).outline.over(options["period"])
        try:
            outline.check()
            with reading() as session:
                document = answered(
                    outline, rights.viewer, session, today=timezone.localdate(), formats=[format],
                    address=absolute(self.report(name).get_absolute_url()),
                )  # fmt: skip
                self.write(document, format, output)
        except (InvalidOutline, InvalidSection, InvalidPeriod) as error:
            raise CommandError(str(error)) from error

    def report(self, name: str) -> Report:
        report = Report.objects.filter(slug=name).first()
        if report is None:
            known = ", ".join(Report.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(f"There is no report “{name}”. There are: {known or 'none yet'}.")
        return report

    def tell_which(self) -> None:
        for report in Report.objects.order_by("slug"):
            self.stdout.write(f"{report.slug:<24} {report.title} ({report.period})")

    def write(self, document: Document, format: str, output: str | None) -> None:
        """Whole or not at all: painted beside its place, then moved there."""
        if output == "-":
            with tempfile.TemporaryFile() as file:
                PAINTERS[format](document, file)
                file.seek(0)
                sys.stdout.buffer.write(file.read())
            return
        path = Path(output or f"{file_name(document)}.{ending_of(format, document)}")
        if not path.parent.is_dir():
            raise CommandError(f"There is no folder {path.parent}.")
        handle, beside = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "w+b") as file:
                PAINTERS[format](document, file)
            Path(beside).chmod(0o644)
            os.replace(beside, path)
        finally:
            Path(beside).unlink(missing_ok=True)
        self.stdout.write(f"{path}: {document.title}, {path.stat().st_size:,} bytes")
