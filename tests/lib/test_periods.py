"""What a period's text means on tricky days, what it is compared with, and how it falls into buckets."""

from datetime import date, timedelta

import pytest

from lacelux.lib.periods import (
    GRAINS,
    MOST_POINTS,
    NAMED,
    TEXTS,
    InvalidPeriod,
    Period,
    add_months,
    count_buckets,
    resolve,
)

WEDNESDAY = date(2026, 3, 11)
NEW_YEAR = date(2026, 1, 1)  # a Thursday
LEAP_DAY = date(2024, 2, 29)  # a Thursday
MONTH_END = date(2026, 3, 31)  # a Tuesday
MONDAY = date(2026, 6, 1)  # the first of a month too
SUNDAY = date(2026, 5, 31)
TRICKY = (WEDNESDAY, NEW_YEAR, LEAP_DAY, MONTH_END, MONDAY, SUNDAY)


def span(text: str, today: date) -> str:
    period = resolve(text, today=today)
    return f"{period.start}/{period.end}"


def before(text: str, today: date) -> str:
    previous = resolve(text, today=today).previous()
    assert previous is not None
    return f"{previous.start}/{previous.end}"


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        ("7d", WEDNESDAY, "2026-03-05/2026-03-11"),
        ("7d", NEW_YEAR, "2025-12-26/2026-01-01"),
        ("30d", LEAP_DAY, "2024-01-31/2024-02-29"),
        ("90d", WEDNESDAY, "2025-12-12/2026-03-11"),
        ("1y", WEDNESDAY, "2025-04-01/2026-03-11"),
        ("1y", NEW_YEAR, "2025-02-01/2026-01-01"),
        ("1y", LEAP_DAY, "2023-03-01/2024-02-29"),
        ("1y", date(2026, 12, 31), "2026-01-01/2026-12-31"),
        ("day", NEW_YEAR, "2026-01-01/2026-01-01"),
        ("yesterday", NEW_YEAR, "2025-12-31/2025-12-31"),
        ("yesterday", date(2024, 3, 1), "2024-02-29/2024-02-29"),
        ("week", WEDNESDAY, "2026-03-09/2026-03-11"),
        ("week", MONDAY, "2026-06-01/2026-06-01"),
        ("week", SUNDAY, "2026-05-25/2026-05-31"),
        ("week", NEW_YEAR, "2025-12-29/2026-01-01"),
        ("month", MONTH_END, "2026-03-01/2026-03-31"),
        ("month", MONDAY, "2026-06-01/2026-06-01"),
        ("mtd", LEAP_DAY, "2024-02-01/2024-02-29"),
        ("ytd", NEW_YEAR, "2026-01-01/2026-01-01"),
        ("ytd", LEAP_DAY, "2024-01-01/2024-02-29"),
        ("last-week", MONDAY, "2026-05-25/2026-05-31"),
        ("last-week", SUNDAY, "2026-05-18/2026-05-24"),
        ("last-month", NEW_YEAR, "2025-12-01/2025-12-31"),
        ("last-month", MONTH_END, "2026-02-01/2026-02-28"),
        ("last-month", date(2024, 3, 31), "2024-02-01/2024-02-29"),
        ("last-quarter", NEW_YEAR, "2025-10-01/2025-12-31"),
        ("last-quarter", MONDAY, "2026-01-01/2026-03-31"),
        ("last-quarter", date(2026, 12, 31), "2026-07-01/2026-09-30"),
        ("2024-02-29/2024-02-29", WEDNESDAY, "2024-02-29/2024-02-29"),
        (" 7d ", WEDNESDAY, "2026-03-05/2026-03-11"),
        ("", WEDNESDAY, "2026-02-10/2026-03-11"),
    ],
)
def test_what_a_text_means(text: str, today: date, expected: str):
    assert span(text, today) == expected


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        ("7d", WEDNESDAY, "2026-02-26/2026-03-04"),
        ("30d", WEDNESDAY, "2026-01-11/2026-02-09"),
        ("30d", date(2026, 4, 30), "2026-03-02/2026-03-31"),  # by chance a whole month, but thirty days were asked for
        ("day", NEW_YEAR, "2025-12-31/2025-12-31"),
        ("yesterday", WEDNESDAY, "2026-03-09/2026-03-09"),  # the day before it, as for any single day
        ("yesterday", NEW_YEAR, "2025-12-30/2025-12-30"),
        ("week", WEDNESDAY, "2026-03-02/2026-03-04"),  # Monday to Wednesday against Monday to Wednesday
        ("month", WEDNESDAY, "2026-02-01/2026-02-11"),
        ("mtd", MONTH_END, "2026-02-01/2026-02-28"),  # February has no 31st
        ("mtd", NEW_YEAR, "2025-12-01/2025-12-01"),
        ("ytd", LEAP_DAY, "2023-01-01/2023-02-28"),
        ("1y", WEDNESDAY, "2024-04-01/2025-03-11"),
        ("1y", LEAP_DAY, "2022-03-01/2023-02-28"),
        ("last-week", MONDAY, "2026-05-18/2026-05-24"),
        ("last-month", date(2026, 4, 15), "2026-02-01/2026-02-28"),
        ("last-quarter", date(2026, 4, 1), "2025-10-01/2025-12-31"),
        ("2026-03-01/2026-03-31", WEDNESDAY, "2026-02-01/2026-02-28"),
        ("2026-01-01/2026-03-31", WEDNESDAY, "2025-10-01/2025-12-31"),
        ("2024-01-01/2024-12-31", WEDNESDAY, "2023-01-01/2023-12-31"),
        ("2026-03-02/2026-03-31", WEDNESDAY, "2026-01-31/2026-03-01"),
        ("1900-01-01/1900-01-31", WEDNESDAY, "1899-12-01/1899-12-31"),
    ],
)
def test_what_it_is_compared_with(text: str, today: date, expected: str):
    assert before(text, today) == expected


