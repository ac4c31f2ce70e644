"""A report: a title and its sections, each a saved question."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from simple_history.models import HistoricalRecords

from analytics.models import Question
from lacelux.lib.periods import DEFAULT, InvalidPeriod, resolve
from reports.outlines import Outline, SectionOutline


def known_period(text: str) -> None:
    """Refuses what is no period; the message says what would do."""
    from django.utils import timezone

    try:
        resolve(text, today=timezone.localdate())
    except InvalidPeriod as error:
        raise ValidationError(str(error)) from error


class Report(models.Model):
    """What is asked, over which period, in which order. `filters` hold for every section that knows them."""

    title = models.CharField(max_length=120)
    slug = models.SlugField("name for programs", max_length=60, unique=True)
    description = models.TextField(blank=True, help_text="Stands below the title of its documents.")
    period = models.CharField(max_length=40, default=DEFAULT, validators=[known_period])
    filters = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("admin:reports_report_change", args=[self.pk])

    @property
    def outline(self) -> Outline:
        """What it asks, as it stands now."""
        return Outline(
            title=self.title, description=self.description, slug=self.slug, period=self.period, filters=self.filters,
            sections=tuple(section.outline for section in self.sections.all()),
        )  # fmt: skip


class Section(Question):
    """A question of a report, with a heading and a sentence of one's own."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(default=0, db_index=True)
    heading = models.CharField(max_length=120, blank=True, help_text="Empty: the question's own title.")
    text = models.TextField(blank=True, help_text="A sentence of yours, above the figures.")
    columns = models.JSONField(
        default=list, blank=True, help_text="Those that the table shows; none: all. Excel and CSV hold all in any case."
    )

    class Meta:
        ordering = ["report", "position", "id"]

    def __str__(self) -> str:
        return self.heading or self.analysis

    @property
    def outline(self) -> SectionOutline:
        return SectionOutline(
            analysis=self.analysis, heading=self.heading, text=self.text, params=self.params,
            shows_chart=self.shows_chart, shows_table=self.shows_table, columns=tuple(self.columns),
        )  # fmt: skip
