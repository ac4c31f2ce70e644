"""`/api/v1/customers/`"""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from rest_framework.exceptions import ValidationError

from customers.filters import LOOKUPS, CustomerFilter
from customers.models import Customer, Handle
from customers.serializers import CustomerSerializer
from lacelux.access.records import Records


class Customers(Records):
    """People who buy. A till, which may not leaf through them, finds one by exact handle, e-mail or phone."""

    needs = {"GET": ("customers.view_customer", "access.record_sale")}
    queryset = Customer.objects.prefetch_related(Prefetch("handles", Handle.objects.all()), "tags")
    serializer_class = CustomerSerializer
    filterset_class = CustomerFilter
    search_fields = ("name", "handles__value")
    ordering_fields = ("id", "name", "created_at", "city", "country")

    def get_queryset(self) -> QuerySet[Customer]:
        queryset: QuerySet[Customer] = super().get_queryset()
        if self.request.user.has_perm("customers.view_customer"):
            return queryset
        if self.action != "list":  # or it could leaf by counting ids up
            return queryset.none()
        if not any(self.request.query_params.get(name) for name in LOOKUPS):
            raise ValidationError(f"Name whom you look for, by one of: {', '.join(LOOKUPS)}.")
        return queryset
