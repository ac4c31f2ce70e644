"""Reports, runs and schedules as programs see them, and what they may ask."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError as ModelError
from django.db import transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.reverse import reverse

from lacelux.access.records import Strict, Withholding
from reports.audience import Recipients, Rights
from reports.files import readable
from reports.models import Report, Run, Schedule, Section
from reports.models.schedule import FILES
from reports.outlines import InvalidOutline, Outline, SectionOutline

PERSONAL = "access.view_personal"
LONGEST_NAME = 120
MOST_READERS = 200


# --- What is asked ------------------------------------------------------------------------------------------------


class SectionEntry(Strict):
    """A question of the catalogue: see `/api/v1/analytics/` for slugs and their parameters."""

    analysis = serializers.CharField(max_length=80)
    heading = serializers.CharField(max_length=LONGEST_NAME, default="", allow_blank=True)
    text = serializers.CharField(max_length=2_000, default="", allow_blank=True)
    params = serializers.DictField(default=dict, help_text="Text or lists of texts, by parameter.")
    shows_chart = serializers.BooleanField(default=True)
    shows_table = serializers.BooleanField(default=True)
    columns = serializers.ListField(
        child=serializers.CharField(max_length=60), default=list, help_text="Of the table in PDF and mail; none: all."
    )


class RecipientsEntry(Strict):
    """To whom it is mailed. A bare address gets what a viewer may see."""

    people = serializers.ListField(child=serializers.IntegerField(min_value=1), default=list, max_length=MOST_READERS)
    roles = serializers.ListField(child=serializers.CharField(max_length=150), default=list, max_length=10)
    addresses = serializers.ListField(child=serializers.EmailField(), default=list, max_length=MOST_READERS)

    def validate_people(self, people: list[int]) -> list[int]:
        known = set(User.objects.filter(pk__in=people, is_active=True).values_list("pk", flat=True))
        if unknown := [str(person) for person in people if person not in known]:
            raise ValidationError(f"There is nobody with the id {', '.join(unknown)}.")
        return people

    def validate_roles(self, roles: list[str]) -> list[str]:
        known = set(Group.objects.filter(name__in=roles).values_list("name", flat=True))
        if unknown := [role for role in roles if role not in known]:
            raise ValidationError(f"There is no role {', '.join(unknown)}.")
        return roles


class GenerateEntry(Strict):
    """A report of the shop by its name, or one of your own: a title and sections."""

    report = serializers.SlugRelatedField(slug_field="slug", queryset=Report.objects.all(), required=False)
    title = serializers.CharField(max_length=LONGEST_NAME, required=False)
    description = serializers.CharField(max_length=2_000, default="", allow_blank=True)
    sections = SectionEntry(many=True, required=False)
    filters = serializers.DictField(default=dict, help_text="For every section that knows them.")
    period = serializers.CharField(max_length=40, default="", allow_blank=True)
    formats = serializers.ListField(child=serializers.ChoiceField(FILES), default=lambda: ["pdf"], allow_empty=False)
    recipients = RecipientsEntry(required=False)

    def validate_formats(self, formats: list[str]) -> list[str]:
        return list(dict.fromkeys(formats))

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Adds the `outline`, checked."""
        if ("report" in asked) == ("sections" in asked):
            raise ValidationError("Say either `report`, or `title` and `sections`.")
        if "sections" in asked and "title" not in asked:
            raise ValidationError({"title": ["A report of your own needs a title."]})
        outline = outline_of(asked)
        try:
            outline.check()
        except InvalidOutline as error:
            raise ValidationError(error.errors) from error
        return {**asked, "outline": outline}


def outline_of(asked: dict[str, Any]) -> Outline:
    if "report" in asked:
        report: Report = asked["report"]
        own = report.outline.over(asked["period"])
        return Outline(**{**vars(own), "filters": {**own.filters, **asked["filters"]}})
    sections = tuple(SectionOutline(**{**each, "columns": tuple(each["columns"])}) for each in asked["sections"])
    return Outline(
        title=asked["title"], description=asked["description"], period=asked["period"], filters=asked["filters"],
        sections=sections,
    )  # fmt: skip


# --- What is answered ---------------------------------------------------------------------------------------------


class SectionSerializer(serializers.ModelSerializer[Section]):
    class Meta:
        model = Section
        fields = ("analysis", "heading", "text", "params", "shows_chart", "shows_table", "columns")
        read_only_fields = fields


class ReportSerializer(serializers.ModelSerializer[Report]):
    sections = SectionSerializer(many=True, read_only=True)

    class Meta:
        model = Report
        fields = ("id", "slug", "title", "description", "period", "filters", "sections", "changed_at")
        read_only_fields = fields


