"""What a till or a web shop sends, and what it is answered."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from lacelux.access.moments import PastMoment
from lacelux.access.records import Strict
from sales.entry import amount
from sales.models import SyncState
from sales.sync.rows import MOST_ROWS, OUTCOMES


class CustomerRow(Strict):
    """A customer of the till. What is left out or null stays as it is; an empty text empties."""

    id = serializers.CharField(max_length=120, help_text="The sender's own; text or number.")
    name = serializers.CharField(max_length=160)
    phone = serializers.CharField(max_length=40, required=False, allow_null=True, allow_blank=True)
    email = serializers.EmailField(max_length=254, required=False, allow_null=True, allow_blank=True)


class SaleRow(Strict):
    """A sale of which only the total is known."""

    id = serializers.CharField(max_length=80, help_text="The sender's own; text or number.")
    customer_id = serializers.CharField(
        max_length=120,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="The sender's own id of the customer.",
    )
    total_amount = amount(help_text="What was paid for the goods, in the shop's currency, before tax.")
    created_at = PastMoment(help_text="When it was sold, with its zone.")


def rows_of(child: type[serializers.Serializer[Any]]) -> serializers.ListField:
    return serializers.ListField(child=child(), max_length=MOST_ROWS)


class CustomersSent(Strict):
    """Described so; rows are read one by one, so that a bad one spoils only itself."""

    customers = rows_of(CustomerRow)


class SalesSent(Strict):
    sales = rows_of(SaleRow)


class RowResult(serializers.Serializer[Any]):
    row = serializers.IntegerField(source="place", help_text="Place in the call, from 0.")
    id = serializers.CharField(help_text="As it was sent.")
    result = serializers.ChoiceField(OUTCOMES, source="outcome")
    record = serializers.IntegerField(
        allow_null=True,
        help_text="The shop's own id of the customer or the order.",
    )
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), help_text="What is wrong, by field."
    )


class Counts(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()


class SyncAnswer(serializers.Serializer[Any]):
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="The name of the API key; ids are known again within it."
    )
    synced_at = serializers.DateTimeField()
    counts = Counts()
    results = RowResult(many=True, help_text="One for each row, in the order they came.")


class SyncStateSerializer(serializers.ModelSerializer[SyncState]):
    kind = serializers.CharField(read_only=True, help_text="customers or sales")

    class Meta:
        model = SyncState
        fields = ("source", "kind", "synced_at", *OUTCOMES)
        read_only_fields = fields
