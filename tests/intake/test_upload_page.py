"""Files come in through the admin: staff upload, the worker reads, a manager publishes."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lacelux.celery import app
from lacelux.intake import views
from lacelux.intake.models import Batch
from lacelux.intake.uploads import read
from sales.models import Order, OrderLine
from tests.intake.conftest import RETAIL_HEADER

As = Callable[[User], Client]
GOOD = "536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom"
SHOW = (
    "order_id,order_numeric_id,buyer_username,product_name,product_quantity,original_item_price,placed_at,"
    "cancelled_or_failed,shipment_id\nOrd1,900001,anna,Kelly 28 #1,1,1500.0,2026-06-11 04:29:36,,1\n"
)


@pytest.fixture
def eager() -> Any:
    app.conf.task_always_eager, before = True, app.conf.task_always_eager
    yield
    app.conf.task_always_eager = before


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A queue nobody works on: the ids that were put there."""
    waiting: list[int] = []
    monkeypatch.setattr(views, "nudge", lambda task, batch_id: waiting.append(batch_id))
    return waiting


def upload(client: Client, *texts: str, commit: Any, **more: str) -> Any:
    files = [BytesIO(text.encode()) for text in texts]
    for number, file in enumerate(files):
        file.name = f"../../day {number}.csv"
    with commit(execute=True):
        return client.post(reverse("intake:upload"), {"uploads": files, "format": "", **more})


def retail(*lines: str) -> str:
    return "\n".join([RETAIL_HEADER, *lines, ""])


def test_staff_upload_and_see_and_a_manager_publishes(
    client_as: As, staff: User, manager: User, eager: None, django_capture_on_commit_callbacks: Any
) -> None:
    client = client_as(staff)
    bad = GOOD.replace("2.55", "<b>x</b>")
    answer = upload(client, retail(GOOD, bad), retail(GOOD), commit=django_capture_on_commit_callbacks)
    batch = Batch.objects.get()
    assert answer.url == reverse("intake:batch", args=[batch.pk])
    assert (batch.state, batch.created_by) == (Batch.State.STAGED, staff)
    assert (batch.rows, batch.new, batch.known, batch.rejected) == (3, 1, 1, 1)
    assert not OrderLine.objects.exists()

    page = client.get(answer.url).content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "A manager publishes it." in page
    assert reverse("intake:publish", args=[batch.pk]) not in page
    rejected = client.get(reverse("intake:rejected", args=[batch.pk]))
    assert b"<b>x</b>" in b"".join(rejected.streaming_content)
    assert client.post(reverse("intake:publish", args=[batch.pk])).status_code == 403

    boss = client_as(manager)
    assert reverse("intake:publish", args=[batch.pk]) in boss.get(answer.url).content.decode()
    boss.post(reverse("intake:publish", args=[batch.pk]))
    batch.refresh_from_db()
    assert (batch.state, batch.published_by) == (Batch.State.PUBLISHED, manager)
    assert OrderLine.objects.count() == 1


def test_a_show_is_kept_as_a_file_until_it_is_published(
    client_as: As, manager: User, eager: None, django_capture_on_commit_callbacks: Any
) -> None:
    client = client_as(manager)
    upload(client, SHOW, commit=django_capture_on_commit_callbacks)
    batch = Batch.objects.get()
    assert (batch.state, batch.new) == (Batch.State.STAGED, 1)
    assert not Order.staged.exists()
    assert [path.name for path in batch.directory.iterdir()] == ["001.upload"]
    client.post(reverse("intake:publish", args=[batch.pk]))
    assert Order.objects.get().number == "Ord1"
    assert not list(batch.directory.glob("*.upload"))


