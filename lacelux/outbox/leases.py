"""Work that must be done by one process at a time, and once more by another where that one dies.

A row is claimed by one conditional UPDATE that leaves a token and a lease on it. Whoever holds the token renews the
lease while he lives, and may write to the row only while the token on it is still his. When the lease has run out the
row is due again: nothing has to notice a death. Clocks of the machines must agree within a few seconds.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar, cast

from django.db import Error, connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=40)
BEATS_PER_LEASE = 4

L = TypeVar("L", bound="Leased")


class LeasedQuerySet(models.QuerySet[L]):
    def due(self, now: datetime) -> LeasedQuerySet[L]:
        """What somebody should take up: it waits and its time has come, or whoever had it is gone."""
        return self.filter(self._waiting(now) | self._interrupted(now))

    def interrupted(self, now: datetime) -> LeasedQuerySet[L]:
        """What somebody had taken up and did not finish within his lease."""
        return self.filter(self._interrupted(now))

    def _waiting(self, now: datetime) -> Q:
        return Q(state__in=self.model.WAITING, next_try_at__lte=now)

    def _interrupted(self, now: datetime) -> Q:
        return Q(state=self.model.WORKING, lease_until__lt=now)


class Leased(models.Model):
    """Mixin of models whose rows are worked on under a lease.

    A subclass has a text field `state` and says in which states a row waits and in which one it is worked on.
    """

    WAITING: ClassVar[Sequence[str]]
    WORKING: ClassVar[str]

    claim = models.UUIDField(null=True, editable=False, help_text="The token of whoever works on it.")
    lease_until = models.DateTimeField(null=True, editable=False)
    next_try_at = models.DateTimeField("next try", default=timezone.now, editable=False)
    attempts = models.PositiveSmallIntegerField("tries", default=0, editable=False, help_text="Times it was taken up.")

    objects: ClassVar[LeasedQuerySet[Any]] = LeasedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["state", "next_try_at"], name="%(app_label)s_%(class)s_due")]


def claim(model: type[L], pk: int) -> L | None:
    """Take up the row if it is due, for LEASE from now; None where it is not, or another was quicker.

    Never within a transaction of the caller's: others must see the claim at once.
    """
    token, now = uuid.uuid4(), timezone.now()
    taking: dict[str, Any] = {"state": model.WORKING, "claim": token, "lease_until": now + LEASE}
    rows = cast("LeasedQuerySet[L]", model.objects.filter(pk=pk))
    with transaction.atomic(durable=True):
        taken = rows.due(now).update(attempts=F("attempts") + 1, **taking)
    return rows.filter(claim=token).first() if taken else None


def settle(row: Leased, **fields: Any) -> bool:
    """Write `fields` to the row while it is ours; whether it was. A `state` other than WORKING gives it out of hand."""
    if fields.get("state", row.WORKING) != row.WORKING:
        fields = {"claim": None, "lease_until": None, **fields}
    if not _ours(row).update(**fields):
        return False
    for name, value in fields.items():
        setattr(row, name, value)
    return True


def _ours(row: Leased) -> LeasedQuerySet[Any]:
    mine = type(row).objects.filter(pk=row.pk, claim=row.claim) if row.claim else type(row).objects.none()
    return cast("LeasedQuerySet[Any]", mine)


@contextmanager
def hold(row: Leased) -> Iterator[Holder]:
    """Keep a claimed row while the block runs: `with hold(row) as holder: … holder.still_ours() …`.

    The end of the block does not end the claim; `settle` does. Where an error leaves the block the lease runs out.
    """
    holder = Holder(row)
    holder.start()
    try:
        yield holder
    finally:
        holder.stop()


class Holder:
    """Renews a lease from a thread of its own, which has its own database connection."""

    def __init__(self, row: Leased) -> None:
        self._ours = _ours(row)  # by the token of now: `settle` takes it off the row
        self._is_over = threading.Event()
        self._is_lost = False
        self._good_until = time.monotonic() + LEASE.total_seconds()
        self._thread = threading.Thread(target=self._beat, name=f"{row._meta.label} {row.pk}", daemon=True)

    def still_ours(self) -> bool:
        """Whether nobody else can have taken the row up. Only `settle` can make sure; this costs nothing to ask."""
        return not self._is_lost and time.monotonic() < self._good_until

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._is_over.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._is_over.wait(LEASE.total_seconds() / BEATS_PER_LEASE) and not self._is_lost:
                self._renew()
        finally:
            connection.close()

    def _renew(self) -> None:
        before = time.monotonic()
        try:
            self._is_lost = not self._ours.update(lease_until=timezone.now() + LEASE)
        except Error as error:  # there are more beats before the lease is over
            logger.warning("The lease of %s could not be renewed: %s", self._thread.name, error)
            connection.close()
        else:
            self._good_until = before + LEASE.total_seconds()
