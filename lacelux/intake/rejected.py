"""The file of rejected rows: file, row, column, value, reason."""

from __future__ import annotations

import csv
from pathlib import Path

from lacelux.intake.models import Batch, Rejected
from lacelux.lib.cells import escape

HEADER = ("file", "row", "column", "value", "reason")


def write_rejected(batch: Batch) -> Path | None:
    """Write the batch's refused rows beside it, safe to open in a spreadsheet. None where there are none."""
    rows = Rejected.objects.filter(batch=batch).order_by("id").values_list(*HEADER)
    if not rows.exists():
        batch.rejected_path.unlink(missing_ok=True)
        return None
    batch.directory.mkdir(parents=True, exist_ok=True)
    with batch.rejected_path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for name, row, column, value, reason in rows.iterator():
            writer.writerow((escape(name), row, escape(column), escape(value), escape(reason)))
    return batch.rejected_path
