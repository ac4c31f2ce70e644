"""The clock of the reports: which schedules are due, and what becomes of one whose runs fail.

One entry of the beat asks what is due; any number of clocks may ask at once. A run is unique for its schedule and due
time, and a shop that was down for days makes one run, of the latest due time, not one for each that was missed.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from analytics.formats.text import local
from lacelux.outbox.services import post
from reports.models import Run, Schedule
from reports.models.schedule import MOST_FAILURES

logger = logging.getLogger(__name__)
STOPPED = "stopped"  # the kind of mail that tells an owner
A_MOMENT = timedelta(seconds=1)


def open_due_runs(now: datetime) -> list[Run]:
    """A queued run for each schedule that is due by `now`."""
    due = Schedule.objects.filter(next_due_at__lte=now).select_related("report").prefetch_related("report__sections")
    opened = []
    for schedule in due:
        try:
            opened.append(open_run(schedule, now))
        except Exception:  # one broken schedule must not keep the others waiting
            logger.exception("Schedule %s could not be opened.", schedule.pk)
    return [run for run in opened if run]


def open_run(schedule: Schedule, now: datetime) -> Run | None:
    """The run of the latest due time; None where another clock was quicker."""
    first, rule = schedule.next_due_at, schedule.recurrence
    assert first is not None
    latest = rule.latest_until(now, after=first - A_MOMENT) or first
    with transaction.atomic():
        unmoved = Schedule.objects.filter(pk=schedule.pk, next_due_at=first)
        if not unmoved.update(next_due_at=rule.next_after(latest)):
            return None
        run, is_new = Run.objects.get_or_create(
            schedule=schedule, due_at=latest, defaults=asked_by(schedule, latest, rule.count_between(first, latest))
        )
    return run if is_new else None


def asked_by(schedule: Schedule, due_at: datetime, missed: int) -> dict[str, object]:
    """What a run of this schedule is to be."""
    outline = schedule.report.outline.over(schedule.period)
    missing = [f"{missed} earlier due times had passed while the shop was down: this is the latest."] if missed else []
    return {
        "report": schedule.report, "owner_id": schedule.owner_id, "cause": Run.Cause.SCHEDULE, "title": outline.title,
        "outline_kept": outline.as_json(), "today": local(due_at).date(), "formats": schedule.formats,
        "recipients_kept": schedule.recipients.as_json(), "only_if_data": schedule.only_if_data, "notes": missing,
    }  # fmt: skip


# --- success and failure ------------------------------------------------------------------------------------------


def note_success(run: Run) -> None:
    """A run of the schedule went well: failures count in a row only."""
    if run.schedule_id is not None:
        Schedule.objects.filter(pk=run.schedule_id).exclude(failures=0, trouble="").update(failures=0, trouble="")


def note_failure(run: Run, why: str) -> None:
    """Count it; the fifth in a row stops the schedule and tells its owner. Within the caller's transaction."""
    if run.schedule_id is None:
        return
    schedule = Schedule.objects.select_for_update().get(pk=run.schedule_id)
    schedule.failures += 1
    schedule.trouble = why
    if schedule.failures >= MOST_FAILURES and not schedule.stopped_at:
        schedule.stopped_at, schedule.next_due_at = timezone.now(), None
        for person in told_of(schedule):
            post(kind=STOPPED, reference=run.uuid, address=person.email, person=person, send_number=1)
    schedule.save(update_fields=["failures", "trouble", "stopped_at", "next_due_at"])


def told_of(schedule: Schedule) -> list[User]:
    """Its owner, or the shop's owners where that person gets no mail any more."""
    if schedule.owner.is_active and schedule.owner.email:
        return [schedule.owner]
    owners = User.objects.filter(groups__name="owner", is_active=True, api_key=None).exclude(email="")
    return list(owners.order_by("pk"))


def resume(schedule: Schedule) -> None:
    """Let a paused or stopped schedule run again, from its next due time on."""
    schedule.is_paused, schedule.stopped_at, schedule.failures = False, None, 0
    schedule.save()


def pause(schedule: Schedule) -> None:
    schedule.is_paused = True
    schedule.save()
