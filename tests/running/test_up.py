"""`manage.py up` with the real web server, worker, clock and broker."""

import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running.shop import RunningShop, free_port, manage, processes_of

pytestmark = [pytest.mark.timeout(300), pytest.mark.redis]  # many processes start, on machines that do other things too


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    manage(folder, "migrate", "--verbosity", "0")
    return folder


@pytest.fixture
def shop(folder: Path) -> Iterator[RunningShop]:
    with RunningShop(folder) as shop:
        yield shop


def queue_a_task(shop: RunningShop) -> str:
    """Its id. Queued from another process, as the web server does."""
    code = "from lacelux.access.tasks import tidy; print('queued', tidy.delay().id)"
    return manage(shop.folder, "shell", "--command", code).split("queued ")[1].split()[0]


def test_the_whole_shop_in_one_command(shop: RunningShop) -> None:
    """It answers, does queued work, survives a killed worker, keeps others out, and ends without a trace."""
    with urllib.request.urlopen(f"{shop.url}/api/health", timeout=5) as response:
        assert response.status == 200

    task = queue_a_task(shop)
    shop.wait_for(rf"worker \| .*{task}.* succeeded")

    worker = next(pid for pid, command in processes_of(shop.folder).items() if " worker " in command)
    os.kill(worker, signal.SIGKILL)
    shop.wait_for(r"worker \| ended \(SIGKILL\)")
    task = queue_a_task(shop)
    shop.wait_for(rf"worker \| .*{task}.* succeeded")

    second = RunningShop.command(shop.folder, free_port())
    refused = subprocess.run(**second, capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1
    assert f"already running on {shop.folder} (process {shop.process.pid})" in refused.stderr

    assert len(processes_of(shop.folder)) == 4
    started = time.monotonic()
    shop.process.send_signal(signal.SIGINT)
    assert shop.process.wait(20) == 0
    assert time.monotonic() - started < 15
    assert processes_of(shop.folder) == {}
    assert "Stopped." in shop.output


def test_a_taken_port_is_named(shop: RunningShop, tmp_path: Path) -> None:
    refused = subprocess.run(**RunningShop.command(tmp_path, shop.port), capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1
    assert re.search(rf"Port {shop.port} on 127.0.0.1 is taken", refused.stderr)
