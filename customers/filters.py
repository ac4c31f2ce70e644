"""How customers are found, on the API. E-mail, phone and handle match exactly: a part of one finds nobody."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet

from customers.models import Customer
from lacelux.access.moments import within_reason

LOOKUPS = ("handle", "email", "phone")


class CustomerFilter(filters.FilterSet):
    handle = filters.CharFilter(method="with_handle", max_length=120, label="Handle, exactly, with or without @")
    platform = filters.CharFilter(method="with_platform", max_length=40, label="Platform of the handle")
    email = filters.CharFilter(lookup_expr="iexact", max_length=254, label="E-mail address, exactly")
    phone = filters.CharFilter(lookup_expr="exact", max_length=40, label="Phone number, exactly")
    tag = filters.CharFilter(field_name="tags__name", lookup_expr="iexact", distinct=True, label="Name of a tag")
    city = filters.CharFilter(lookup_expr="iexact")
    country = filters.CharFilter(lookup_expr="iexact")
    created_after = filters.IsoDateTimeFilter(
        field_name="created_at", lookup_expr="gte", validators=[within_reason], label="Known since then or later"
    )
    created_before = filters.IsoDateTimeFilter(
        field_name="created_at", lookup_expr="lt", validators=[within_reason], label="Known earlier than that"
    )

    class Meta:
        model = Customer
        fields = ("contact_preference",)

    def with_handle(self, queryset: QuerySet[Customer], name: str, value: str) -> QuerySet[Customer]:
        """Both parameters meet on one handle, so the platform is read here and not joined a second time."""
        matching: dict[str, Any] = {"handles__value__iexact": value}
        if platform := self.data.get("platform"):
            matching["handles__platform__iexact"] = platform
        return queryset.filter(**matching).distinct()

    def with_platform(self, queryset: QuerySet[Customer], name: str, value: str) -> QuerySet[Customer]:
        if self.data.get("handle"):
            return queryset
        return queryset.filter(handles__platform__iexact=value).distinct()
