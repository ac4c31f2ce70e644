"""Dates that move demand, and the calendars that some of them come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter, RelatedDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import INPUT_CLASSES

from lacelux.lib.nudging import nudge
from lacelux.shell.acts import act
from lacelux.shell.figures import figure, whole
from lacelux.shell.filters import labelled
from lacelux.shell.records import History, RecordAdmin, RefusableForm
from sales.calendars import MOST_BYTES, Unreadable, adopt_defaults, read_calendar, refresh_calendar
from sales.calendars.keeping import DECLARED, FOLLOWS
from sales.models import CalendarEvent, CalendarSource
from sales.tasks import refresh_calendar as refresh_soon


@admin.register(CalendarEvent)
class CalendarEventAdmin(History, SimpleHistoryAdmin, RecordAdmin):
    """One that comes from a calendar follows it in name and dates; its impact is the shop's to declare."""

    list_display = (
        "name",
        "event_type",
        "starts_on",
        "ends_on",
        "impact_level",
        figure("expected_demand_multiplier", "Demand", lambda factor: f"× {factor}"),
        "source",
    )
    list_filter = (
        ("event_type", ChoicesDropdownFilter),
        ("impact_level", ChoicesDropdownFilter),
        ("starts_on", RangeDateFilter),
        ("source", labelled("Calendar", RelatedDropdownFilter)),
    )
    search_fields = ("name", "notes")
    fields = (
        ("name", "event_type"),
        ("starts_on", "ends_on"),
        ("impact_level", "expected_demand_multiplier"),
        "notes",
        "source",
    )
    readonly_fields = ("source",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CalendarEvent]:
        queryset: QuerySet[CalendarEvent] = super().get_queryset(request)
        return queryset.select_related("source").defer("source__contents")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        readonly = super().get_readonly_fields(request, obj)
        return [*readonly, *FOLLOWS] if isinstance(obj, CalendarEvent) and obj.source_id else readonly

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """It would come back with the next refresh."""
        is_followed = isinstance(obj, CalendarEvent) and obj.source_id is not None
        return not is_followed and bool(super().has_delete_permission(request, obj))


class CalendarSourceForm(RefusableForm):
    """An address or a file; a file is read before it is kept."""

    upload = forms.FileField(
        label="File",
        required=False,
        widget=forms.ClearableFileInput(attrs={"class": " ".join(INPUT_CLASSES), "accept": ".ics,text/calendar"}),
        help_text="An .ics file, instead of an address. A later one replaces it.",
    )

    class Meta:
        model = CalendarSource
        fields = "__all__"

    def clean_address(self) -> str:
        """`webcal:` is how calendar programs write it; what stands there is read over https."""
        address: str = self.cleaned_data["address"].strip()
        return f"https:{address[7:]}" if address[:7].lower() == "webcal:" else address

    def clean_upload(self) -> bytes | None:
        upload: UploadedFile[Any] | None = self.cleaned_data["upload"]
        if upload is None:
            return None
        if (upload.size or 0) > MOST_BYTES:
            raise forms.ValidationError(f"The file is larger than {MOST_BYTES // 1_000_000} MB.")
        contents: bytes = upload.read()
        try:
            read_calendar(contents, today=timezone.localdate(), zone=ZoneInfo(settings.SHOP_TIME_ZONE))
        except Unreadable as refused:
            raise forms.ValidationError(str(refused)) from refused
        self.instance.filename = (upload.name or "calendar.ics")[:200]
        return contents

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or self.cleaned_data
        has_file = given.get("upload") is not None or (self.instance.contents is not None)
        if "upload" in given and "address" in given:
            if given["address"] and given["upload"] is not None:
                self.add_error("upload", "Either an address or a file, not both.")
            elif not given["address"] and not has_file:
                self.add_error("address", "Give an address or a file.")
        return given


@admin.register(CalendarSource)
class CalendarSourceAdmin(History, SimpleHistoryAdmin, RecordAdmin):
    form = CalendarSourceForm
    list_display = ("name", "standing", figure("count", "Events", whole, order="count"), "refreshed_at", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "address")
    fieldsets = (
        ("Calendar", {"fields": ("name", "address", "upload", "filename", "is_active")}),
        ("What its events are taken for", {"fields": (("event_type", "impact_level"), "expected_demand_multiplier")}),
        ("Last time", {"fields": (("asked_at", "refreshed_at"), "trouble")}),
    )
    readonly_fields = ("filename", "asked_at", "refreshed_at", "trouble")
    actions_detail = ("refresh",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CalendarSource]:
        queryset: QuerySet[CalendarSource] = super().get_queryset(request)
        return queryset.defer("contents").annotate(count=Count("events"))

    @display(description="State", label={"Up to date": "success", "Not read yet": "info", "Trouble": "danger"})
    def standing(self, source: CalendarSource) -> str:
        if source.last_error:
            return "Trouble"
        return "Up to date" if source.refreshed_at else "Not read yet"

    @display(description="What went wrong")
    def trouble(self, source: CalendarSource) -> str:
        return source.last_error or "Nothing."

    def save_model(
        self, request: HttpRequest, obj: CalendarSource, form: ModelForm[CalendarSource], change: bool
    ) -> None:
        if form.cleaned_data.get("upload") is not None:
            obj.contents = form.cleaned_data["upload"]
        elif obj.address:
            obj.contents, obj.filename = None, ""
        super().save_model(request, obj, form, change)
        if change:
            adopt_defaults(source=obj, before={name: form.initial[name] for name in DECLARED})
        if {"address", "upload"} & set(form.changed_data):
            self.say(request, refreshed(obj))

    @action(description="Refresh now", icon="sync", url_path="refresh", permissions=["change"])
    def refresh(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(source: CalendarSource, answers: Mapping[str, Any]) -> str:
            return refreshed(source)

        intro = "Its events are read again: what is new comes, what changed follows, what is gone goes."
        return act(self, request, object_id, title="Refresh", intro=intro, button="Refresh", do=do)

    def say(self, request: HttpRequest, message: str) -> None:
        messages.info(request, message)

    def get_deleted_objects(self, objs: Sequence[Any], request: HttpRequest) -> tuple[Any, Any, set[Any], Any]:
        """With a calendar its events go; by themselves they cannot."""
        listed, counts, needed, protected = super().get_deleted_objects(objs, request)
        return listed, counts, set(needed) - {CalendarEvent._meta.verbose_name}, protected


def refreshed(source: CalendarSource) -> str:
    """A file is read at once; an address by the worker, who may wait for it."""
    if source.address:
        nudge(refresh_soon, source.pk)
        return "The calendar is being read: look at it again in a moment."
    is_read = refresh_calendar(source=source)
    return f"{source.events.count():,} events are taken from it." if is_read else source.last_error
