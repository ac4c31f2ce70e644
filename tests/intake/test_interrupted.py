"""Real processes: an import killed in the middle leaves nothing to be seen, and the till sells on beside it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Sum

from customers.models import Customer
from inventory.models import Product
from lacelux.intake.models import Batch
from sales.models import Channel, Order, OrderLine
from sales.services import SaleLine, record_sale
from tests.intake.conftest import Run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]
ROWS = 16_000
STAMP = "2011-03-01 10:00:00"


@pytest.fixture
def ledger(retail: Callable[..., Path]) -> Path:
    """ROWS lines of 1.25 each, four to an order, 40 customers, 50 products."""
    return retail(
        "ledger.csv",
        *(f"{n // 4},SKU{n % 50},Piece {n},1,{STAMP},1.25,{n // 4 % 40}.0,France" for n in range(ROWS)),
    )


def importing(path: Path) -> subprocess.Popen[bytes]:
    """`manage.py intake` on the test's own database."""
    names = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{names['NAME']}"
    else:
        url = f"postgres://{names['USER']}:{names['PASSWORD']}@{names['HOST']}:{names['PORT'] or 5432}/{names['NAME']}"
    return subprocess.Popen(
        [sys.executable, "manage.py", "intake", str(path)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url, "VAR_DIR": str(settings.VAR_DIR)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for_rows(process: subprocess.Popen[bytes], rows: int) -> None:
    deadline = time.monotonic() + 60
    while not Batch.objects.filter(state="staging", rows__gte=rows).exists():
        assert process.poll() is None, "the import was over before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_killed_twice_and_finished_in_the_end(ledger: Path, intake: Callable[..., Run]) -> None:
    for rows in (4_000, 8_000):
        process = importing(ledger)
        wait_for_rows(process, rows)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert OrderLine.staged.count() >= rows
        for model in (Order, OrderLine, Customer, Product):
            assert not model.objects.exists()

    assert intake(ledger).counts == {"rows": ROWS, "new": ROWS}
    assert OrderLine.staged.count() == ROWS
    assert OrderLine.objects.aggregate(sum=Sum("gross"))["sum"] == Decimal(20_000)
    assert (Customer.staged.count(), Product.staged.count(), Order.staged.count()) == (40, 50, ROWS // 4)
    assert sorted(Batch.objects.values_list("state", flat=True)) == ["discarded", "discarded", "published"]
    assert intake(ledger).counts == {"rows": ROWS, "known": ROWS}


def test_the_till_sells_while_an_import_runs(ledger: Path) -> None:
    till = Channel.objects.create(code="till", name="Till")
    process = importing(ledger)
    wait_for_rows(process, 1)
    waits = []
    while process.poll() is None:
        began = time.monotonic()
        record_sale(channel=till, lines=[SaleLine(unit_price=Decimal("12.50"), description="Key fob")])
        waits.append(time.monotonic() - began)
        time.sleep(0.03)
    assert process.returncode == 0
    assert len(waits) >= 5
    assert max(waits) < 5, f"a sale waited {max(waits):.1f} s"
    assert OrderLine.objects.filter(order__source="till").count() == len(waits)
    assert OrderLine.objects.filter(order__source="online-retail").count() == ROWS
    print(f"{len(waits)} sales, slowest {max(waits):.2f} s, median {sorted(waits)[len(waits) // 2]:.3f} s")
