"""Processes that deliver and are killed: nothing is lost, and a double has the Message-ID of the first (bar B1)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from post_office import PostOffice

from lacelux.outbox.delivering import deliver
from lacelux.outbox.models import Delivery
from lacelux.outbox.services import due_ids
from tests.api.server import database_url
from tests.outbox.conftest import Post

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
WORKER = Path(__file__).with_name("worker.py")
MAILS = 400


@contextmanager
def working(folder: Path, post_office: PostOffice, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """worker.py on the test's own database; ended with all of its kind afterwards."""
    own = {
        "DATABASE_URL": database_url(),
        "VAR_DIR": str(folder),
        "EMAIL_URL": f"smtp://127.0.0.1:{post_office.port}",
        "DEFAULT_FROM_EMAIL": "Lace-Luxx <office@lace-luxx.test>",
        "CELERY_BROKER_URL": "memory://",
        "DJANGO_SETTINGS_MODULE": "lacelux.settings",
        "PYTHONPATH": os.pathsep.join([str(settings.BASE_DIR), str(WORKER.parent)]),
    }
    with (folder / "worker.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, str(WORKER), *arguments], env=os.environ | own, cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True,
        )  # fmt: skip
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def killed_at(point: str, delivery: Delivery, folder: Path, post_office: PostOffice) -> Delivery:
    """The mail as a worker leaves it that is killed there."""
    with working(folder, post_office, "die", point, str(delivery.pk)) as process:
        assert process.wait(60) == -signal.SIGKILL, (folder / "worker.log").read_text()
    return Delivery.objects.get(pk=delivery.pk)


def sweep(delivery: Delivery) -> Delivery:
    """What happens every half minute, now that the lease is over. Answers the mail as it ends."""
    Delivery.objects.filter(pk=delivery.pk, state="sending").update(lease_until=timezone.now() - timedelta(seconds=1))
    for delivery_id in due_ids(timezone.now(), 10):
        deliver(delivery_id)
    return Delivery.objects.get(pk=delivery.pk)


@pytest.mark.parametrize(
    ("point", "was_offered", "arrivals"),
    [("claimed", False, 1), ("composed", False, 1), ("offered", True, 1), ("accepted", True, 2), ("telling", True, 2)],
)
def test_killed_before_it_was_noted_the_mail_goes_out_all_the_same(
    posted: Post, post_office: PostOffice, tmp_path: Path, point: str, was_offered: bool, arrivals: int
) -> None:
    left = killed_at(point, posted(), tmp_path, post_office)
    assert (left.state, left.offered_at is not None) == ("sending", was_offered)
    assert len(post_office.accepted) == arrivals - 1
    deliver(left.pk)  # its lease is not over
    assert len(post_office.accepted) == arrivals - 1

    ended = sweep(left)
    assert (ended.state, ended.attempts, ended.failures) == ("sent", 2, 0)
    assert ended.may_have_doubled is was_offered
    assert post_office.message_ids == {left.message_id: arrivals}
    if arrivals == 2:
        first, second = post_office.accepted
        assert first.content == second.content


def test_killed_when_it_was_noted_the_mail_is_not_sent_again(
    posted: Post, post_office: PostOffice, tmp_path: Path
) -> None:
    left = killed_at("marked", posted(), tmp_path, post_office)
    assert left.state == "sent"
    assert sweep(left).attempts == 1
    assert post_office.message_ids == {left.message_id: 1}


def work_off(post_office: PostOffice, folder: Path, manner: str, is_done: Callable[[], bool]) -> int:
    """Three workers deliver, each of which is killed after a second or so. Answers how many were."""
    with working(folder, post_office, "crowd", manner, "3", "5") as process:
        deadline = time.monotonic() + 400
        while not is_done():
            assert process.poll() is None, (folder / "worker.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.2)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.stdout is not None
        return len(process.stdout.read().splitlines())


def is_nothing_left() -> bool:
    return not Delivery.objects.filter(state__in=Delivery.OPEN).exists()


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_four_hundred_mails_under_random_kills(posted: Post, post_office: PostOffice, tmp_path: Path) -> None:
    post_office.takes = 0.1
    mails = {posted(f"anna{n}@example.com").message_id for n in range(MAILS)}
    kills = work_off(post_office, tmp_path, "leased", is_nothing_left)
    arrived = post_office.message_ids
    doubled = {message_id for message_id, times in arrived.items() if times > 1}
    print(f"\n{kills} kills: {len(mails - set(arrived))} lost, {len(doubled)} came more than once")
    assert set(arrived) == mails
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert doubled <= set(Delivery.objects.filter(may_have_doubled=True).values_list("message_id", flat=True))
    assert kills >= 30


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_control_who_claims_and_then_sends_loses_some(posted: Post, post_office: PostOffice, tmp_path: Path) -> None:
    post_office.takes = 0.1
    mails = {posted(f"anna{n}@example.com").message_id for n in range(MAILS)}
    kills = work_off(post_office, tmp_path, "claim-then-send", is_nothing_left)
    lost = mails - set(post_office.message_ids)
    print(f"\n{kills} kills: {len(lost)} lost")
    assert lost
