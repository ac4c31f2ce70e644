"""The real ledger, UCI's Online Retail: 305 files, 541,909 rows, imported by the command once per test database.

It is committed, so tests that ask for `online_retail` run after all others (see conftest), only read, and are marked
`django_db`.
"""

import json
import tarfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from lacelux.intake.models import Batch

ROWS = 541_909


def is_imported() -> bool:
    return Batch.objects.filter(format="online-retail", state="published", rows=ROWS).exists()


@pytest.fixture(scope="session")
def online_retail(
    real_data: Path, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """The figures the ledger must come to; the shop of the test database holds it and nothing else."""
    source = real_data / "online-retail"
    if not source.is_dir():
        pytest.skip("no Online Retail files")
    with django_db_blocker.unblock():
        if not is_imported():
            import_all(source / "by-day.tar.xz", tmp_path_factory.mktemp("retail"))
    yield json.loads((source / "expected.json").read_text())
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


def import_all(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    call_command("intake", str(folder / "by-day"), stdout=StringIO())
