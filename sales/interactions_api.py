"""`/api/v1/interactions/`: what people said and did, to read and to note."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lacelux.access.idempotency import answer_once_if_asked
from lacelux.access.records import Records
from lacelux.access.schema import OPTIONAL_KEY
from sales.api import Recording, refusals_answered, said
from sales.entry import InteractionEntry
from sales.filters import InteractionFilter
from sales.models import Interaction
from sales.serializers import InteractionSerializer
from sales.services import record_interaction


class Interactions(Recording, Records):
    """Enquiries, bids, holds, likes, questions, clicks, complaints and ratings."""

    needs = {"GET": ("sales.view_interaction",), "POST": ("sales.add_interaction",)}
    queryset = Interaction.objects.select_related("customer", "product", "channel", "campaign", "brand", "category")
    serializer_class = InteractionSerializer
    filterset_class = InteractionFilter
    search_fields = ("topic", "text", "customer__name", "product__sku")
    ordering_fields = ("id", "occurred_at", "created_at", "kind", "score", "amount")

    @extend_schema(
        operation_id="record_interaction",
        request=InteractionEntry,
        responses={201: InteractionSerializer},
        parameters=[OPTIONAL_KEY],
        filters=False,
    )
    def create(self, request: Request) -> Response:
        return answer_once_if_asked(request, self._record)

    def get_serializer_class(self) -> type[Any]:
        return InteractionEntry if self.action == "create" else InteractionSerializer

    def _record(self) -> Response:
        entry = self.get_serializer(data=self.request.data)
        entry.is_valid(raise_exception=True)
        with refusals_answered():
            row = record_interaction(**said(entry.validated_data), actor=self.actor)
        whole = self.get_queryset().get(pk=row.pk)
        return Response(InteractionSerializer(whole, context=self.get_serializer_context()).data, status=201)
