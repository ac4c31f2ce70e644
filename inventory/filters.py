"""How products are narrowed down, on the API."""

from __future__ import annotations

import django_filters as filters

from inventory.models import Condition, Product
from lacelux.access.moments import within_reason


class ProductFilter(filters.FilterSet):
    sku = filters.CharFilter(lookup_expr="iexact", label="SKU, exactly, in any case")
    brand = filters.CharFilter(field_name="brand__name", lookup_expr="iexact", label="Name of the brand")
    category = filters.CharFilter(field_name="category__name", lookup_expr="iexact", label="Name of the category")
    condition = filters.MultipleChoiceFilter(choices=Condition.choices, label="One or more grades")
    status = filters.MultipleChoiceFilter(choices=Product.Status.choices, label="One or more states")
    available = filters.BooleanFilter(method="only_available", label="Whether a piece can be sold now")
    min_price = filters.NumberFilter(field_name="list_price", lookup_expr="gte", max_digits=14, decimal_places=2)
    max_price = filters.NumberFilter(field_name="list_price", lookup_expr="lte", max_digits=14, decimal_places=2)
    listed_after = filters.IsoDateTimeFilter(
        field_name="listed_at", lookup_expr="gte", validators=[within_reason], label="Listed then or later"
    )
    listed_before = filters.IsoDateTimeFilter(
        field_name="listed_at", lookup_expr="lt", validators=[within_reason], label="Listed earlier than that"
    )

    class Meta:
        model = Product
        fields = ("is_limited_edition", "is_one_of_one")

    def only_available(self, queryset, name, value):  # type: ignore[no-untyped-def]
        return queryset.filter(quantity_available__gt=0) if value else queryset.filter(quantity_available__lte=0)
