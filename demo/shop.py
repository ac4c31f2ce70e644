"""Opens the demo shop: all or nothing, once."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from demo.ledger import SOURCE, Ledger
from demo.plan import Plan, make_plan
from demo.records import write_records
from demo.traces import write_traces
from sales.models import Order


class ShopInUse(Exception):
    """Orders that are not ours are there: demo figures would mix with real ones."""


def is_open() -> bool:
    """Whether this shop has the demo's orders."""
    return Order.staged.filter(source=SOURCE).exists()


def is_used() -> bool:
    """Whether this shop has any other orders."""
    return Order.staged.exclude(source=SOURCE).exists()


def open_shop(
    *,
    seed: int,
    months: int,
    scale: float,
    now: datetime,
    force: bool = False,
    say: Callable[[str], None] = lambda line: None,
) -> bool:
    """Write `months` of history up to `now`; false, and nothing written, where the demo is there already.

    Raises ShopInUse where other orders are there, unless `force`.
    """
    if is_open():
        return False
    if is_used() and not force:
        raise ShopInUse
    zone = ZoneInfo(settings.SHOP_TIME_ZONE)
    plan = make_plan(seed=seed, today=now.astimezone(zone).date(), months=months, zone=zone, scale=scale, say=say)
    gc.freeze()  # the plan lives as long as this call: no need to look through it again and again
    try:
        _write(plan, now, say)
    finally:
        gc.unfreeze()
    return True


@transaction.atomic
def _write(plan: Plan, now: datetime, say: Callable[[str], None]) -> None:
    say("Writing down people and pieces …")
    records = write_records(plan, now)
    Ledger(plan, records, now).write(say)
    write_traces(plan, records, now, say)
