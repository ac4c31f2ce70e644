"""`/api/views/`: the web shop tells that somebody looked at a piece."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inventory import viewing
from inventory.models import Product
from inventory.services.views import Seen
from lacelux.access.parsers import ExactJSONParser
from lacelux.access.records import Strict
from lacelux.access.refusals import Busy
from lacelux.access.sitekeys import HEADER, is_site_key
from lacelux.access.throttling import CallRate

LARGEST_ID = 2**63 - 1


class BeaconParser(ExactJSONParser):
    """JSON as `navigator.sendBeacon` sends it: named plain text, so that no browser asks for leave first."""

    media_type = "text/plain"


class ViewRate(CallRate):
    """The setting THROTTLE_VIEWS for each address."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        return self.allows(settings.THROTTLE_VIEWS, f"views:{self.get_ident(request)}")


@extend_schema_field({"oneOf": [{"type": "integer", "minimum": 1, "maximum": LARGEST_ID}, {"type": "string"}]})
class PieceField(serializers.Field[Any, Any, Any, Any]):
    """A piece by id (a number) or SKU (a text); its id."""

    def to_internal_value(self, data: Any) -> int:
        is_id = isinstance(data, int) and not isinstance(data, bool) and 1 <= data <= LARGEST_ID
        if not is_id and not isinstance(data, str):
            raise serializers.ValidationError("Give an id as a number, or a SKU as a text.")
        try:
            return viewing.product_id(data)
        except Product.DoesNotExist:
            raise serializers.ValidationError("There is no such piece.") from None


class ViewEntry(Strict):
    product = PieceField(help_text="Id, or SKU.")
    session = serializers.CharField(max_length=64, help_text="The visitor's; any text that says nothing about them.")
    site_key = serializers.CharField(max_length=100, required=False, help_text=f"Or in the header {HEADER}.")


ENTRY = ViewEntry()  # made once: making it costs as much as all else here


class Views(APIView):
    """Somebody looked at a piece. The answer is the same whether or not it counts.

    A session counts once for a piece within 30 minutes. Who says to be a robot, or does not say what it is, never
    counts. The site key is public; `manage.py site_key` prints it.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (ViewRate,)
    parser_classes = (ExactJSONParser, BeaconParser)

    @extend_schema(
        operation_id="product_view",
        request={"application/json": ViewEntry, "text/plain": ViewEntry},
        responses={202: OpenApiResponse(description="Taken.")},
        parameters=[OpenApiParameter(HEADER, OpenApiTypes.STR, OpenApiParameter.HEADER)],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        said = request.data.get("site_key") if isinstance(request.data, dict) else None
        if not is_site_key(str(request.headers.get(HEADER) or said or "")):
            raise PermissionDenied(f"The site key is missing or wrong: send it as {HEADER} or `site_key`.")
        seen = ENTRY.run_validation(request.data)
        counts = not viewing.is_bot(request.headers.get("User-Agent", ""))
        if counts and not viewing.gathered.add(Seen(seen["product"], seen["session"], timezone.now())):
            raise Busy
        return Response(status=202)
