"""The base of every listing: filtered, searched, ordered, in pages, and strict about what it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, ProtectedError, QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend, OrderingFilter, SearchFilter
from rest_framework.mixins import (
    CreateModelMixin,
    DestroyModelMixin,
    ListModelMixin,
    RetrieveModelMixin,
    UpdateModelMixin,
)
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Field, Serializer
from rest_framework.viewsets import GenericViewSet

from lacelux.access.permissions import Needed
from lacelux.access.refusals import Conflict

M = TypeVar("M", bound=Model)
Row = TypeVar("Row")
V = TypeVar("V", bound="WritableRecords")


class Pages(PageNumberPagination):
    page_size_query_param = "page_size"
    max_page_size = 500


class OnlyKnownParameters(BaseFilterBackend):
    """A misspelt filter would answer with everything; here it is a 400."""

    def filter_queryset(self, request: Request, queryset: QuerySet[M, Row], view: Any) -> QuerySet[M, Row]:
        known = {"page", "page_size", "format"} | set(view.filterset_class.base_filters)
        known |= {"search"} if view.search_fields else set()
        known |= {"ordering"} if view.ordering_fields else set()
        if unknown := sorted(set(request.query_params) - known):
            raise ValidationError({name: ["There is no such parameter."] for name in unknown})
        return queryset


class StrictOrdering(OrderingFilter):
    """Refuses to order by what it does not know, and breaks ties by id so that pages never overlap."""

    def remove_invalid_fields(
        self, queryset: QuerySet[Any], fields: Iterable[str], view: Any, request: Request
    ) -> list[str]:
        asked = list(fields)
        valid = super().remove_invalid_fields(queryset, asked, view, request)
        if unknown := [name for name in asked if name not in valid]:
            raise ValidationError({"ordering": [f"Cannot order by {', '.join(unknown)}."]})
        return valid

    def filter_queryset(self, request: Request, queryset: QuerySet[M, Row], view: Any) -> QuerySet[M, Row]:
        ordering = self.get_ordering(request, queryset, view) or queryset.model._meta.ordering or ()
        return queryset.order_by(*ordering, "-pk")


class Records(ListModelMixin, RetrieveModelMixin, GenericViewSet[Any]):
    """List records and look at one. A subclass says its queryset, serializer, filters and what each method needs."""

    needs: ClassVar[Needed] = {}
    pagination_class = Pages
    filter_backends = [OnlyKnownParameters, DjangoFilterBackend, SearchFilter, StrictOrdering]
    search_fields: ClassVar[tuple[str, ...]] = ()
    ordering_fields: ClassVar[tuple[str, ...]] = ()
    lookup_value_regex = r"\d{1,18}"

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # One record is found by its id alone: what filters a list must not turn it into a 404.
        return super().filter_queryset(queryset) if self.action == "list" else queryset


class WritableRecords(CreateModelMixin, UpdateModelMixin, DestroyModelMixin, Records):
    """And write them: what a caller sends is an `entry_class`, what it gets back a `serializer_class`.

    Decorate with `described_by`, or the description would take one for the other.
    """

    entry_class: ClassVar[type[Serializer[Any]]]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        writes = self.action in ("create", "update", "partial_update")
        return self.entry_class if writes else super().get_serializer_class()

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self._written(self.get_serializer(data=request.data)), status=201)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        is_partial = kwargs.get("partial", False)
        return Response(self._written(self.get_serializer(self.get_object(), data=request.data, partial=is_partial)))

    def perform_destroy(self, instance: Any) -> None:
        try:
            instance.delete()
        except ProtectedError as error:
            raise Conflict("Other records rest on it.", "in_use") from error

    def _written(self, entry: BaseSerializer[Any]) -> Any:
        entry.is_valid(raise_exception=True)
        whole = self.get_queryset().get(pk=entry.save().pk)
        assert self.serializer_class is not None
        return self.serializer_class(whole, context=self.get_serializer_context()).data


def described_by(entry: type[Serializer[Any]], answer: type[Serializer[Any]]) -> Callable[[type[V]], type[V]]:
    """The description of a WritableRecords: `entry` goes in, `answer` comes out."""
    described: Callable[[type[V]], type[V]] = extend_schema_view(
        create=extend_schema(request=entry, responses={201: answer}),
        update=extend_schema(request=entry, responses={200: answer}),
        partial_update=extend_schema(request=entry, responses={200: answer}),
    )
    return described


class Withholding(Serializer[Any]):
    """A serializer some of whose fields appear only to those who hold a permission.

    `withheld` maps the field to the permission. Without a request nobody is known and all of them are left out.
    """

    withheld: ClassVar[Mapping[str, str]] = {}

    def to_representation(self, instance: Any) -> dict[str, Any]:
        data = super().to_representation(instance)
        for name, permission in self.withheld.items():
            if name in data and not self.may(permission):
                del data[name]
        return data

    def may(self, permission: str) -> bool:
        request = self.context.get("request")
        return request is not None and request.user.has_perm(permission)


class Strict(Serializer[Any]):
    """A serializer that refuses fields it does not know: a misspelt `discuont` must not sell at full price."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(set(data) - set(self.fields), key=str)):
            raise ValidationError({name: ["There is no such field."] for name in unknown})
        return super().to_internal_value(data)


class WithholdingEntry(Strict):
    """What a caller may send: a field in `withheld` exists only for those who hold its permission."""

    withheld: ClassVar[Mapping[str, str]] = {}

    def get_fields(self) -> dict[str, Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        request = self.context.get("request")  # none while the description is made
        for name, permission in self.withheld.items():
            if request is not None and not request.user.has_perm(permission):
                del fields[name]
        return fields