@pytest.mark.parametrize("today", TRICKY)
@pytest.mark.parametrize("text", list(NAMED))
def test_the_period_before_ends_before_it_starts(text: str, today: date):
    period = resolve(text, today=today)
    previous = period.previous()
    assert previous is not None
    assert previous.start <= previous.end < period.start <= period.end <= today


def test_all_spans_what_there_is_and_has_nothing_before():
    period = resolve("all", today=WEDNESDAY, bounds=(date(2024, 5, 5), date(2026, 3, 1)))
    assert (period.start, period.end, period.grain) == (date(2024, 5, 5), date(2026, 3, 1), "month")
    assert period.previous() is None
    assert resolve("all", today=WEDNESDAY).days == 1


@pytest.mark.parametrize(
    ("text", "grain"),
    [
        ("7d", "day"),
        ("30d", "day"),
        ("2026-01-01/2026-01-31", "day"),  # 31 days
        ("2026-01-01/2026-02-01", "week"),  # 32
        ("90d", "week"),
        ("2026-01-01/2026-04-02", "week"),  # 92
        ("2026-01-01/2026-04-03", "month"),  # 93
        ("1y", "month"),
    ],
)
def test_points_are_days_then_weeks_then_months(text: str, grain: str):
    assert resolve(text, today=WEDNESDAY).grain == grain


@pytest.mark.parametrize("grain", GRAINS)
@pytest.mark.parametrize("today", TRICKY)
@pytest.mark.parametrize("text", [*NAMED, "2025-12-31/2026-01-01", "2024-02-01/2024-03-01"])
def test_buckets_are_dense_and_cover_the_period_once(text: str, today: date, grain: str):
    period = resolve(text, today=today, grain=grain)
    buckets = period.buckets(today)
    assert buckets[0].start == period.start
    assert buckets[-1].end == period.end
    assert all(a.end + timedelta(days=1) == b.start for a, b in zip(buckets, buckets[1:], strict=False))
    assert all(bucket.start <= bucket.end for bucket in buckets)
    assert len(buckets) == count_buckets(period)


