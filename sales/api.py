"""`/api/v1/` sales, refunds, orders and channels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.contrib.auth.models import User
from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.services import ImpossibleMovement, OutOfStock
from lacelux.access.idempotency import answer_once
from lacelux.access.records import Records
from lacelux.access.refusals import Conflict
from lacelux.access.schema import IDEMPOTENCY_KEY
from lacelux.lib.money import MissingRate
from sales.entry import RefundEntry, SaleEntry
from sales.filters import ChannelFilter, OrderFilter, RefundFilter
from sales.models import Channel, Order, OrderLine, Refund
from sales.serializers import ChannelSerializer, OrderSerializer, RefundSerializer
from sales.services import (
    AlreadyRecorded,
    InvalidSale,
    RefundLine,
    RefundTooLarge,
    SaleLine,
    record_sale,
    refund,
)

WHOLE_ORDERS = Order.objects.select_related("channel", "host", "campaign").prefetch_related(
    Prefetch("lines", OrderLine.objects.select_related("product"))
)


class Channels(Records):
    """Where the shop sells; a sale names its channel by `code`."""

    needs = {"GET": ("sales.view_channel",)}
    queryset = Channel.objects.all()
    serializer_class = ChannelSerializer
    filterset_class = ChannelFilter
    search_fields = ("name", "code")
    ordering_fields = ("id", "name", "code")


class Orders(Records):
    """What was bought. A till sees the orders that it recorded itself."""

    needs = {"GET": ("sales.view_order", "access.record_sale")}
    queryset = WHOLE_ORDERS
    serializer_class = OrderSerializer
    filterset_class = OrderFilter
    search_fields = ("number", "reference", "lines__product__sku", "lines__description")
    ordering_fields = ("id", "ordered_at", "created_at", "number")

    def get_queryset(self) -> QuerySet[Order]:
        orders: QuerySet[Order] = super().get_queryset()
        sees_all = self.request.user.has_perm("sales.view_order")
        return orders if sees_all else orders.filter(actor_id=self.request.user.pk)


class Recording(GenericAPIView[Any]):
    @property
    def actor(self) -> User:
        """Who is calling; `needs` lets nobody unknown come this far."""
        return cast(User, self.request.user)


class Sales(Recording):
    """Record a sale. The second buyer of a piece gets a 409; a retry with its key gets the first answer."""

    needs = {"POST": ("access.record_sale",)}
    serializer_class = SaleEntry

    @extend_schema(
        operation_id="record_sale", request=SaleEntry, responses={201: OrderSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    def post(self, request: Request) -> Response:
        return answer_once(request, self._record)

    def _record(self) -> Response:
        entry = self.get_serializer(data=self.request.data)
        entry.is_valid(raise_exception=True)
        sale = entry.validated_data
        lines = [_sale_line(line) for line in sale.pop("lines")]
        with refusals_answered():
            order = record_sale(**said(sale), lines=lines, actor=self.actor)
        whole = WHOLE_ORDERS.get(pk=order.pk)
        return Response(OrderSerializer(whole, context=self.get_serializer_context()).data, status=201)


class Refunds(Recording, Records):
    """Money given back. Who may not approve asks (202), and someone else decides."""

    needs = {"GET": ("sales.view_refund",), "POST": ("access.ask_refund", "access.approve_refund")}
    queryset = Refund.objects.select_related("channel", "product")
    serializer_class = RefundSerializer
    filterset_class = RefundFilter
    search_fields = ("number", "reason")
    ordering_fields = ("id", "refunded_at", "amount")

    @extend_schema(
        operation_id="refund",
        request=RefundEntry,
        responses={
            201: RefundSerializer(many=True),
            202: OpenApiResponse(RefundSerializer(many=True), description="Asked; not yet approved."),
        },
        parameters=[IDEMPOTENCY_KEY],
        filters=False,
    )
    def create(self, request: Request) -> Response:
        return answer_once(request, self._refund)

    def get_serializer_class(self) -> type[Any]:
        return RefundEntry if self.action == "create" else RefundSerializer

    def _refund(self) -> Response:
        entry = self.get_serializer(data=self.request.data)
        entry.is_valid(raise_exception=True)
        wanted = entry.validated_data
        lines = [_refund_line(line) for line in wanted.pop("lines")]
        approved = self.request.user.has_perm("access.approve_refund")
        with refusals_answered():
            rows = refund(**said(wanted), lines=lines, actor=self.actor, approved=approved)
        whole = self.get_queryset().filter(pk__in=[row.pk for row in rows]).order_by("pk")
        data = RefundSerializer(whole, many=True, context=self.get_serializer_context()).data
        return Response(data, status=201 if approved else 202)


@contextmanager
def refusals_answered() -> Iterator[None]:
    """What the services refuse, as errors of the API."""
    try:
        yield
    except OutOfStock as error:
        facts = {"sku": error.product.sku, "wanted": error.wanted, "available": error.available}
        raise Conflict(str(error), "out_of_stock", **facts) from error
    except ImpossibleMovement as error:
        raise Conflict(str(error), "impossible_movement", sku=error.product.sku) from error
    except AlreadyRecorded as error:
        facts = {"source": error.order.source, "number": error.order.number}
        raise Conflict("This order is recorded already.", "already_recorded", **facts) from error
    except RefundTooLarge as error:
        facts = {"field": error.field, "wanted": error.wanted, "left": error.left}
        raise Conflict(error.message, "refund_too_large", **facts) from error
    except MissingRate as error:
        raise ValidationError({"rate": [str(error)]}) from error
    except InvalidSale as error:
        raise ValidationError({error.field: [error.message]} if error.field else [error.message]) from error


def said(entry: dict[str, Any]) -> dict[str, Any]:
    """Only what the caller said: a null means the same as leaving it out."""
    return {name: value for name, value in entry.items() if value is not None}


def _sale_line(line: dict[str, Any]) -> SaleLine:
    return SaleLine(
        product=line.get("piece"),
        quantity=line["quantity"],
        unit_price=line["unit_price"],
        discount=line["discount"],
        description=line["description"],
    )


def _refund_line(line: dict[str, Any]) -> RefundLine:
    return RefundLine(
        line=line["order_line"], quantity=line["quantity"], amount=line.get("amount"), restock=line["restock"]
    )
