"""The base of every listing: filtered, searched, ordered, in pages, and strict about what it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend, OrderingFilter, SearchFilter
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from lacelux.access.permissions import Needed

M = TypeVar("M", bound=Model)
Row = TypeVar("Row")


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
