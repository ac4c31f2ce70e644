"""What stands on the axes of pictures: round values with their unit, days where the calendar turns."""

from datetime import date
from typing import Any

import pytest

from analytics.columns import Column, Integer, Money, Percent
from reports.pictures import scales

MONEY, SHARE, COUNT = Money("revenue", "Revenue"), Percent("margin", "Margin"), Integer("units", "Units")


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        (MONEY, [0, 3215.5], ["$0", "$1k", "$2k", "$3k"]),
        (MONEY, [-700, 1200], ["−$500", "$0", "$500", "$1k"]),
        (MONEY, [2_400_000], ["$0", "$500k", "$1M", "$1.5M", "$2M"]),
        (MONEY, [0.5], ["$0", "$0.1", "$0.2", "$0.3", "$0.4", "$0.5"]),
        (MONEY, [0, None], ["$0", "$0.2", "$0.4", "$0.6", "$0.8", "$1"]),
        (SHARE, [0.42], ["0%", "10%", "20%", "30%", "40%"]),
        (SHARE, [0.012], ["0.0%", "0.5%", "1.0%"]),
        (COUNT, [1], ["0", "1"]),
        (COUNT, [12_500], ["0", "5,000", "10,000"]),
    ],
)
def test_an_axis_says_round_values_from_zero(column: Column, values: list[float | None], said: list[str]):
    scale = scales.measure(column, values, from_zero=True)
    assert scale.words == said
    assert scale.low <= 0 <= scale.high


def days(*span: date, step: int = 1) -> list[date]:
    first, last = span
    return [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1, step)]


@pytest.mark.parametrize(
    ("found", "grain", "room", "said"),
    [
        (days(date(2026, 3, 9), date(2026, 3, 11)), "day", 9, ["9 Mar\n2026", "10 Mar", "11 Mar"]),
        (days(date(2026, 3, 1), date(2026, 3, 31)), "day", 9, ["2 Mar\n2026", "9 Mar", "16 Mar", "23 Mar", "30 Mar"]),
        (days(date(2025, 12, 1), date(2026, 2, 23), step=7), "week", 4, ["1 Dec\n2025", "1 Jan\n2026", "1 Feb"]),
        (
            [date(2025, month, 1) for month in range(1, 13)] + [date(2026, 1, 1)],
            "month", 6, ["Jan\n2025", "Apr", "Jul", "Oct", "Jan\n2026"],
        ),
    ],
)  # fmt: skip
def test_days_are_marked_where_the_calendar_turns(found: list[date], grain: Any, room: int, said: list[str]):
    assert scales.days(found, grain, room, free=0).words == said
