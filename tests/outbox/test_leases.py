"""Claims are exclusive, are kept by a heartbeat, and end with whoever held them."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from post_office import PostOffice

from lacelux.outbox import leases
from lacelux.outbox.delivering import deliver
from lacelux.outbox.leases import claim, hold, settle
from lacelux.outbox.models import Delivery
from tests.outbox.conftest import Post

TAKERS, ROUNDS = 20, 10
Take = Callable[[type[Delivery], int], Delivery | None]


def reread(delivery: Delivery) -> Delivery:
    return Delivery.objects.get(pk=delivery.pk)


# --- One holder ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_claimed_is_claimed_by_one(posted: Post) -> None:
    mail = posted()
    mine = claim(Delivery, mail.pk)
    assert mine is not None
    assert (mine.state, mine.attempts, mine.claim is None) == ("sending", 1, False)
    assert claim(Delivery, mail.pk) is None
    assert settle(mine, state="queued")
    again = claim(Delivery, mail.pk)
    assert again is not None
    assert again.attempts == 2
    assert not settle(mine, state="sent")
    assert reread(mail).state == "sending"


@pytest.mark.django_db
def test_what_is_not_due_or_over_is_not_claimed(posted: Post) -> None:
    mail = posted()
    Delivery.objects.update(next_try_at=timezone.now() + timedelta(minutes=1))
    assert claim(Delivery, mail.pk) is None
    Delivery.objects.update(next_try_at=timezone.now(), state="sent")
    assert claim(Delivery, mail.pk) is None
    assert claim(Delivery, mail.pk + 1) is None


@pytest.mark.django_db
def test_an_ended_lease_passes_on_and_the_old_holder_may_write_nothing(posted: Post) -> None:
    mail = posted()
    first = claim(Delivery, mail.pk)
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    second = claim(Delivery, mail.pk)
    assert first is not None
    assert second is not None
    assert not settle(first, words="I was here")
    assert settle(second, words="So was I")
    assert reread(mail).words == "So was I"


@pytest.mark.django_db(transaction=True)
def test_a_claim_within_somebody_elses_transaction_is_refused(posted: Post) -> None:
    mail = posted()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        claim(Delivery, mail.pk)


def claims_of_twenty(take: Take, mails: list[Delivery]) -> Counter[int]:
    """How many of TAKERS threads got each mail; for each they begin at one moment."""
    start = Barrier(TAKERS)

    def take_each(_: int) -> list[int]:
        try:
            return [mail.pk for mail in mails if start.wait(60) >= 0 and take(Delivery, mail.pk)]
        finally:
            connection.close()

    with ThreadPoolExecutor(TAKERS) as takers:
        return Counter(pk for got in takers.map(take_each, range(TAKERS)) for pk in got)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_exactly_one_gets_it(posted: Post) -> None:
    mails = [posted(f"anna{n}@example.com") for n in range(ROUNDS)]
    assert claims_of_twenty(claim, mails) == {mail.pk: 1 for mail in mails}
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_looking_first_and_writing_afterwards_lets_several_in(posted: Post) -> None:
    def look_then_write(model: type[Delivery], pk: int) -> Delivery | None:
        found = model.objects.filter(pk=pk).due(timezone.now()).first()
        if found:
            found.state, found.claim = model.WORKING, uuid.uuid4()
            found.save(update_fields=["state", "claim"])
        return found

    got = claims_of_twenty(look_then_write, [posted(f"anna{n}@example.com") for n in range(ROUNDS)])
    assert max(got.values()) > 1


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_ten_deliver_at_once_arrives_once(posted: Post, post_office: PostOffice) -> None:
    mails = [posted(f"anna{n}@example.com") for n in range(5)]
    post_office.takes = 0.05

    def deliver_all(_: int) -> None:
        try:
            for mail in mails:
                deliver(mail.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as workers:
        list(workers.map(deliver_all, range(10)))
    assert post_office.message_ids == {mail.message_id: 1 for mail in mails}


# --- The heartbeat --------------------------------------------------------------------------------------------------


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> float:
    """The length of a lease, in seconds; long enough for a busy machine."""
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=1.6))
    return 1.6


def until(claimed: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not claimed() and time.monotonic() < deadline:
        time.sleep(0.05)
    return claimed()


def taken(mail: Delivery) -> Delivery:
    mine = claim(Delivery, mail.pk)
    assert mine is not None
    return mine


@pytest.mark.django_db(transaction=True)
def test_a_holder_keeps_what_takes_longer_than_a_lease(posted: Post, short: float) -> None:
    mine = taken(posted())
    with hold(mine) as holder:
        time.sleep(1.5 * short)
        assert holder.still_ours()
        assert claim(Delivery, mine.pk) is None
        assert settle(mine, state="queued")


@pytest.mark.django_db(transaction=True)
def test_who_stops_holding_loses_it_when_the_lease_is_over(posted: Post, short: float) -> None:
    mine = taken(posted())
    with hold(mine):
        pass
    assert claim(Delivery, mine.pk) is None
    assert until(lambda: claim(Delivery, mine.pk) is not None or reread(mine).attempts == 2)


@pytest.mark.django_db(transaction=True)
def test_a_holder_notices_that_it_was_taken_from_him(posted: Post, short: float) -> None:
    with hold(taken(posted())) as holder:
        assert holder.still_ours()
        Delivery.objects.update(claim=uuid.uuid4())
        assert until(lambda: not holder.still_ours())


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_that_fails_is_tried_again_until_the_lease_is_over(
    posted: Post, short: float, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with hold(taken(posted())) as holder:
        with monkeypatch.context() as away:
            away.setattr(leases.LeasedQuerySet, "update", _fails)
            time.sleep(0.5 * short)
            assert "could not be renewed" in caplog.text
            assert holder.still_ours()
            assert until(lambda: not holder.still_ours())
        assert until(holder.still_ours)


def _fails(*_: object, **__: object) -> int:
    raise DatabaseError("away")