def test_weeks_begin_on_monday_and_are_cut_to_the_period():
    buckets = resolve("2026-03-01/2026-03-11", today=WEDNESDAY, grain="week").buckets(WEDNESDAY)
    assert [(str(b.start), str(b.end), b.is_complete) for b in buckets] == [
        ("2026-03-01", "2026-03-01", False),  # a Sunday: the week is cut
        ("2026-03-02", "2026-03-08", True),
        ("2026-03-09", "2026-03-11", False),  # not over
    ]


def test_today_and_what_is_to_come_are_not_complete():
    buckets = resolve("2026-03-10/2026-03-12", today=WEDNESDAY).buckets(WEDNESDAY)
    assert [b.is_complete for b in buckets] == [True, False, False]


def test_yesterday_is_complete():
    assert [b.is_complete for b in resolve("yesterday", today=WEDNESDAY).buckets(WEDNESDAY)] == [True]


def test_a_month_is_complete_on_the_first_of_the_next():
    month = Period("last-month", date(2026, 2, 1), date(2026, 2, 28), "month")
    assert not month.buckets(date(2026, 2, 28))[0].is_complete
    assert month.buckets(date(2026, 3, 1))[0].is_complete


def test_a_year_is_twelve_months_with_this_one():
    for today in TRICKY:
        buckets = resolve("1y", today=today).buckets(today)
        assert len(buckets) == 12
        assert buckets[-1].start == today.replace(day=1)


def test_fifteen_hundred_points_and_not_one_more():
    last = date(2020, 1, 1) + timedelta(days=MOST_POINTS - 1)
    assert len(resolve(f"2020-01-01/{last}", today=WEDNESDAY, grain="day").buckets(WEDNESDAY)) == MOST_POINTS
    with pytest.raises(InvalidPeriod, match="more than 1,500 points") as caught:
        resolve(f"2020-01-01/{last + timedelta(days=1)}", today=WEDNESDAY, grain="day")
    assert caught.value.parameter == "grain"


def test_the_bound_counts_weeks_that_are_cut():
    monday = date(2001, 1, 1)
    last = monday + timedelta(weeks=MOST_POINTS) - timedelta(days=1)
    resolve(f"{monday}/{last}", today=WEDNESDAY, grain="week")
    with pytest.raises(InvalidPeriod):
        resolve(f"{monday - timedelta(days=1)}/{last - timedelta(days=1)}", today=WEDNESDAY, grain="week")


@pytest.mark.parametrize(
    "text",
    [
        "soon", "8d", "7D", "30 d", "2026-02-29/2026-03-01", "2026-03-02/2026-03-01", "2026-03-01", "2026-03-01/",
        "1899-12-31/2026-01-01", "2026-01-01/2200-01-01", "0000-01-01/0001-01-01", "٢٠٢٦-٠١-٠١/٢٠٢٦-٠١-٠٢", "x" * 5000,
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_few_words(text: str):
    with pytest.raises(InvalidPeriod) as caught:
        resolve(text, today=WEDNESDAY)
    assert caught.value.parameter == "period"
    assert len(str(caught.value)) < 250


def test_an_unknown_grain_is_refused():
    with pytest.raises(InvalidPeriod, match="day, week, month") as caught:
        resolve("30d", today=WEDNESDAY, grain="hour")
    assert caught.value.parameter == "grain"


def test_every_named_text_is_listed_once():
    texts = "7d 30d 90d 1y day yesterday week month last-week last-month last-quarter mtd ytd all"
    assert sorted(TEXTS) == sorted(texts.split())


def test_months_are_added_to_the_last_day_there_is():
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 1, 31), -2) == date(2025, 11, 30)
    assert add_months(LEAP_DAY, -12) == date(2023, 2, 28)
    assert add_months(date(2025, 12, 1), 1) == date(2026, 1, 1)
