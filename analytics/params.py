"""What may be asked of a question: its period, filters, order and length, stated once as a form.

The filter bar, the query string, widget and schedule JSON all validate here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms

from analytics.bands import AGES, GAPS, NOT_LISTED, choices
from analytics.mart.session import Row, Session
from lacelux.lib.periods import DEFAULT, InvalidPeriod, Period, resolve

# What all sale lines of an order share, or all that fell into one hour.
OF_WHOLE_ORDERS = {
    "channel_id", "show_id", "host_id", "campaign_id", "country", "customer_id", "order_id", "weekday", "hour",
}  # fmt: skip
NONE = "none"  # the choice that selects rows without a value
MOST_VALUES = 200
MOST_ROWS = 1_000
QueryString = Mapping[str, Sequence[str]]


class InvalidParams(ValueError):
    """What was asked cannot be answered; `errors` maps each parameter to what is wrong with it."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors = {name: list(messages) for name, messages in errors.items()}
        super().__init__("; ".join(f"{name}: {' '.join(messages)}" for name, messages in self.errors.items()))


class NotAllowed(Exception):
    """The viewer lacks the permission for the question, the filter or the order asked for."""


@dataclass(frozen=True)
class Filter:
    """One filter: its parameter, the column it binds, and where its choices come from.

    `dimension` is a small table of the mart that holds `column` and a name, in the column `named` (by default called
    as the table): values are then ids, and names are understood too. Without one, values are compared as they are.
    """

    name: str
    label: str
    column: str
    dimension: str = ""
    named: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    is_number: bool = False
    permission: str = ""
    in_bar: bool = True  # the others come by drill-down and show as chips

    def values(self, texts: Sequence[str], session: Session) -> list[int | str | None]:
        """The values to bind; None stands for `none`. ValueError says which text is unknown."""
        if len(texts) > MOST_VALUES:
            raise ValueError(f"At most {MOST_VALUES} values.")
        return [None if text == NONE else self._value(text, session) for text in texts]

    def _value(self, text: str, session: Session) -> int | str:
        if self.dimension:
            return self._id(text, session)
        if self.choices and text not in dict(self.choices):
            raise ValueError(f"“{text[:40]}” is none of: {', '.join(value for value, _ in self.choices)}.")
        if not self.is_number:
            return text
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise ValueError(f"“{text[:40]}” is no number.")
        return int(text)

    def _id(self, text: str, session: Session) -> int:
        is_id = text.isascii() and text.isdigit() and len(text) < 19
        found = self._find("{column} = $value", int(text), session) if is_id else []
        found = found or self._find("lower({named}) = lower($value)", text, session)  # some names are numbers
        if not found:
            raise ValueError(f"There is no {self.label.lower()} “{text[:40]}”.")
        if len(found) > 1:
            raise ValueError(f"{len(found)} are called “{text[:40]}”: say which by its id.")
        return int(found[0][0])

    def _find(self, test: str, value: int | str, session: Session) -> list[Row]:
        where = test.format(column=self.column, named=self.named or self.dimension)
        return session.query(f"SELECT {self.column} FROM {self.dimension} WHERE {where}", {"value": value})

    def clause(self, values: Sequence[int | str | None]) -> tuple[str, dict[str, Any]]:
        """An SQL condition and the values it binds."""
        bound = {f"{self.name}_{i}": value for i, value in enumerate(values) if value is not None}
        tests = [f"{self.column} IN ({', '.join(f'${name}' for name in bound)})"] if bound else []
        tests += [f"{self.column} IS NULL"] if None in values else []
        return f"({' OR '.join(tests)})", bound


@dataclass(frozen=True)
class Asked:
    """One question as asked, resolved: nothing in it is text from outside any more."""

    today: date
    period: Period | None
    filters: tuple[tuple[Filter, tuple[int | str | None, ...]], ...] = ()
    sort: str = ""
    limit: int | None = None
    page: int = 1
    given: dict[str, Any] = field(default_factory=dict)  # the parameters as text, to repeat in links

    @property
    def keeps_orders_whole(self) -> bool:
        """Whether no filter can take one line of an order and leave another."""
        return all(filter_.column in OF_WHOLE_ORDERS for filter_, _ in self.filters)

    @property
    def scope(self) -> tuple[str, dict[str, Any]]:
        """Condition and values of all filters, without the period."""
        clauses, bound = ["TRUE"], {}
        for filter_, values in self.filters:
            clause, more = filter_.clause(values)
            clauses.append(clause)
            bound.update(more)
        return " AND ".join(clauses), bound


