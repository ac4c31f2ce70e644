"""A report that goes out by itself: when, over which period, in which form, to whom."""

from __future__ import annotations

import uuid
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from lacelux.lib.recurrence import InvalidRecurrence, Recurrence
from reports.audience import Recipients
from reports.models.report import Report, known_period

FILES = (("pdf", "PDF"), ("xlsx", "Excel"), ("csv", "CSV"))
MOST_FAILURES = 5  # in a row, after which a schedule stops and tells its owner


def known_files(names: Any) -> None:
    known = dict(FILES)
    if not isinstance(names, list) or not names or any(name not in known for name in names):
        raise ValidationError(f"Choose one or more of: {', '.join(known)}.")


def known_weekdays(days: Any) -> None:
    if not isinstance(days, list) or any(type(day) is not int or not 1 <= day <= 7 for day in days):
        raise ValidationError("Weekdays are numbers from 1, Monday, to 7, Sunday.")


def mail_addresses(text: str) -> None:
    for address in text.split():
        validate_email(address)


def shop_zone() -> str:
    return str(settings.SHOP_TIME_ZONE)


class Schedule(models.Model):
    """When a report is due, in a time zone of its own. `next_due_at` is all that the clock looks at.

    It runs with the rights of its owner, which are looked at again each time, like those of each recipient.
    """

    class Every(models.TextChoices):
        DAY = "day", "Every day"
        WEEK = "week", "Every week"
        MONTH = "month", "Every month"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    report = models.ForeignKey(Report, models.CASCADE, related_name="schedules")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    every = models.CharField(max_length=5, choices=Every, default=Every.WEEK)
    weekdays = models.JSONField("days of the week", default=list, blank=True, validators=[known_weekdays])
    day = models.PositiveSmallIntegerField(
        "day of the month", default=1, help_text="1 to 31; 0 is the last day. A month without such a day: its last."
    )
    at = models.TimeField("at", default=time(7))
    zone = models.CharField("time zone", max_length=40, default=shop_zone)
    period = models.CharField(max_length=40, blank=True, validators=[known_period], help_text="Empty: the report's.")
    formats = models.JSONField(
        "files", default=list, validators=[known_files], error_messages={"blank": "Choose one or more files."}
    )
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    roles = models.ManyToManyField(Group, blank=True, related_name="+", help_text="Everybody in that role, on the day.")
    addresses = models.TextField(
        "other addresses", blank=True, validators=[mail_addresses],
        help_text="E-mail addresses with blanks or lines between. They get what a viewer may see.",
    )  # fmt: skip
    only_if_data = models.BooleanField("only if there is something in it", default=False)
    is_paused = models.BooleanField("paused", default=False)
    stopped_at = models.DateTimeField(null=True, blank=True, editable=False)
    trouble = models.TextField(blank=True, editable=False, help_text="What went wrong the last time.")
    failures = models.PositiveSmallIntegerField(default=0, editable=False, help_text="Failed runs in a row.")
    next_due_at = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    history = HistoricalRecords(m2m_fields=[people, roles])

    class Meta:
        ordering = ["report__title", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(day__lte=31), name="reports_schedule_day_of_a_month"),
            models.CheckConstraint(
                condition=Q(next_due_at__isnull=True) | Q(is_paused=False, stopped_at__isnull=True),
                name="reports_schedule_at_rest_is_not_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}, {self.rhythm}" if self.report_id else "Schedule"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Counts anew when it is due next where its rule has changed; a time that is due by now stays due."""
        if not kwargs.get("update_fields"):
            self.next_due_at = self.due_after_change()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("admin:reports_schedule_change", args=[self.pk])

    def clean(self) -> None:
        try:
            self.next_due_at = self.due_after_change()
        except InvalidRecurrence as error:
            raise ValidationError({error.field: str(error)}) from error

    def due_after_change(self) -> datetime | None:
        before = Schedule.objects.filter(pk=self.pk).first()
        if before and before.next_due_at and before.recurrence == self.recurrence and not self.is_at_rest:
            return before.next_due_at
        return self.next_after(timezone.now())

    @property
    def recurrence(self) -> Recurrence:
        """Raises InvalidRecurrence where its parts do not make a rule."""
        every: Any = self.every
        return Recurrence(every=every, weekdays=tuple(sorted(self.weekdays)), day=self.day, at=self.at, zone=self.zone)

    @property
    def is_at_rest(self) -> bool:
        return self.is_paused or self.stopped_at is not None

    def next_after(self, moment: datetime) -> datetime | None:
        rule = self.recurrence  # looked at even where it rests, so that a wrong one is noticed at once
        return None if self.is_at_rest else rule.next_after(moment)

    @property
    def words(self) -> str:
        """`Every Monday at 07:00, New York time`."""
        return self.recurrence.words()

    @property
    def rhythm(self) -> str:
        """The same within a sentence: `every Monday at 07:00, New York time`."""
        return self.words[:1].lower() + self.words[1:]

    @property
    def said_next(self) -> str:
        """When it is due next, in its owner's words."""
        if self.stopped_at:
            return f"Stopped: {self.trouble}" if self.trouble else "Stopped"
        if self.is_paused or self.next_due_at is None:
            return "Paused"
        return self.recurrence.said_next(self.next_due_at, timezone.now())

    @property
    def recipients(self) -> Recipients:
        return Recipients(
            people=tuple(self.people.order_by("pk").values_list("pk", flat=True)),
            roles=tuple(self.roles.order_by("name").values_list("name", flat=True)),
            addresses=tuple(self.addresses.split()),
        )
