"""What a program sends to record a sale or a refund: strict, bounded, by SKU and code as well as by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customers.models import Customer, Handle
from inventory.models import Brand, Category, Product
from lacelux.access.moments import PastMoment
from lacelux.access.records import Strict
from sales.models import Campaign, Channel, Host, Interaction, Order, OrderLine, Show

LARGEST_ID = 2**63 - 1
LARGEST_AMOUNT = Decimal("999999999.99")  # in the shop's currency; every sum of them fits its column


def amount(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=11, decimal_places=2, min_value=Decimal(0), **options)


def record(queryset: QuerySet[Any], **options: Any) -> serializers.PrimaryKeyRelatedField[Any]:
    return serializers.PrimaryKeyRelatedField(
        queryset=queryset, pk_field=serializers.IntegerField(), required=False, allow_null=True, **options
    )


class ByIdOrNames(serializers.Field[Any, Any, Any, Any]):
    """An id, or an object of the two names that tell a record from all others."""

    names: tuple[str, str]

    def to_internal_value(self, data: Any) -> Model:
        if isinstance(data, int) and not isinstance(data, bool) and 1 <= data <= LARGEST_ID:
            found = self.matching(pk=data)
        elif isinstance(data, Mapping) and set(data) == set(self.names) and all(_is_name(v) for v in data.values()):
            found = self.matching(**data)
        else:
            raise serializers.ValidationError(f"Give an id, or an object of {' and '.join(self.names)}.")
        if found is None:
            raise serializers.ValidationError("There is none such.")
        return found

    def matching(self, **wanted: Any) -> Model | None:
        raise NotImplementedError


def _schema_of(*names: str) -> dict[str, Any]:
    text = {"type": "string", "minLength": 1, "maxLength": 200}
    by_names = {
        "type": "object",
        "properties": dict.fromkeys(names, text),
        "required": list(names),
        "additionalProperties": False,
    }
    return {"oneOf": [{"type": "integer", "minimum": 1, "maximum": LARGEST_ID}, by_names]}


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200


@extend_schema_field({**_schema_of("platform", "value"), "nullable": True})
class CustomerField(ByIdOrNames):
    names = ("platform", "value")

    def matching(self, **wanted: Any) -> Customer | None:
        if "pk" not in wanted:
            wanted = {
                "handles__platform__iexact": wanted["platform"],
                "handles__value__iexact": wanted["value"],
                "handles__in": Handle.objects.all(),
            }
        return Customer.objects.filter(**wanted).first()


@extend_schema_field(_schema_of("source", "number"))
class OrderField(ByIdOrNames):
    names = ("source", "number")

    def matching(self, **wanted: Any) -> Order | None:
        return Order.objects.filter(**wanted).first()


class SaleLineEntry(Strict):
    """One line: a piece by SKU or id, or words where no piece is kept for it."""

    sku = serializers.CharField(max_length=60, required=False)
    product = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    description = serializers.CharField(max_length=200, allow_blank=True, default="")
    quantity = serializers.IntegerField(min_value=1, max_value=10_000, default=1)
    unit_price = serializers.DecimalField(
        max_digits=13, decimal_places=4, min_value=Decimal(0), help_text="In the order's currency."
    )
    discount = amount(default=Decimal(0), help_text="Of this line, in the order's currency.")

    def validate(self, line: dict[str, Any]) -> dict[str, Any]:
        if "sku" in line and "product" in line:
            raise serializers.ValidationError({"product": "Name the piece by SKU or by id, not by both."})
        if not ("sku" in line or "product" in line or line["description"]):
            raise serializers.ValidationError({"sku": "Name the piece, or describe what is sold."})
        return line


class SaleEntry(Strict):
    channel = serializers.SlugRelatedField(slug_field="code", queryset=Channel.objects.filter(is_active=True))
    number = serializers.CharField(
        max_length=80, allow_blank=True, default="", help_text="The till's own; empty: the shop gives one."
    )
    reference = serializers.CharField(max_length=80, allow_blank=True, default="")
    customer = CustomerField(required=False, allow_null=True)
    show = record(Show.objects.select_related("host"))
    host = record(Host.objects.all(), help_text="Who sold it; the show's host where left out.")
    campaign = record(Campaign.objects.all())
    ordered_at = PastMoment(required=False, allow_null=True, help_text="Now, where left out.")
    currency = serializers.RegexField(r"\A[A-Z]{3}\Z", default="", allow_blank=True)
    rate = serializers.DecimalField(
        max_digits=14,
        decimal_places=8,
        min_value=Decimal("0.00000001"),
        required=False,
        allow_null=True,
        help_text="To the shop's currency; required where `currency` is another.",
    )
    order_discount = amount(default=Decimal(0), help_text="Spread over the lines.")
    shipping_charged = amount(default=Decimal(0))
    tax = amount(default=Decimal(0))
    fees = amount(required=False, allow_null=True, help_text="By the channel's rules, where left out.")
    country = serializers.CharField(max_length=60, allow_blank=True, default="")
    note = serializers.CharField(max_length=2_000, allow_blank=True, default="")
    lines = serializers.ListField(child=SaleLineEntry(), min_length=1, max_length=200)

    def validate_lines(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The lines with their products, found by two queries whatever the number of lines."""
        by_sku = _products("sku", [line["sku"] for line in lines if "sku" in line])
        by_id = _products("pk", [line["product"] for line in lines if "product" in line])
        errors: list[dict[str, Any]] = [{} for _ in lines]
        for line, error in zip(lines, errors, strict=True):
            for name, known in (("sku", by_sku), ("product", by_id)):
                if name in line and line[name] not in known:
                    error[name] = "There is no such piece."
                elif name in line:
                    line["piece"] = known[line[name]]
        if any(errors):
            raise serializers.ValidationError(errors)
        return lines

    def validate(self, sale: dict[str, Any]) -> dict[str, Any]:
        rate = sale.get("rate") or Decimal(1)
        for place, line in enumerate(sale["lines"]):
            if max(line["quantity"] * line["unit_price"], line["discount"]) * rate > LARGEST_AMOUNT:
                raise serializers.ValidationError({f"lines.{place}.unit_price": "The line's total is too large."})
        for name in ("order_discount", "shipping_charged", "tax", "fees"):
            if (sale.get(name) or 0) * rate > LARGEST_AMOUNT:
                raise serializers.ValidationError({name: "The amount is too large."})
        return sale


