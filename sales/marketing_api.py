"""`/api/v1/campaigns/` and `/api/v1/shows/`: what is planned, to read and to write."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from lacelux.access.moments import Moment, within_reason
from lacelux.access.records import Withholding, WithholdingEntry, WritableRecords, described_by
from sales.filters import CampaignFilter, ShowFilter
from sales.models import Campaign, Channel, Host, Show
from sales.serializers import COST, MARGIN, ShowSerializer


def needs_of(model: str) -> dict[str, tuple[str, ...]]:
    verbs = {"GET": "view", "POST": "add", "PUT": "change", "PATCH": "change", "DELETE": "delete"}
    return {method: (f"sales.{verb}_{model}",) for method, verb in verbs.items()}


class Spanned:
    """An entry with a beginning and an end; what it leaves out is what stands."""

    span: tuple[str, str]
    instance: Any

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        start, end = (said[name] if name in said else getattr(self.instance, name, None) for name in self.span)
        if start is not None and end is not None and self.is_reversed(start, end):
            raise ValidationError({self.span[1]: "It ends before it starts."})
        return said

    def is_reversed(self, start: Any, end: Any) -> bool:
        raise NotImplementedError


class CampaignSerializer(Withholding, serializers.ModelSerializer[Campaign]):
    withheld = {"budget": COST}

    class Meta:
        model = Campaign
        fields = ("id", "name", "medium", "starts_on", "ends_on", "budget")
        read_only_fields = fields


class CampaignEntry(Spanned, WithholdingEntry, serializers.ModelSerializer[Campaign]):
    withheld = {"budget": COST}
    span = ("starts_on", "ends_on")

    class Meta:
        model = Campaign
        fields = ("name", "medium", "starts_on", "ends_on", "budget")
        extra_kwargs = {
            "starts_on": {"validators": [within_reason]},
            "ends_on": {"validators": [within_reason], "help_text": "Its last day; open where left out."},
        }

    def is_reversed(self, start: date, end: date) -> bool:
        return end < start


@described_by(CampaignEntry, CampaignSerializer)
class Campaigns(WritableRecords):
    """What brings people in. One that orders came through cannot be removed."""

    needs = needs_of("campaign")
    queryset = Campaign.objects.all()
    serializer_class = CampaignSerializer
    entry_class = CampaignEntry
    filterset_class = CampaignFilter
    search_fields = ("name", "medium")
    ordering_fields = ("id", "name", "medium", "starts_on", "ends_on")


class ShowEntry(Spanned, WithholdingEntry, serializers.ModelSerializer[Show]):
    channel = serializers.SlugRelatedField(slug_field="code", queryset=Channel.objects.all(), help_text="Its code.")
    host = serializers.SlugRelatedField(
        slug_field="name", queryset=Host.objects.all(), required=False, allow_null=True, help_text="Their name."
    )
    starts_at = Moment()
    ends_at = Moment(required=False, allow_null=True)

    withheld = {"labour_cost": MARGIN}
    span = ("starts_at", "ends_at")

    class Meta:
        model = Show
        fields = ("title", "channel", "host", "starts_at", "ends_at", "external_id", "viewers_peak", "labour_cost")
        extra_kwargs = {"viewers_peak": {"max_value": 2**31 - 1}}

    def is_reversed(self, start: datetime, end: datetime) -> bool:
        return end <= start


@described_by(ShowEntry, ShowSerializer)
class Shows(WritableRecords):
    """Live shows, planned and over. One that sold something cannot be removed."""

    needs = needs_of("show")
    queryset = Show.objects.select_related("channel", "host")
    serializer_class = ShowSerializer
    entry_class = ShowEntry
    filterset_class = ShowFilter
    search_fields = ("title", "host__name")
    ordering_fields = ("id", "starts_at", "title")
