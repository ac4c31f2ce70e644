"""What a column of an answer is. The kind decides how it is painted: unit, alignment, number format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """`name` is the word of the API; `label` is what people read. `permission` withholds it from those without."""

    name: str
    label: str = ""
    permission: str = ""

    @property
    def kind(self) -> str:
        return type(self).__name__.lower()

    @property
    def is_number(self) -> bool:
        return isinstance(self, NUMBERS)

    @property
    def is_hidden(self) -> bool:
        """Keys serve programs and drill-down; people see names."""
        return isinstance(self, Key)


class Key(Column):
    """An id, or the bound of a bucket: for programs."""


class Text(Column):
    """Words."""


class Integer(Column):
    """A count."""


class Number(Column):
    """A measure without a unit of ours; `label` names it."""


class Money(Column):
    """Decimal, two places, in the shop's currency."""


class Percent(Column):
    """A share or a change as a fraction: 0.25 is 25 %."""


class Days(Column):
    """A span in days."""


class Date(Column):
    """A local day."""


class Time(Column):
    """A moment; aware, shown in the shop's zone."""


class Weekday(Column):
    """ISO: 1 is Monday, 7 is Sunday."""


class Hour(Column):
    """0 to 23, local."""


class Flag(Column):
    """True or false."""


class Measure(Column):
    """A number whose kind differs by row: the row's column `unit` holds money, percent, integer, number or days."""


NUMBERS = (Integer, Number, Money, Percent, Days, Measure)
COST = "access.view_cost"
MARGIN = "access.view_margin"
PERSONAL = "access.view_personal"


def named(columns: Sequence[Column], name: str) -> Column:
    """The column called `name`; KeyError where there is none."""
    for column in columns:
        if column.name == name:
            return column
    raise KeyError(name)
