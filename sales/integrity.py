"""What must hold in the books at every moment, each as a question to the database that answers with exceptions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from inventory.models import Hold, Product
from lacelux.lib.money import cents
from sales.models import OrderLine, Refund

HALF_A_CENT = Decimal("0.005")  # SQLite adds decimals as floats
NOTHING = Value(Decimal(0), output_field=DecimalField(max_digits=18, decimal_places=2))


@dataclass(frozen=True)
class Violation:
    """One thing that is not as it must be."""

    check: str
    subject: str
    message: str

    def __str__(self) -> str:
        return f"{self.check}: {self.subject}: {self.message}"


def violations() -> list[Violation]:
    """Everything wrong in the books; empty when they are right."""
    return [Violation(check, subject, message) for check, find in CHECKS.items() for subject, message in find()]


Findings = Iterator[tuple[str, str]]


def stock_is_its_movements() -> Findings:
    """Every running total is the sum of its product's movements."""
    totals = ("on_hand", "reserved", "sold")
    rows = Product.staged.order_by().values("sku", *(f"quantity_{name}" for name in totals))
    rows = rows.annotate(**{name: Coalesce(Sum(f"movements__{name}_change"), 0) for name in totals})
    wrong = Q()
    for name in totals:
        wrong |= ~Q(**{f"quantity_{name}": F(name)})
    for row in rows.filter(wrong):
        yield (
            row["sku"],
            ", ".join(
                f"{row[f'quantity_{name}']} {name.replace('_', ' ')}, but the movements add up to {row[name]}"
                for name in totals
                if row[f"quantity_{name}"] != row[name]
            ),
        )


def holds_are_reserved() -> Findings:
    """What open holds keep is reserved."""
    rows = Hold.objects.filter(ended_at=None).order_by().values("product__sku", "product__quantity_reserved")
    for row in rows.annotate(held=Sum("quantity")).filter(held__gt=F("product__quantity_reserved")):
        yield (
            row["product__sku"],
            f"{row['held']} held, but only {row['product__quantity_reserved']} reserved",
        )


def cost_is_its_entries() -> Findings:
    """A piece's landed cost is the sum of its cost entries."""
    rows = Product.staged.order_by().values("sku", "landed_cost")
    rows = rows.annotate(entries=Coalesce(Sum("costs__amount"), NOTHING))
    for row in _beyond_half_a_cent(rows, F("landed_cost") - F("entries"), both_ways=True):
        yield row["sku"], f"landed cost {row['landed_cost']}, but its entries add up to {cents(row['entries'])}"


def a_piece_is_sold_once() -> Findings:
    """No one-of-one piece has two living sales."""
    rows = OrderLine.staged.living().order_by().values("product__sku").annotate(sales=Count("pk"))
    for row in rows.filter(sales__gt=1):
        yield row["product__sku"], f"{row['sales']} living sales of one piece"


def living_sales_sold_their_piece() -> Findings:
    """The piece of a living sale is a sold one-of-one, and its order is not cancelled."""
    lines = OrderLine.staged.living().select_related("product", "order").order_by()
    sold = Q(product__is_one_of_one=True, product__status="sold", product__quantity_sold=1)
    for line in lines.filter(~sold | Q(product=None) | Q(order__state="cancelled")):
        sku = line.product.sku if line.product else f"line {line.pk}"
        yield sku, f"order {line.order} is its living sale, but the piece is not sold by it"


def sold_pieces_have_their_sale() -> Findings:
    """A sold one-of-one piece has a living sale."""
    living = OrderLine.staged.living().filter(product=OuterRef("pk"))
    sold = Product.staged.one_of_one().filter(Q(quantity_sold__gt=0) | Q(status="sold"))
    for sku in sold.exclude(Exists(living)).order_by().values_list("sku", flat=True):
        yield sku, "sold, but without a living sale"


def refunds_stay_within_their_line() -> Findings:
    """No line gives back more money or pieces than it brought."""
    line = ("line__order__source", "line__order__number", "line__gross", "line__discount", "line__quantity")
    rows = Refund.staged.approved().filter(line__isnull=False).order_by().values("line", *line)
    rows = rows.annotate(given=Sum("amount"), pieces=Sum("quantity"))
    over = Q(pieces__gt=F("line__quantity"))
    for row in _beyond_half_a_cent(rows, F("given") - F("line__gross") + F("line__discount"), or_else=over):
        paid = row["line__gross"] - row["line__discount"]
        yield (
            f"{row['line__order__source']} {row['line__order__number']}",
            f"line {row['line']}: {cents(row['given'])} and {row['pieces']} pieces given back of {paid} and "
            f"{row['line__quantity']}",
        )


def refunds_stay_within_their_order() -> Findings:
    """No order gives back more than was paid for it, and a cancelled one nothing."""
    lines = OrderLine.staged.filter(order=OuterRef("order")).order_by().values("order")
    paid = Subquery(lines.annotate(paid=Sum(F("gross") - F("discount"))).values("paid"))
    refunds = Refund.staged.approved().filter(order__isnull=False).order_by()
    rows = refunds.values("order", "order__source", "order__number", "order__state")
    rows = rows.annotate(given=Sum("amount"), paid=Coalesce(paid, NOTHING))
    cancelled = Q(order__state="cancelled", given__gt=0)
    for row in _beyond_half_a_cent(rows, F("given") - F("paid"), or_else=cancelled):
        of = "a cancelled order" if row["order__state"] == "cancelled" else cents(row["paid"])
        yield f"{row['order__source']} {row['order__number']}", f"{cents(row['given'])} given back of {of}"


def _beyond_half_a_cent(
    rows: QuerySet[Any, Any], excess: Any, *, both_ways: bool = False, or_else: Q | None = None
) -> QuerySet[Any, Any]:
    wrong = Q(excess__gt=HALF_A_CENT)
    if both_ways:
        wrong |= Q(excess__lt=-HALF_A_CENT)
    found: QuerySet[Any, Any] = rows.annotate(excess=excess).filter(wrong | or_else if or_else else wrong)
    return found


CHECKS: dict[str, Callable[[], Findings]] = {
    "stock": stock_is_its_movements,
    "holds": holds_are_reserved,
    "cost": cost_is_its_entries,
    "sold once": a_piece_is_sold_once,
    "living sale": living_sales_sold_their_piece,
    "sold piece": sold_pieces_have_their_sale,
    "refunded line": refunds_stay_within_their_line,
    "refunded order": refunds_stay_within_their_order,
}