class Params(forms.Form):
    """Parameters of a question without a period: stock as it stands now."""

    filters: tuple[Filter, ...] = ()
    has_period = False
    has_grain = False
    grain_always = ""  # for a series whose points are never anything else

    sort = forms.CharField(required=False, max_length=60)
    limit = forms.IntegerField(required=False, min_value=1, max_value=MOST_ROWS)
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)

    @classmethod
    def names(cls) -> list[str]:
        always = ["sort", "limit", "page"]
        timed = ["period"] * cls.has_period + ["grain"] * cls.has_grain
        return [*timed, *(f.name for f in cls.filters), *always]

    @classmethod
    def read(cls, query: QueryString, *, session: Session, today: date) -> Asked:
        """Resolve a query string; InvalidParams lists everything that is wrong with it at once."""
        form = cls({name: values[-1] for name, values in query.items() if values})
        errors: dict[str, list[str]] = {
            name: [f"This question has no parameter “{name[:40]}”. It has: {', '.join(cls.names())}."]
            for name in query
            if name not in cls.names()
        }
        errors |= {name: [str(e) for e in found] for name, found in form.errors.items()}
        nulls = {name: ["Text may not hold a null character."] for name in query if "\x00" in "".join(query[name])}
        errors |= nulls
        known = {name: values for name, values in query.items() if name not in nulls}
        period = cls._period(known, session, today, errors)
        chosen = cls._filters(known, session, errors)
        if errors:
            raise InvalidParams(errors)
        data = form.cleaned_data
        return Asked(
            today=today, period=period, filters=tuple(chosen), sort=data["sort"], limit=data["limit"],
            page=data["page"] or 1, given=cls._given(query),
        )  # fmt: skip

    @classmethod
    def _period(cls, query: QueryString, session: Session, today: date, errors: dict[str, list[str]]) -> Period | None:
        if not cls.has_period:
            return None
        text = (query.get("period") or [DEFAULT])[-1]
        grain = (query.get("grain") or [""])[-1] if cls.has_grain else cls.grain_always
        try:
            bounds = session.bounds() if text == "all" else None
            return resolve(text, today=today, grain=grain, bounds=bounds)
        except InvalidPeriod as error:
            errors[error.parameter if cls.has_grain else "period"] = [str(error)]
            return None

    @classmethod
    def _filters(
        cls, query: QueryString, session: Session, errors: dict[str, list[str]]
    ) -> list[tuple[Filter, tuple[int | str | None, ...]]]:
        chosen = []
        for filter_ in cls.filters:
            texts = [text for text in query.get(filter_.name, ()) if text != ""]
            try:
                if texts:
                    chosen.append((filter_, tuple(filter_.values(texts, session))))
            except ValueError as error:
                errors[filter_.name] = [str(error)]
        return chosen

    @classmethod
    def _given(cls, query: QueryString) -> dict[str, Any]:
        """The parameters as they were given, several values as a list; empty ones left out."""
        kept = {name: [v for v in query.get(name, ()) if v != ""] for name in cls.names()}
        many = {f.name for f in cls.filters}
        return {name: values if name in many else values[-1] for name, values in kept.items() if values}


CONDITIONS = (("S", "S"), ("A", "A"), ("AB", "AB"), ("B", "B"), ("C", "C"))
PIECE_FILTERS = (
    Filter("brand", "Brand", "brand_id", "brand"),
    Filter("category", "Category", "category_id", "category"),
    Filter("condition", "Condition", "condition", choices=CONDITIONS),
)
SALES_FILTERS = (
    *PIECE_FILTERS,
    Filter("channel", "Channel", "channel_id", "channel"),
    Filter("show", "Show", "show_id", "shows", "show_name"),
    Filter("host", "Host", "host_id", "host"),
    Filter("campaign", "Campaign", "campaign_id", "campaign"),
    Filter("country", "Country", "country"),
)
WEEKDAYS = tuple(
    zip("1234567", ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
ORDERS = (("1", "One"), ("2", "Two"), ("3", "Three"), ("4", "Four"), ("5", "Five or more"))
HOURS = tuple((str(hour), f"{hour:02d}:00") for hour in range(24))
KINDS = (("sale", "Sale"), ("refund", "Refund"), ("adjustment", "Adjustment"), ("write_off", "Write-off"))
ENTRY_FILTERS = (
    *SALES_FILTERS,
    Filter("kind", "Kind", "kind", choices=KINDS),
    Filter("customer", "Customer", "customer_id", is_number=True, in_bar=False),
    Filter("product", "Piece", "product_id", is_number=True, in_bar=False),
    Filter("order", "Order", "order_id", is_number=True, in_bar=False),
    Filter("model", "Model", "model", in_bar=False),
    Filter("weekday", "Weekday", "weekday", choices=WEEKDAYS, is_number=True, in_bar=False),
    Filter("hour", "Hour", "hour", choices=HOURS, is_number=True, in_bar=False),
    Filter("orders", "Orders of the customer", "customer_orders", choices=ORDERS, is_number=True, in_bar=False),
    Filter("gap", "Days since the order before", "gap", choices=choices(GAPS), in_bar=False),
)


class SalesParams(Params):
    """Parameters of any question over the money ledger."""

    filters: tuple[Filter, ...] = SALES_FILTERS
    has_period = True

    period = forms.CharField(required=False, max_length=40)


class SeriesParams(SalesParams):
    """… of one answered as a series."""

    has_grain = True

    grain = forms.CharField(required=False, max_length=10)


class EntryParams(SalesParams):
    """… of the entries themselves: what any chart drills into."""

    filters = ENTRY_FILTERS


STATUSES = (
    ("draft", "Draft"), ("active", "Active"), ("hidden", "Hidden"), ("reserved", "Reserved"), ("sold", "Sold"),
)  # fmt: skip
STOCK = (("available", "Available"), ("reserved", "Reserved"), ("gone", "Gone"))
STOCK_FILTERS = (*PIECE_FILTERS, Filter("status", "Status", "status", choices=STATUSES))
PIECES_FILTERS = (
    *STOCK_FILTERS,
    Filter("age", "Days listed", "age_band", choices=(*choices(AGES), NOT_LISTED)),
    Filter("stock", "Stock", "stock", choices=STOCK),
    Filter("model", "Model", "model", in_bar=False),
    Filter("product", "Piece", "product_id", is_number=True, in_bar=False),
)


class DailyParams(SalesParams):
    """… of one whose points are always days."""

    grain_always = "day"


class StockParams(Params):
    """Parameters of any question over the stock as it stands now."""

    filters = STOCK_FILTERS


class PiecesParams(Params):
    """… of the pieces themselves."""

    filters = PIECES_FILTERS
