"""`manage.py intake`: files in."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lacelux.intake.batches import Busy, Lost, begin, discard, drop, keep_files
from lacelux.intake.formats import known_formats
from lacelux.intake.models import Batch
from lacelux.intake.plans import Plan, UnknownFormat, make_plan
from lacelux.intake.refusals import Refused
from lacelux.intake.running import Tally
from lacelux.intake.staging import TooLarge, preview, publish, stage

SHOWN = 10  # refusals printed where no file is written


class Command(BaseCommand):
    help = (
        "Import files: sniff, read, compare, publish. Accepted rows of one call publish together; rejected ones go"
        " to a file, and the command ends with an error then. Importing the same rows again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="*", metavar="PATH", help="A file, or a folder: its *.csv by name.")
        parser.add_argument("--format", default="", help="Instead of sniffing; `--list` shows them.")
        parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="See `--list`.")
        parser.add_argument("--dry-run", action="store_true", help="Count and compare, write nothing.")
        parser.add_argument("--strict", action="store_true", help="Publish nothing where a row is rejected.")
        parser.add_argument("--list", action="store_true", help="Show formats and the latest imports.")
        parser.add_argument("--publish", type=int, metavar="N", help="Publish import N, which was read before.")
        parser.add_argument("--discard", type=int, metavar="N", help="Drop import N, which is not published.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["list"]:
                self._list()
            elif options["publish"] is not None:
                self._publish(_batch(options["publish"]))
            elif options["discard"] is not None:
                self._discard(_batch(options["discard"]))
            else:
                self._import(options)
        except (Busy, Lost, TooLarge, UnknownFormat, Refused) as error:
            raise CommandError(str(error)) from error

    def _import(self, options: dict[str, Any]) -> None:
        paths = _files(options["paths"])
        plan = make_plan(paths, format_name=options["format"], options=_pairs(options["option"]))
        if options["dry_run"]:
            self._preview(plan)
            return
        batch = begin(plan, actor=None)
        if not plan.format.writes_ahead:
            keep_files(batch, plan)
        progress = Progress(self.stderr, plan.rows_expected)
        tally = stage(batch, plan, progress)
        progress.end()
        if tally.refused and options["strict"]:
            discard(batch, message="Strict: a row was rejected.")
            self._report(tally, batch.notes)
            raise CommandError(f"Nothing was published. {_rejected(tally)} {batch.rejected_path}")
        self._publish(batch)

    def _publish(self, batch: Batch) -> None:
        tally = publish(batch, actor=None)
        batch.refresh_from_db()
        self._report(tally, batch.notes)
        self.stdout.write(f"Import {batch.pk} is published.")
        if tally.refused or batch.rejections.exists():
            raise CommandError(f"{_rejected(tally)} {batch.rejected_path}")

    def _discard(self, batch: Batch) -> None:
        drop(batch)
        self.stdout.write(f"Import {batch.pk} is discarded.")

    def _preview(self, plan: Plan) -> None:
        tally, refusals, notes = preview(plan)
        self._report(tally, notes)
        for refusal in refusals[:SHOWN]:
            self.stdout.write(f"  {refusal.file}:{refusal.row} {refusal.column} {refusal.value!r}: {refusal.reason}")
        self.stdout.write("Nothing was written: this was a dry run.")
        if refusals:
            raise CommandError(_rejected(tally).rstrip(":") + ".")

    def _report(self, tally: Tally, notes: Sequence[str]) -> None:
        for name, count in tally.counts().items():
            self.stdout.write(f"{name:>10} {count:>12,}")
        for note in notes:
            self.stdout.write(f"Note: {note}")

    def _list(self) -> None:
        for fmt in known_formats().values():
            self.stdout.write(f"{fmt.name}: {fmt.title}{' (history)' if fmt.writes_ahead else ''}")
            for option in fmt.options:
                self.stdout.write(f"    --option {option.name}=…  {option.help}")
        for batch in Batch.objects.all()[:20]:
            self.stdout.write(
                f"{batch.pk:>6} {batch.created_at:%Y-%m-%d %H:%M} {batch.get_state_display():<20} {batch.format:<16}"
                f" {batch.rows:>9,} rows, {batch.new:,} new, {batch.rejected + batch.conflicts:,} refused"
            )


class Progress:
    """A line on a terminal that says how far reading is; nothing where nobody looks."""

    def __init__(self, stream: Any, expected: int) -> None:
        self.stream, self.expected = stream, expected
        self.shows = sys.stderr.isatty()

    def __call__(self, rows: int) -> None:
        if self.shows:
            share = min(rows / self.expected, 1) if self.expected else 1
            self.stream.write(f"\r{rows:,} rows ({share:.0%})", ending="")

    def end(self) -> None:
        if self.shows:
            self.stream.write("")


def _files(given: Sequence[str]) -> list[tuple[Path, str]]:
    paths: list[Path] = []
    for text in given:
        path = Path(text).resolve()
        paths.extend(sorted(path.glob("*.[cC][sS][vV]")) if path.is_dir() else [path])
    if not paths:
        raise CommandError("Name a file, or a folder with *.csv files in it.")
    return [(path, path.name) for path in paths]


def _pairs(given: Sequence[str]) -> dict[str, str]:
    pairs = dict(text.partition("=")[::2] for text in given)
    if bad := [name for name, value in pairs.items() if not name or not value]:
        raise CommandError(f"Write options as NAME=VALUE: {', '.join(bad)}")
    return pairs


def _batch(number: int) -> Batch:
    batch = Batch.objects.filter(pk=number).first()
    if batch is None:
        raise CommandError(f"There is no import {number}.")
    return batch


def _rejected(tally: Tally) -> str:
    return f"{tally.rejected:,} rows rejected, {tally.conflicts:,} in conflict:"