def test_a_discarded_upload_leaves_nothing(
    client_as: As, staff: User, eager: None, django_capture_on_commit_callbacks: Any
) -> None:
    client = client_as(staff)
    upload(client, retail(GOOD), commit=django_capture_on_commit_callbacks)
    batch = Batch.objects.get()
    client.post(reverse("intake:discard", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == Batch.State.DISCARDED
    assert not OrderLine.staged.exists()
    assert not list(batch.directory.glob("*.upload"))


def test_nobody_discards_what_another_uploaded_unless_they_may_publish(
    client_as: As, staff: User, manager: User, eager: None, django_capture_on_commit_callbacks: Any
) -> None:
    upload(client_as(manager), retail(GOOD), commit=django_capture_on_commit_callbacks)
    batch = Batch.objects.get()
    client_as(staff).post(reverse("intake:discard", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == Batch.State.STAGED


def test_a_file_of_no_known_kind_is_refused_on_the_form(
    client_as: As, staff: User, queued: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    answer = upload(client_as(staff), "a,b\n1,2\n", commit=django_capture_on_commit_callbacks)
    assert answer.status_code == 200
    assert "No line near the top" in answer.content.decode()
    assert (queued, Batch.objects.count()) == ([], 0)


def test_options_of_the_form_reach_the_format(
    client_as: As, staff: User, eager: None, django_capture_on_commit_callbacks: Any
) -> None:
    text = "order,sold_at,quantity,unit_price\n1,03/04/2025,1,10.00\n"
    more = {"option-date-format": "%d/%m/%Y", "option-source": "old-shop"}
    upload(client_as(staff), text, commit=django_capture_on_commit_callbacks, **more)
    assert (Batch.objects.get().new, Batch.objects.get().source) == (1, "old-shop")
    assert OrderLine.staged.get().sold_at.date().isoformat() == "2025-04-03"


def test_without_a_worker_the_page_says_so_after_ten_seconds(
    client_as: As, staff: User, queued: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    client = client_as(staff)
    upload(client, retail(GOOD), commit=django_capture_on_commit_callbacks)
    batch = Batch.objects.get()
    assert queued == [batch.pk]
    progress = reverse("intake:progress", args=[batch.pk])
    assert client.get(progress).json()["warning"] == ""
    Batch.objects.update(created_at=timezone.now() - timedelta(seconds=11))
    assert "Start one" in client.get(progress).json()["warning"]
    assert "intake.js" in client.get(reverse("intake:batch", args=[batch.pk])).content.decode()


def test_a_task_delivered_twice_reads_once(
    client_as: As, staff: User, queued: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    upload(client_as(staff), retail(GOOD), commit=django_capture_on_commit_callbacks)
    read(Batch.objects.get())
    read(Batch.objects.get())
    assert (Batch.objects.get().state, OrderLine.staged.count()) == (Batch.State.STAGED, 1)


def test_an_upload_behind_a_waiting_history_fails_with_the_reason(
    client_as: As, staff: User, eager: None, django_capture_on_commit_callbacks: Any
) -> None:
    client = client_as(staff)
    upload(client, retail(GOOD), commit=django_capture_on_commit_callbacks)
    upload(client, retail(GOOD.replace("6,2010", "7,2010")), commit=django_capture_on_commit_callbacks)
    second = Batch.objects.latest("id")
    assert second.state == Batch.State.FAILED
    assert "has been read and waits" in second.message
    assert "has been read and waits" in client.get(reverse("intake:batch", args=[second.pk])).content.decode()


def test_files_that_vanished_or_changed_before_they_were_read_fail_the_import(
    client_as: As, staff: User, queued: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    upload(client_as(staff), retail(GOOD), commit=django_capture_on_commit_callbacks)
    batch = Batch.objects.get()
    next(batch.directory.glob("*.upload")).write_text(retail(GOOD, GOOD))
    with pytest.raises(Exception, match="gone or changed"):
        read(batch)
    assert Batch.objects.get().state == Batch.State.FAILED


def test_viewers_and_strangers_stay_out(client_as: As, viewer: User, client: Client) -> None:
    assert client_as(viewer).get(reverse("intake:upload")).status_code == 403
    assert client.get(reverse("intake:upload")).status_code == 302


def test_the_list_of_imports_leads_to_their_pages(client_as: As, manager: User) -> None:
    batch = Batch.objects.create(format="online-retail", source="online-retail", state="discarded")
    client = client_as(manager)
    assert client.get(reverse("admin:intake_batch_changelist")).status_code == 200
    answer = client.get(reverse("admin:intake_batch_change", args=[batch.pk]))
    assert answer.url == reverse("intake:batch", args=[batch.pk])
    assert client.get(answer.url).status_code == 200
