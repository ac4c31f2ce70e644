"""What a mart table is: its columns, the queries that fill it, and which source rows touch it.

The filling queries run on the shop's database, in SQL that SQLite and PostgreSQL both speak; money leaves it in
whole cents, moments and days as text. `{moment:x}` is the one difference of dialect (see `reader.in_dialect`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# Kind of a column → (its DuckDB type, how the fetched value `{x}` becomes one)
KINDS: dict[str, tuple[str, str]] = {
    "id": ("BIGINT", "{x}"),
    "int": ("INTEGER", "CAST({x} AS INTEGER)"),
    "text": ("VARCHAR", "{x}"),
    "flag": ("BOOLEAN", "CAST({x} AS BOOLEAN)"),
    "money": ("DECIMAL(18, 2)", "CAST(CAST({x} AS DECIMAL(18, 0)) * 0.01 AS DECIMAL(18, 2))"),
    "moment": ("TIMESTAMP", "CAST({x} AS TIMESTAMP)"),
    "day": ("DATE", "CAST({x} AS DATE)"),
}


@dataclass(frozen=True)
class Touch:
    """A change of row r of table `source` concerns the rows where `column` is r.id.

    `column` belongs to the filling query; `mart_column` finds the same rows in the mart (it is put before IN, so
    it may carry a condition of its own).
    """

    source: str
    column: str
    mart_column: str


@dataclass(frozen=True)
class Fill:
    """One query that yields rows of a mart table: SELECT `values` FROM `origin` WHERE `where`."""

    origin: str
    values: Mapping[str, str]
    touches: tuple[Touch, ...]
    where: str = "TRUE"

    def sql(self, columns: Iterable[str], only: str = "TRUE") -> str:
        listed = ", ".join(f"{self.values[column]} AS {column}" for column in columns)
        return f"SELECT {listed} FROM {self.origin} WHERE ({self.where}) AND {only}"

    def reads(self) -> Iterable[tuple[str, str]]:
        """(source table, column) for all that the query looks at."""
        looked = " ".join([self.origin, self.where, *self.values.values()])
        for table, alias in re.findall(r"(?:^|JOIN )(\w+) (\w)\b", self.origin):
            yield from ((table, column) for column in re.findall(rf"\b{alias}\.(\w+)", looked))


@dataclass(frozen=True)
class Table:
    """`columns`: fetched, name → kind. `derived`: computed in the mart from them, name → (type, expression).

    `local` names the moment whose local date, weekday and hour are added; `local_days` gives the local day of
    further moments. `settle` is a statement run after rows came or went, for what a row says about others of its
    `group`; it finds the groups concerned in the relation `concerned`.
    """

    name: str
    key: str
    columns: Mapping[str, str]
    fills: tuple[Fill, ...]
    derived: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    local: str = ""
    local_days: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    settle: str = ""

    def all_columns(self) -> dict[str, str]:
        """Every column of the mart table with its DuckDB type, in order."""
        fetched = {name: KINDS[kind][0] for name, kind in self.columns.items()}
        derived = {name: type_ for name, (type_, _) in self.derived.items()}
        days = dict.fromkeys(self.local_days, "DATE")
        local = {"date": "DATE", "weekday": "TINYINT", "hour": "TINYINT"} if self.local else {}
        return {**fetched, **derived, **days, **local}

    def create(self) -> str:
        columns = ", ".join(f"{name} {type_}" for name, type_ in self.all_columns().items())
        return f"CREATE TABLE {self.name} ({columns})"

    def insert(self, staged: str) -> str:
        """The statement that turns fetched rows in relation `staged` into rows of this table.

        Local time comes from the table `zone` by the last change of offset before each moment.
        """
        moments = [*self.local_days.values(), *([self.local] if self.local else [])]
        zones = {m: f"z{i}" for i, m in enumerate(dict.fromkeys(moments))}
        local = {m: f"(f.{m} + to_seconds({z}.seconds))" for m, z in zones.items()}
        values = [f"f.{name}" for name in self.columns]
        values += [expression for _, expression in self.derived.values()]
        values += [f"CAST({local[m]} AS DATE)" for m in self.local_days.values()]
        if self.local:
            at = local[self.local]
            values += [f"CAST({at} AS DATE)", f"isodow({at})", f"hour({at})"]
        fetched = ", ".join(f"{KINDS[kind][1].format(x=name)} AS {name}" for name, kind in self.columns.items())
        joins = " ".join(f"ASOF LEFT JOIN zone {z} ON f.{m} >= {z}.since" for m, z in zones.items())
        return f"INSERT INTO {self.name} SELECT {', '.join(values)} FROM (SELECT {fetched} FROM {staged}) f {joins}"


def cents(expression: str) -> str:
    return f"CAST(ROUND({expression} * 100) AS BIGINT)"


def text(expression: str) -> str:
    return f"CAST({expression} AS VARCHAR(40))"


def moment(expression: str) -> str:
    return f"{{moment:{expression}}}"


def published(alias: str) -> str:
    """Only what readers may see: entered directly, or by a batch that was published."""
    seen = "SELECT id FROM intake_batch WHERE published_at IS NOT NULL"
    return f"({alias}.batch_id IS NULL OR {alias}.batch_id IN ({seen}))"


def simple(
    name: str, source: str, values: Mapping[str, tuple[str, str]], *, where: str = "TRUE", **more: Mapping[str, str]
) -> Table:
    """A table over one source table `s`; `values`: column → (kind, expression). Its key is `<name>_id`.

    `more`: `derived` and `local_days` of the table. A column `batch_id` makes a batch touch its rows.
    """
    key = f"{name.removesuffix('s') if name != 'sales' else name}_id"
    touches = [Touch(source, "s.id", key)]
    touches += [Touch("intake_batch", "s.batch_id", "batch_id")] if "batch_id" in values else []
    fill = Fill(f"{source} s", {key: "s.id", **{n: e for n, (_, e) in values.items()}}, tuple(touches), where)
    columns = {key: "id", **{n: kind for n, (kind, _) in values.items()}}
    return Table(name, key, columns, (fill,), **more)  # type: ignore[arg-type]
