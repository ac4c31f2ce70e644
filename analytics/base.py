"""What an analysis is: a question asked once. Every surface paints its Result; none computes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from analytics.charts import Chart
from analytics.columns import Column, Time, named
from analytics.counting import counted
from analytics.mart.replica import mart
from analytics.mart.session import Row, Session
from analytics.params import Asked, InvalidParams, NotAllowed, Params, QueryString
from lacelux.lib.periods import Period


@dataclass(frozen=True)
class Viewer:
    """Who asks, as a set of permissions. A schedule asks as its owner; a bare address as a viewer."""

    permissions: Collection[str]

    def may(self, permission: str) -> bool:
        return not permission or permission in self.permissions


@dataclass(frozen=True)
class Insight:
    """A sentence about the answer; withheld together with any column it speaks of."""

    text: str
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drill:
    """Where a row leads: another question, whose parameters are read from the row's columns.

    `period` names the columns of a bucket's first and last day; without it the asked period goes along.
    `but` names parameters of this question that the other does not take.
    """

    to: str
    filters: Mapping[str, str] = field(default_factory=dict)
    period: tuple[str, str] | None = None
    but: tuple[str, ...] = ()

    @property
    def uses(self) -> tuple[str, ...]:
        """Names of the columns it reads: where one is withheld, the way down is too."""
        return (*self.filters.values(), *(self.period or ()))

    def link(self, params: Mapping[str, Any], row: Mapping[str, Any]) -> str:
        """`<slug>?…` for what is behind `row` of an answer to `params`; empty where nothing is."""
        dropped = ("sort", "limit", "page", "grain", *self.but)
        kept = {name: value for name, value in params.items() if name not in dropped}
        for name, column in self.filters.items():
            kept[name] = "none" if row[column] is None else row[column]
        if self.period:
            kept["period"] = f"{row[self.period[0]]}/{row[self.period[1]]}"
        return f"{self.to}?{urlencode(kept, doseq=True)}"


@dataclass(frozen=True)
class Result:
    """Typed columns and rows. `rows` are tuples in the order of `columns`; money in them is Decimal."""

    slug: str
    title: str
    description: str
    params: dict[str, Any]
    period: Period | None
    as_of: datetime
    columns: tuple[Column, ...]
    rows: list[Row]
    insights: list[str]
    notes: list[str]
    chart: Chart | None = None
    drill: Drill | None = None
    total_rows: int | None = None
    page: int = 1
    facts: Mapping[str, Any] = field(default_factory=dict)  # for insights and notes; no surface shows them

    def column(self, name: str) -> list[Any]:
        """All values of one column."""
        index = self.columns.index(named(self.columns, name))
        return [row[index] for row in self.rows]

    def dicts(self) -> Iterator[dict[str, Any]]:
        names = [column.name for column in self.columns]
        return (dict(zip(names, row, strict=True)) for row in self.rows)

    def links(self) -> list[str]:
        """For each row the query that leads to what is behind it: `<slug>?…`; empty without a drill."""
        return [self.drill.link(self.params, row) for row in self.dicts()] if self.drill else []


class Analysis:
    """A question. A subclass states what it is; SQL answers it, or `rows()` where SQL does not suffice.

    `sql` is a whole SELECT that yields at least `columns`, by name. In it `{filters}` stands for period and filters,
    `{scope}` for the filters without the period; `$start $end $today $previous_start $previous_end` may be bound.
    Values are always bound. The order and the number of rows are ours: `order`, and `limit` from the parameters.
    `facts` names further outputs of the statement, the same in every row: figures about the whole answer, which rows
    cut to a limit cannot say. Insights and notes may speak of them.
    `names` is a SELECT from `{answer}` that adds the columns `named`: it is put round rows that are cut already,
    so that names are looked up for those shown only.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]]
    facts: ClassVar[tuple[str, ...]] = ()
    chart: ClassVar[Chart | None] = None
    drill: ClassVar[Drill | None] = None
    Params: ClassVar[type[Params]] = Params
    sql: ClassVar[str] = ""
    names: ClassVar[str] = ""
    named: ClassVar[tuple[str, ...]] = ()
    order: ClassVar[str] = ""
    limit: ClassVar[int | None] = None  # where nothing is asked; None: all there are
    is_listing: ClassVar[bool] = False  # paged on the page and in the API, streamed in downloads
    permission: ClassVar[str] = "access.view_figures"

    @property
    def description(self) -> str:
        return (type(self).__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")

    @property
    def area(self) -> str:
        return self.slug.split("/")[0]

    def run(self, query: QueryString, viewer: Viewer, *, today: date | None = None) -> Result:
        """Answer. Raises InvalidParams (a 400) or NotAllowed (a 403)."""
        with mart().session() as session:
            return self.answer(query, viewer, session, today=today)

    def answer(self, query: QueryString, viewer: Viewer, session: Session, *, today: date | None = None) -> Result:
        """… within a session that other questions are asked in too: all of them see the same moment."""
        asked = self.prepare(query, viewer, session, today)
        return self.result(asked, self.rows(asked, session), viewer, session)

    @contextmanager
    def stream(
        self, query: QueryString, viewer: Viewer, *, today: date | None = None
    ) -> Iterator[tuple[tuple[Column, ...], Iterator[Row]]]:
        """Visible columns and all rows, whatever their number, read as they are written out."""
        with mart().session() as session:
            yield self.visible(viewer), self.every_row(query, viewer, session, today=today)

    def every_row(
        self, query: QueryString, viewer: Viewer, session: Session, *, today: date | None = None
    ) -> Iterator[Row]:
        """All rows with the visible columns; a listing's as they are read, whatever their number."""
        asked, columns = self.prepare(query, viewer, session, today), self.visible(viewer)
        if self.is_listing:
            return aware(columns, session.stream(self.select(columns, asked), self.values(asked)))
        rows = self.shown(self.rows(asked, session), viewer)
        return (cut(row, self.columns, columns) for row in rows)

    def visible(self, viewer: Viewer) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if viewer.may(column.permission))

    def prepare(self, query: QueryString, viewer: Viewer, session: Session, today: date | None) -> Asked:
        """Resolve what was asked and check that the viewer may ask it."""
        if not viewer.may(self.permission):
            raise NotAllowed(f"You may not see “{self.title}”.")
        asked = self.Params.read(query, session=session, today=today or timezone.localdate())
        for filter_, _ in asked.filters:
            if not viewer.may(filter_.permission):
                raise NotAllowed(f"You may not filter by {filter_.label.lower()}.")
        self.check_sort(asked.sort.removeprefix("-"), viewer)
        return asked

    def check_sort(self, name: str, viewer: Viewer) -> None:
        if not name:
            return
        if name not in [column.name for column in self.columns]:
            raise InvalidParams({"sort": [f"There is no column “{name[:40]}” to sort by."]})
        if not viewer.may(named(self.columns, name).permission):
            raise NotAllowed(f"You may not sort by {name}.")

    # --- what subclasses may override ---------------------------------------------------------------------------

    def rows(self, asked: Asked, session: Session) -> list[Row]:
        """Rows with every column of `columns` and then every one of `facts`, sorted and cut as asked."""
        limit = asked.limit or self.limit
        part = f" LIMIT {int(limit)} OFFSET {int(limit) * (asked.page - 1)}" if limit is not None else ""
        sql = self.select(self.columns, asked, part)
        values = {**self.values(asked), **self.found(asked, session)}
        return list(aware(self.columns, session.query(sql, values)))

    def found(self, asked: Asked, session: Session) -> dict[str, Any]:
        """Further values the statement names, which the mart must be asked for first."""
        return {}

    def shown(self, rows: list[Row], viewer: Viewer) -> list[Row]:
        """The rows that the viewer may see: all, unless what a row holds differs by row."""
        return rows

    def telling(self, result: Result) -> list[Row]:
        """The rows that say whether anything happened: all, unless some are of now whatever the period."""
        return result.rows

    def insights(self, result: Result) -> list[Insight]:
        """Sentences, the same on the page, in the mail and in the API. The result holds every column."""
        return []

    def notes(self, asked: Asked, result: Result) -> list[str]:
        """What a reader must know to read the figures right. The result holds every column the question has."""
        return []

    # --- the common way -----------------------------------------------------------------------------------------

    def select(self, columns: Sequence[Column], asked: Asked, part: str = "") -> str:
        """The whole statement; `part` is its LIMIT. Only what the viewer may see is selected."""
        facts = self.facts if columns is self.columns else ()
        listed = ", ".join(quoted(name) for name in (*(column.name for column in columns), *facts))
        order, answer = self.order_by(asked), f"({self.statement(asked)}) AS answer"
        if self.names:
            if part and asked.sort.removeprefix("-") not in self.named:
                answer = f"(SELECT * FROM {answer}{order}{part}) AS answer"
                part = ""
            answer = f"({self.names.replace('{answer}', answer)}) AS named"
        return f"SELECT {listed} FROM {answer}{order}{part}"

    def statement(self, asked: Asked) -> str:
        sql = counted(self.sql, asked)
        return sql.replace("{filters}", self.within(asked)).replace("{scope}", asked.scope[0])

    def within(self, asked: Asked) -> str:
        """The condition of period and filters."""
        scope, _ = asked.scope
        return f"date BETWEEN $start AND $end AND {scope}" if asked.period else scope

    def order_by(self, asked: Asked) -> str:
        first = ""
        if asked.sort:
            direction = "DESC" if asked.sort.startswith("-") else "ASC"
            first = f"{quoted(asked.sort.removeprefix('-'))} {direction} NULLS LAST"
        parts = [part for part in (first, self.order) if part]
        return f" ORDER BY {', '.join(parts)}" if parts else ""

    def values(self, asked: Asked) -> dict[str, Any]:
        """All values a statement may name."""
        _, bound = asked.scope
        bound["today"] = asked.today
        if asked.period:
            previous = asked.period.previous()
            bound |= {
                "start": asked.period.start,
                "end": asked.period.end,
                "previous_start": previous.start if previous else None,
                "previous_end": previous.end if previous else None,
            }
        return bound

    def result(self, asked: Asked, rows: list[Row], viewer: Viewer, session: Session) -> Result:
        """The answer cut to what the viewer may see: columns go with their chart, drill and insights."""
        columns = self.visible(viewer)
        seen = {column.name for column in columns}
        facts = dict(zip(self.facts, rows[0][len(self.columns) :], strict=True)) if rows else {}
        rows = [row[: len(self.columns)] for row in rows] if facts else rows
        whole = Result(
            slug=self.slug, title=self.title, description=self.description, params=asked.given, period=asked.period,
            as_of=session.as_of, columns=self.columns, rows=rows, insights=[], notes=[], chart=self.chart,
            drill=self.drill, page=asked.page, facts=facts,
        )  # fmt: skip
        said = self.insights(whole) if rows else []
        rows = self.shown(rows, viewer)
        return replace(
            whole,
            columns=columns,
            rows=rows if columns == self.columns else [cut(row, self.columns, columns) for row in rows],
            insights=[insight.text for insight in said if seen.issuperset(insight.uses)],
            notes=[*session.notes, *self.notes(asked, whole)],
            chart=self.chart if self.chart and seen.issuperset(self.chart.uses) else None,
            drill=self.drill if self.drill and seen.issuperset(self.drill.uses) else None,
            total_rows=self.count(asked, session) if self.is_listing else None,
        )

    def count(self, asked: Asked, session: Session) -> int:
        sql = f"SELECT count(*) FROM ({self.statement(asked)}) AS answer"
        return int(session.query(sql, self.values(asked))[0][0])


def cut(row: Row, whole: Sequence[Column], kept: Sequence[Column]) -> Row:
    """`row` without the columns that are not kept, and without facts."""
    return tuple(value for value, column in zip(row, whole, strict=False) if column in kept)


def quoted(name: str) -> str:
    """A column's name as SQL: some of ours, such as `end`, are words of its own."""
    return f'"{name}"'


def aware(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[Row]:
    """`rows` with their moments aware: the mart keeps UTC without saying so."""
    moments = {i for i, column in enumerate(columns) if isinstance(column, Time)}
    if not moments:
        return iter(rows)
    return (
        tuple(v.replace(tzinfo=UTC) if i in moments and v is not None else v for i, v in enumerate(row)) for row in rows
    )


def shop_currency() -> str:
    """The code of the currency all money of an answer is in."""
    return str(settings.SHOP_CURRENCY)
