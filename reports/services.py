"""What people and programs ask of reports: make one now, send it, pause or resume a schedule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from lacelux.lib.nudging import nudge
from reports.audience import Recipients
from reports.builder.saving import free_slug
from reports.models import Report, Run, Schedule
from reports.outlines import Outline
from reports.schedules import pause, resume
from reports.sending import NobodyToSendTo, send_again
from reports.shipped import make
from reports.tasks import produce

__all__ = [
    "NobodyToSendTo",
    "TooManyWaiting",
    "keep_report",
    "make_again",
    "pause",
    "resume",
    "run_report",
    "run_schedule_now",
    "send_again",
]
MOST_WAITING = 50  # runs of one person that are not over


class TooManyWaiting(ValueError):
    """This person has asked for more than the workers get done; the message says so."""


def run_report(
    *,
    outline: Outline,
    owner: User,
    cause: str,
    formats: Sequence[str],
    report: Report | None = None,
    recipients: Recipients | None = None,
) -> Run:
    """Queue a run of `outline`, for the owner to look at, and for `recipients` by mail. A worker is told after commit.

    Raises InvalidOutline where it cannot be asked so, and TooManyWaiting.
    """
    outline.check()
    if Run.objects.filter(owner=owner).exclude(state__in=Run.OVER).count() >= MOST_WAITING:
        raise TooManyWaiting(f"{MOST_WAITING} of your reports are still being made. Wait for these first.")
    now = timezone.now()
    run = Run.objects.create(
        report=report,
        owner=owner,
        cause=cause,
        title=outline.title,
        outline_kept=outline.as_json(),
        today=timezone.localdate(),
        due_at=now,
        formats=list(formats),
        recipients_kept=(recipients or Recipients()).as_json(),
    )
    nudge(produce, run.pk)
    return run


def run_schedule_now(*, schedule: Schedule, by: User) -> Run:
    """Make a schedule's report at once, for its recipients, over its period. It is no turn of the schedule.

    It is made with the rights of the person who asks, as if they had mailed it by hand: nobody gets more through
    somebody else's schedule than they could send themselves. Raises InvalidOutline, and TooManyWaiting.
    """
    return run_report(
        outline=schedule.report.outline.over(schedule.period),
        owner=by,
        cause=Run.Cause.PERSON,
        formats=schedule.formats,
        report=schedule.report,
        recipients=schedule.recipients,
    )


def make_again(*, run: Run, by: User, is_mailed: bool) -> Run:
    """Ask what a run asked once more, counted from today's day; mailed to those it was for, or to nobody.

    Raises InvalidOutline where it can no longer be asked, and TooManyWaiting.
    """
    return run_report(
        outline=run.outline,
        owner=by,
        cause=Run.Cause.PERSON,
        formats=run.formats,
        report=run.report,
        recipients=run.recipients if is_mailed else None,
    )


@transaction.atomic
def keep_report(*, outline: Outline, owner: User) -> Report:
    """A report of the shop that asks what `outline` does, under a name of its own. Raises InvalidOutline."""
    outline.check()
    report: Report = make(replace(outline, slug=free_slug(outline.title)), created_by=owner)
    return report
