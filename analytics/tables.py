"""The table of a page: an answer's columns and rows as people read them, each row with its way down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from analytics.base import Analysis, Result, Viewer
from analytics.charts import Line
from analytics.columns import Column, Flag, Measure, Percent
from analytics.formats import text

WIDE = 10  # columns from which on a table is set closer
LONG = 40  # characters from which on a text may wrap
# Names that lead to a record: the column, the key beside it, its page, and what one must be allowed.
RECORDS: Mapping[str, tuple[str, str, str]] = {
    "number": ("order_id", "admin:sales_order_change", "sales.view_order"),
    "title": ("product_id", "admin:inventory_product_change", "inventory.view_product"),
    "sku": ("product_id", "admin:inventory_product_change", "inventory.view_product"),
    "customer": ("customer_id", "admin:customers_customer_change", "customers.view_customer"),
}
# A rise of these is no good news.
BETTER_LOW = frozenset({"refunds", "discounts", "days_to_sell", "fees", "cost", "loss"})
NEUTRAL = frozenset({"on_hand", "list_value", "stock_cost"})


@dataclass(frozen=True)
class Head:
    label: str
    is_number: bool
    sort: str = ""  # address that sorts by it; empty where the answer cannot be
    order: str = "none"  # for aria-sort


@dataclass(frozen=True)
class Cell:
    text: str
    style: str = ""
    link: str = ""
    mark: str = ""

    def html(self, *, is_head: bool) -> str:
        """The cell as markup. Written here because a template takes ten times as long for a thousand of them."""
        tag, scope = ("th", ' scope="row"') if is_head else ("td", "")
        style = f' class="{self.style}"' if self.style else ""
        words = escape(self.text)
        inner = f'<a href="{escape(self.link)}">{words}</a>' if self.link else words
        mark = f' <span class="chip">{escape(self.mark)}</span>' if self.mark else ""
        return f"<{tag}{scope}{style}>{inner}{mark}</{tag}>"


@dataclass(frozen=True)
class Table:
    heads: Sequence[Head]
    rows: Sequence[Sequence[Cell]]
    named: int = 0  # the column that says what a row is; it carries the way down

    @property
    def body(self) -> SafeString:
        """All rows as markup; every text in it is escaped."""
        rows = ("".join(cell.html(is_head=place == self.named) for place, cell in enumerate(row)) for row in self.rows)
        return mark_safe("\n".join(f"<tr>{cells}</tr>" for cells in rows))

    @property
    def is_wide(self) -> bool:
        return len(self.heads) > WIDE


@dataclass(frozen=True)
class Tile:
    label: str
    value: str
    change: str
    style: str
    before: str
    link: str


def shown(result: Result) -> list[Column]:
    """The columns people see: no keys, no unit beside a measure, no flag that marks unfinished points."""
    has_measure = any(isinstance(column, Measure) for column in result.columns)
    flag = result.chart.complete if isinstance(result.chart, Line) else "complete"
    return [
        column
        for column in result.columns
        if not column.is_hidden
        and not (has_measure and column.name == "unit")
        and not (isinstance(column, Flag) and column.name == flag)
    ]


def table(
    analysis: Analysis, result: Result, viewer: Viewer, *, address: Callable[[str], str], sort: Callable[[str], str]
) -> Table:
    """`address` makes a link of a drill-down query, `sort` one of a column to sort by."""
    columns = shown(result)
    links = [address(link) if link else "" for link in result.links()] or [""] * len(result.rows)
    words = {filter_.column: dict(filter_.choices) for filter_ in analysis.Params.filters if filter_.choices}
    named = next((place for place, column in enumerate(columns) if not column.is_number), 0)
    rows = [
        [cell(column, row, link if place == named else "", viewer, words) for place, column in enumerate(columns)]
        for row, link in zip(result.dicts(), links, strict=True)
    ]
    sorted_by = str(result.params.get("sort", ""))
    return Table([head(column, sorted_by, sort) for column in columns], rows, named)


def head(column: Column, sorted_by: str, sort: Callable[[str], str]) -> Head:
    """Figures are sorted largest first, words from A; a second click turns it round."""
    is_down = sorted_by == f"-{column.name}"
    is_up = sorted_by == column.name
    turned = column.name if is_down or not (is_up or column.is_number) else f"-{column.name}"
    order = "descending" if is_down else "ascending" if is_up else "none"
    return Head(text.heading(column), column.is_number, sort(turned), order)


def cell(
    column: Column, row: Mapping[str, Any], link: str, viewer: Viewer, words: Mapping[str, Mapping[str, str]]
) -> Cell:
    """One value; `words` says what codes mean (`write_off`: Write-off), as the filters do."""
    value, unit = row[column.name], str(row.get("unit") or "")
    if isinstance(column, Percent) and column.name in text.CHANGES:
        return Cell(*changed(row, value, unit))
    said = text.said(column, value, unit if isinstance(column, Measure) else "")
    said = words.get(column.name, {}).get(said, said) if not column.is_number else said
    style = ("num" if value else "num zero") if column.is_number else "wrap" if len(said) > LONG else ""
    mark = "not over yet" if link and row.get("complete") is False else ""
    return Cell(said, style, link or record(column.name, row, viewer), mark)


def changed(row: Mapping[str, Any], value: float | None, unit: str) -> tuple[str, str]:
    """How a change is said, and whether it is good: colour goes with its sign, never alone."""
    if value is None:
        return text.NOTHING, "num"
    said = text.points(value) if unit == "percent" else text.change(value)
    name = str(row.get("kpi", ""))
    if abs(value) < 0.0005 or name in NEUTRAL:
        return said, "num"
    return said, "num up" if (value > 0) != (name in BETTER_LOW) else "num down"


def record(name: str, row: Mapping[str, Any], viewer: Viewer) -> str:
    """The address of the record a name stands for, for those who may open it."""
    key, page, permission = RECORDS.get(name, ("", "", ""))
    if not key or not row.get(key) or not viewer.may(permission):
        return ""
    return record_page(page).replace("/0/", f"/{int(row[key])}/")


@cache
def record_page(page: str) -> str:
    """The address of record 0 of that page: made once, since a table asks for a hundred."""
    return reverse(page, args=[0])


def tiles(result: Result, *, address: Callable[[str], str], before: str) -> list[Tile]:
    """The figures of a `Tiles` answer, as cards. `before` says what a change compares with."""
    chart: Any = result.chart
    by_name = {column.name: column for column in result.columns}
    links = [address(link) if link else "" for link in result.links()] or [""] * len(result.rows)
    found = []
    for row, link in zip(result.dicts(), links, strict=True):
        unit = str(row.get("unit") or "")
        change = row.get(chart.change) if chart.change else None
        said, style = changed(row, change, unit) if change is not None else ("", "")
        value = text.said(by_name[chart.value], row[chart.value], unit)
        found.append(Tile(str(row[chart.label]), value, said, style.removeprefix("num").strip(), before, link))
    return found
