"""`/api/sync/`: a till or web shop sends its customers and sales, when it likes and daily."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar, cast

from django.contrib.auth.models import User
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from lacelux.access.models import ApiKey
from lacelux.access.refusals import TooLarge
from sales.models import SyncState
from sales.sync.customers import write_customers
from sales.sync.entry import CustomerRow, CustomersSent, SaleRow, SalesSent, SyncAnswer, SyncStateSerializer
from sales.sync.orders import write_sales
from sales.sync.rows import MOST_ROWS, Writer, read, write

LONGEST_SOURCE = 40


class Syncs(APIView):
    """When each program last sent its customers and its sales. A till sees its own."""

    needs = {"GET": ("sales.view_syncstate", "access.record_sale")}

    @extend_schema(operation_id="syncs", responses=SyncStateSerializer(many=True))
    def get(self, request: Request) -> Response:
        states = SyncState.objects.all()
        if not request.user.has_perm("sales.view_syncstate"):
            states = states.filter(source=source_of(request))
        return Response(SyncStateSerializer(states, many=True).data)


class Sync(APIView):
    """One call takes up to 5,000 rows. Sending the same again changes nothing; a bad row spoils only itself."""

    needs = {"POST": ("access.record_sale",)}
    kind: ClassVar[str]
    entry: ClassVar[type[Serializer[Any]]]
    key: ClassVar[Callable[[str], str]] = str  # ids of sales are told apart to the letter, as order numbers are

    def write_rows(self, source: str, actor: User) -> Writer:
        raise NotImplementedError

    def answer(self, request: Request) -> Response:
        source, actor = source_of(request), cast(User, request.user)
        rows = read(self.entry(), rows_in(request.data, self.kind), key=type(self).key)
        synced_at, counts = write(rows, source=source, kind=self.kind, writer=self.write_rows(source, actor))
        answer = {"source": source, "synced_at": synced_at, "counts": counts, "results": rows}
        return Response(SyncAnswer(answer).data)


class SyncCustomers(Sync):
    kind = "customers"
    entry = CustomerRow
    key = str.casefold  # as handles are: in any case

    @extend_schema(operation_id="sync_customers", request=CustomersSent, responses=SyncAnswer)
    def post(self, request: Request) -> Response:
        return self.answer(request)

    def write_rows(self, source: str, actor: User) -> Writer:
        return partial(write_customers, source=source, actor=actor)


class SyncSales(Sync):
    kind = "sales"
    entry = SaleRow

    @extend_schema(operation_id="sync_sales", request=SalesSent, responses=SyncAnswer)
    def post(self, request: Request) -> Response:
        return self.answer(request)

    def write_rows(self, source: str, actor: User) -> Writer:
        return partial(write_sales, source=source, actor=actor)


def source_of(request: Request) -> str:
    """The name of the caller's API key: ids are known again within it."""
    if not isinstance(request.auth, ApiKey):
        raise PermissionDenied("Only a program with an API key can sync: its name says whose ids these are.")
    if len(request.auth.name) > LONGEST_SOURCE:
        raise PermissionDenied(f"The name of this API key is longer than {LONGEST_SOURCE} characters; use another.")
    return request.auth.name


def rows_in(body: Any, name: str) -> Sequence[Any]:
    if not isinstance(body, dict) or not isinstance(body.get(name), list):
        raise ValidationError({name: ["Send an object with a list of this name."]})
    if unknown := sorted(set(body) - {name}):
        raise ValidationError({one: ["There is no such field."] for one in unknown})
    if len(body[name]) > MOST_ROWS:
        raise TooLarge(f"A call takes up to {MOST_ROWS:,} rows, and these are {len(body[name]):,}. Send them in parts.")
    rows: list[Any] = body[name]
    return rows