def _products(name: str, values: Sequence[Any]) -> dict[Any, Product]:
    if not values:
        return {}
    found = Product.objects.filter(**{f"{name}__in": values}).select_related("seller")
    return {getattr(product, name): product for product in found}


class RefundLineEntry(Strict):
    line = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, help_text="Id of the order's line.")
    quantity = serializers.IntegerField(
        min_value=0, max_value=10_000, default=0, help_text="Pieces that come back; 0 for money only."
    )
    amount = amount(
        required=False, allow_null=True, help_text="In the shop's currency; the pieces' share where left out."
    )
    restock = serializers.BooleanField(default=True, help_text="Whether the pieces can be sold again.")


class RefundEntry(Strict):
    order = OrderField()
    number = serializers.CharField(max_length=80, allow_blank=True, default="")
    lines = serializers.ListField(child=RefundLineEntry(), required=False, max_length=200)
    goodwill = amount(default=Decimal(0), help_text="Money back for no piece, spread over the order's lines.")
    fees_returned = amount(required=False, allow_null=True)
    refunded_at = PastMoment(required=False, allow_null=True, help_text="Now, where left out.")
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")

    def validate(self, refund: dict[str, Any]) -> dict[str, Any]:
        if not refund.get("lines") and not refund["goodwill"]:
            raise serializers.ValidationError({"lines": "Say what is refunded: lines, goodwill, or both."})
        own = OrderLine.objects.filter(order=refund["order"]).in_bulk()
        for place, line in enumerate(refund.setdefault("lines", [])):
            if line["line"] not in own:
                raise serializers.ValidationError({f"lines.{place}.line": "The order has no such line."})
            line["order_line"] = own[line["line"]]
        return refund


def by_name(slug: str, queryset: QuerySet[Any], **options: Any) -> serializers.SlugRelatedField[Any]:
    return serializers.SlugRelatedField(slug_field=slug, queryset=queryset, required=False, allow_null=True, **options)


def words(longest: int, **options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=longest, allow_blank=True, default="", **options)


class InteractionEntry(Strict):
    """What one kind needs and another may not have is the service's to say."""

    kind = serializers.ChoiceField(Interaction.Kind.choices)
    customer = CustomerField(required=False, allow_null=True)
    sku = by_name("sku", Product.objects.all(), help_text="Of the piece.")
    product = record(Product.objects.all(), help_text="Id of the piece, where its SKU is not said.")
    channel = by_name("code", Channel.objects.all(), help_text="Its code; the show's where left out.")
    campaign = by_name("name", Campaign.objects.all())
    show = record(Show.objects.select_related("channel"))
    brand = by_name("name", Brand.objects.all(), help_text="The brand asked for, where no piece is named.")
    category = by_name("name", Category.objects.all())
    size = words(40)
    colour = words(40)
    topic = words(80)
    outcome = words(80, help_text=f"Of a question or complaint: {', '.join(Interaction.Outcome.values)}.")
    score = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True)
    amount = amount(required=False, allow_null=True, help_text="Of a bid, in the shop's currency.")
    text = words(10_000)
    occurred_at = PastMoment(required=False, allow_null=True, help_text="Now, where left out.")

    def validate(self, entry: dict[str, Any]) -> dict[str, Any]:
        piece = entry.pop("sku", None)
        if piece is not None and entry.get("product") is not None:
            raise serializers.ValidationError({"product": "Name the piece by SKU or by id, not by both."})
        return entry if piece is None else {**entry, "product": piece}
