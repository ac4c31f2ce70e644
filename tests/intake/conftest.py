"""Small files of our own, and the command that imports them."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from lacelux.intake.models import Batch

RETAIL_HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.INTAKE_DIR = tmp_path / "kept"


@pytest.fixture
def retail(tmp_path: Path) -> Callable[..., Path]:
    """`retail("a.csv", line, line, …)` writes a file in the manner of Online Retail."""

    def write(name: str, *lines: str, header: str = RETAIL_HEADER) -> Path:
        path = tmp_path / name
        path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
        return path

    return write


class Run:
    """What one call of the command did."""

    def __init__(self, batch: Batch | None, output: str, error: str) -> None:
        self.batch, self.output, self.error = batch, output, error

    @property
    def counts(self) -> dict[str, int]:
        assert self.batch
        names = ("rows", "new", "known", "changed", "ignored", "rejected", "conflicts")
        return {name: getattr(self.batch, name) for name in names if getattr(self.batch, name)}


@pytest.fixture
def intake(db: None) -> Callable[..., Run]:
    """`intake(path, …, strict=True)` calls the command; an error it ends with is kept, not raised."""

    def run(*paths: Path, **options: Any) -> Run:
        before = Batch.objects.order_by("-id").values_list("pk", flat=True).first() or 0
        output, error = StringIO(), ""
        try:
            call_command("intake", *map(str, paths), stdout=output, **options)
        except CommandError as refusal:
            error = str(refusal)
        batch = Batch.objects.filter(pk__gt=before).order_by("-id").first()
        if batch:
            counted = batch.new + batch.known + batch.changed + batch.ignored + batch.rejected + batch.conflicts
            assert counted == batch.rows
        return Run(batch, output.getvalue(), error)

    return run


def kept(batch: Batch) -> Path:
    return Path(settings.INTAKE_DIR) / str(batch.pk)