class FileSerializer(serializers.Serializer[Any]):
    """A file of a run. It is yours to fetch where you may see all that is in it."""

    form = serializers.ChoiceField(FILES)
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    as_of = serializers.DateTimeField()
    is_kept = serializers.BooleanField(help_text="False: removed, after the time that files are kept.")
    url = serializers.URLField()


class RunSerializer(serializers.ModelSerializer[Run]):
    """How far a run is. Ask again until `state` is done, empty or failed; then fetch its `files`."""

    report = serializers.CharField(source="report.slug", default=None, read_only=True)
    schedule = serializers.IntegerField(source="schedule_id", read_only=True, allow_null=True)
    owner = serializers.CharField(source="owner.username", read_only=True)
    period = serializers.CharField(source="outline.period", read_only=True)
    url = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields = (
            *("id", "uuid", "title", "report", "schedule", "owner", "cause", "period", "today", "formats"),
            *("state", "steps", "steps_done", "trouble", "notes", "due_at", "as_of", "finished_at", "url", "files"),
        )
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, run: Run) -> str:
        return reverse("report-run-detail", args=[run.pk], request=self.context.get("request"))

    @extend_schema_field(FileSerializer(many=True))
    def get_files(self, run: Run) -> list[dict[str, Any]]:
        request = self.context["request"]
        found = readable(run, Rights.of(request.user))
        files = [{**vars(file), "is_kept": file.is_kept, "url": self.address(run, file.form)} for file in found]
        return cast(list[dict[str, Any]], FileSerializer(files, many=True).data)

    def address(self, run: Run, form: str) -> str:
        return reverse("report-run-file", args=[run.pk, form], request=self.context["request"])


class ScheduleSerializer(Withholding, Strict, serializers.ModelSerializer[Schedule]):
    """When a report goes out. `words` and `next` say it for people; recipients are shown to those who may see them."""

    report = serializers.SlugRelatedField(slug_field="slug", queryset=Report.objects.all())
    owner = serializers.CharField(source="owner.username", read_only=True)
    at = serializers.TimeField(format="%H:%M", input_formats=["%H:%M"])
    weekdays = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=7), default=list)
    formats = serializers.ListField(child=serializers.ChoiceField(FILES), allow_empty=False)
    recipients = RecipientsEntry(write_only=True)
    sent_to = serializers.SerializerMethodField()
    words = serializers.CharField(read_only=True)
    next = serializers.CharField(source="said_next", read_only=True)

    withheld = {"sent_to": PERSONAL, "trouble": PERSONAL}

    class Meta:
        model = Schedule
        fields = (
            *("id", "report", "owner", "every", "weekdays", "day", "at", "zone", "period", "formats", "recipients"),
            *("sent_to", "only_if_data", "is_paused", "words", "next", "next_due_at", "stopped_at", "failures"),
            "trouble",
        )
        read_only_fields = ("next_due_at", "stopped_at", "failures", "trouble")
        extra_kwargs = {"every": {"required": True}}

    @extend_schema_field(RecipientsEntry)
    def get_sent_to(self, schedule: Schedule) -> dict[str, Any]:
        return schedule.recipients.as_json()

    def validate_recipients(self, recipients: dict[str, Any]) -> Recipients:
        found = Recipients.of_json(recipients)
        if not found:
            raise ValidationError("Name at least one person, role or address.")
        return found

    def create(self, asked: dict[str, Any]) -> Schedule:
        return self.kept(Schedule(owner=self.context["request"].user), asked)

    def update(self, schedule: Schedule, asked: dict[str, Any]) -> Schedule:
        return self.kept(schedule, asked)

    @transaction.atomic
    def kept(self, schedule: Schedule, asked: dict[str, Any]) -> Schedule:
        """Saved whole. Taking a pause back lets a stopped schedule run again too."""
        recipients: Recipients | None = asked.pop("recipients", None)
        for name, value in asked.items():
            setattr(schedule, name, value)
        if asked.get("is_paused") is False:
            schedule.stopped_at, schedule.failures = None, 0
        if recipients:
            schedule.addresses = "\n".join(recipients.addresses)
        try:
            schedule.full_clean(exclude=["owner"])
        except ModelError as error:
            raise ValidationError(serializers.as_serializer_error(error)) from error
        schedule.save()
        if recipients:
            schedule.people.set(recipients.people)
            schedule.roles.set(Group.objects.filter(name__in=recipients.roles))
        return schedule
