"""`/api/v1/calendar-events/`, and `/api/calendar/events` as an older system had it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from lacelux.access.moments import within_reason
from lacelux.access.records import Strict, WritableRecords, described_by
from lacelux.access.refusals import Conflict
from sales.calendars.keeping import FOLLOWS
from sales.filters import CalendarEventFilter, going_on
from sales.models import CalendarEvent

NEEDS = {"GET": ("sales.view_calendarevent",), "POST": ("sales.add_calendarevent",)}
CHANGE, DELETE = ("sales.change_calendarevent",), ("sales.delete_calendarevent",)
LONGEST_LOOK = 3_660  # days ahead


class CalendarEventSerializer(serializers.ModelSerializer[CalendarEvent]):
    """`calendar` names the one that the event follows; empty for one written down here."""

    calendar = serializers.CharField(source="source.name", default="", read_only=True)

    class Meta:
        model = CalendarEvent
        fields = (
            *("id", "event_type", "name", "starts_on", "ends_on", "impact_level", "expected_demand_multiplier"),
            *("notes", "calendar"),
        )
        read_only_fields = fields


class CalendarEventEntry(Strict, serializers.ModelSerializer[CalendarEvent]):
    class Meta:
        model = CalendarEvent
        fields = (
            *("event_type", "name", "starts_on", "ends_on", "impact_level", "expected_demand_multiplier", "notes"),
        )
        extra_kwargs = {
            "starts_on": {"validators": [within_reason]},
            "ends_on": {"validators": [within_reason], "help_text": "The last day; one day where left out."},
            "notes": {"max_length": 10_000},
        }

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        starts_on, ends_on = (self._standing(said, name) for name in ("starts_on", "ends_on"))
        if ends_on is not None and ends_on < starts_on:
            raise ValidationError({"ends_on": "It ends before it starts."})
        if self.instance is not None and self.instance.source_id is not None:
            self._refuse_followed(said)
        return said

    def _standing(self, said: dict[str, Any], name: str) -> Any:
        return said[name] if name in said else getattr(self.instance, name, None)

    def _refuse_followed(self, said: dict[str, Any]) -> None:
        changed = [name for name in FOLLOWS if name in said and said[name] != getattr(self.instance, name)]
        if changed:
            raise ValidationError(dict.fromkeys(changed, "This follows its calendar: change it there."))


@described_by(CalendarEventEntry, CalendarEventSerializer)
class CalendarEvents(WritableRecords):
    """Dates that may move demand. Those of a followed calendar keep its name and dates."""

    needs = {**NEEDS, "PUT": CHANGE, "PATCH": CHANGE, "DELETE": DELETE}
    queryset = CalendarEvent.objects.select_related("source").defer("source__contents")
    serializer_class = CalendarEventSerializer
    entry_class = CalendarEventEntry
    filterset_class = CalendarEventFilter
    search_fields = ("name", "notes")
    ordering_fields = ("id", "starts_on", "ends_on", "name", "expected_demand_multiplier")

    def perform_destroy(self, instance: CalendarEvent) -> None:
        if instance.source_id is not None:
            raise Conflict("It follows a calendar and would come back: change it there.", "follows_a_calendar")
        super().perform_destroy(instance)


class OldEventSerializer(Strict):
    """An event as the older system wrote it: one date, and the multiplier a plain number."""

    event_type = serializers.ChoiceField(CalendarEvent.Kind.choices)
    name = serializers.CharField(max_length=160)
    date = serializers.DateField(source="starts_on", validators=[within_reason])
    impact_level = serializers.ChoiceField(CalendarEvent.Impact.choices, default=CalendarEvent.Impact.LOW)
    expected_demand_multiplier = serializers.FloatField(min_value=0, max_value=999.99, default=1)
    notes = serializers.CharField(max_length=10_000, allow_blank=True, default="")

    def create(self, validated_data: dict[str, Any]) -> CalendarEvent:
        multiplier = f"{validated_data.pop('expected_demand_multiplier'):.2f}"
        event = CalendarEvent(**validated_data, expected_demand_multiplier=multiplier)
        event.save()
        event.refresh_from_db()
        return event


class DaysAhead(Strict):
    days = serializers.IntegerField(min_value=0, max_value=LONGEST_LOOK, default=30)


class OldEvents(APIView):
    """What is coming in the next `days`, what is going on now with it."""

    needs = NEEDS

    @extend_schema(operation_id="calendar_events", parameters=[DaysAhead], responses=OldEventSerializer(many=True))
    def get(self, request: Request) -> Response:
        asked = DaysAhead(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        events = coming(timezone.localdate(), asked.validated_data["days"])
        return Response(OldEventSerializer(events, many=True).data)

    @extend_schema(operation_id="add_calendar_event", request=OldEventSerializer, responses={201: OldEventSerializer})
    def post(self, request: Request) -> Response:
        entry: BaseSerializer[Any] = OldEventSerializer(data=request.data)
        entry.is_valid(raise_exception=True)
        return Response(OldEventSerializer(entry.save()).data, status=201)


def coming(today: date, days: int) -> QuerySet[CalendarEvent]:
    return going_on(CalendarEvent.objects.all(), first=today, last=today + timedelta(days=days))
