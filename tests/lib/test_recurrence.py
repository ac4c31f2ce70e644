"""When a schedule is due on days on which clocks change and months end, and what is said of it."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from lacelux.lib.recurrence import LAST_DAY, InvalidRecurrence, Recurrence, known_zones

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def daily(at: time, zone: str) -> Recurrence:
    return Recurrence(every="day", at=at, zone=zone)


def weekly(*weekdays: int, at: time = time(7), zone: str = "America/New_York") -> Recurrence:
    return Recurrence(every="week", weekdays=weekdays, at=at, zone=zone)


def monthly(day: int, at: time = time(7), zone: str = "America/New_York") -> Recurrence:
    return Recurrence(every="month", day=day, at=at, zone=zone)


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def on_the_wall(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


# --- change days by hand ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "asked", "in_utc", "on_wall"),
    [
        ("America/New_York", "2026-03-07", "02:30", "2026-03-07 07:30", "2026-03-07 02:30"),
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08 07:30", "2026-03-08 03:30"),  # 02:00 → 03:00
        ("America/New_York", "2026-03-09", "02:30", "2026-03-09 06:30", "2026-03-09 02:30"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01 05:30", "2026-11-01 01:30"),  # comes twice
        ("America/New_York", "2026-11-01", "02:00", "2026-11-01 07:00", "2026-11-01 02:00"),
        ("Europe/Berlin", "2026-03-29", "02:00", "2026-03-29 01:00", "2026-03-29 03:00"),
        ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29 01:00", "2026-03-29 03:00"),
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25 00:30", "2026-10-25 02:30"),  # comes twice
        ("Asia/Kolkata", "2026-03-29", "02:30", "2026-03-28 21:00", "2026-03-29 02:30"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03 15:45", "2026-10-04 02:45"),  # 02:00 → 02:30
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04 14:45", "2026-04-05 01:45"),  # comes twice
        ("America/Santiago", "2026-09-06", "00:00", "2026-09-06 04:00", "2026-09-06 01:00"),  # 00:00 → 01:00
        ("America/Santiago", "2026-09-05", "23:59", "2026-09-06 03:59", "2026-09-05 23:59"),
        ("America/Santiago", "2026-04-04", "23:30", "2026-04-05 02:30", "2026-04-04 23:30"),  # comes twice
        ("America/Santiago", "2026-04-05", "00:00", "2026-04-05 04:00", "2026-04-05 00:00"),
        ("Pacific/Chatham", "2026-09-27", "02:45", "2026-09-26 14:00", "2026-09-27 03:45"),  # 02:45 → 03:45
        ("Pacific/Chatham", "2026-09-27", "02:30", "2026-09-26 13:45", "2026-09-27 02:30"),
        ("Pacific/Chatham", "2026-04-05", "02:45", "2026-04-04 13:00", "2026-04-05 02:45"),  # comes twice
        ("Africa/Cairo", "2026-04-24", "00:30", "2026-04-23 22:30", "2026-04-24 01:30"),
        ("America/Nuuk", "2026-03-28", "23:30", "2026-03-29 00:59", "2026-03-28 22:59"),  # 23:00 → midnight
        ("America/Nuuk", "2026-03-29", "00:00", "2026-03-29 01:00", "2026-03-29 00:00"),
    ],
)
def test_what_happens_on_a_change_day(zone: str, day: str, asked: str, in_utc: str, on_wall: str):
    recurrence, moment = daily(time.fromisoformat(asked), zone), at(in_utc)
    assert recurrence.moment_on(date.fromisoformat(day)) == moment
    assert on_the_wall(moment, zone) == on_wall
    assert recurrence.next_after(moment - MINUTE) == moment
    assert recurrence.next_after(moment) > moment + 20 * 60 * MINUTE


def test_clocks_set_back_over_midnight_do_not_bring_the_new_day_twice():
    """In 2010 St. John's went from Sunday 00:01 back to Saturday 23:01."""
    recurrence = daily(time(0, 0), "America/St_Johns")
    due, again = at("2010-11-07 02:30"), at("2010-11-07 03:00")
    assert on_the_wall(due, recurrence.zone) == "2010-11-07 00:00"
    assert on_the_wall(again, recurrence.zone) == "2010-11-06 23:30"
    assert recurrence.latest_until(again, None) == due
    assert recurrence.next_after(again) == at("2010-11-08 03:30")
    assert recurrence.count_between(due - MINUTE, again) == 1
    assert recurrence.count_between(due, again) == 0


def test_a_day_that_a_zone_left_out_has_no_turn():
    recurrence = daily(time(7), "Pacific/Apia")
    days = [str(day) for day in recurrence.local_days(date(2011, 12, 29), date(2012, 1, 1))]
    assert days == ["2011-12-29", "2011-12-31", "2012-01-01"]
    assert recurrence.next_after(at("2011-12-29 17:00")) == at("2011-12-30 17:00")
    assert monthly(30, zone="Pacific/Apia").next_after(at("2011-12-01")) == at("2012-01-29 17:00")


# --- weeks and months -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (1, "2024-02-01 2024-03-01 2024-04-01 2024-05-01"),
        (28, "2024-01-28 2024-02-28 2024-03-28 2024-04-28"),
        (29, "2024-01-29 2024-02-29 2024-03-29 2024-04-29"),
        (30, "2024-01-30 2024-02-29 2024-03-30 2024-04-30"),
        (31, "2024-01-31 2024-02-29 2024-03-31 2024-04-30"),
        (LAST_DAY, "2024-01-31 2024-02-29 2024-03-31 2024-04-30"),
    ],
)
def test_a_month_without_the_day_has_its_turn_on_its_last(day: int, expected: str):
    days = monthly(day).local_days(date(2024, 1, 2), date(2024, 5, 1))
    assert [str(day) for day in days] == expected.split()


@pytest.mark.parametrize("day", [29, 30, 31, LAST_DAY])
def test_february_of_a_common_year_ends_on_the_28th(day: int):
    assert [*monthly(day).local_days(date(2026, 2, 1), date(2026, 2, 28))] == [date(2026, 2, 28)]
    assert monthly(day).next_after(at("2026-02-01")) == at("2026-02-28 07:00", "America/New_York")


def test_a_month_that_ends_on_a_change_day():
    """Berlin's clocks went forward on Sunday, 31 March 2024."""
    assert monthly(LAST_DAY, time(2, 30), "Europe/Berlin").next_after(at("2024-03-01")) == at("2024-03-31 01:30")


def test_weekdays_are_those_of_the_zone():
    """Monday 00:30 in Auckland is Sunday noon in UTC."""
    assert weekly(1, at=time(0, 30), zone="Pacific/Auckland").next_after(at("2026-06-07")) == at("2026-06-07 12:30")


def test_weeks_go_round():
    recurrence = weekly(1, 4, zone="UTC")  # from Thursday, 26 November 2026
    assert recurrence.next_after(at("2026-11-26 06:59")) == at("2026-11-26 07:00")
    assert recurrence.next_after(at("2026-11-26 07:00")) == at("2026-11-30 07:00")
    assert recurrence.next_after(at("2026-11-30 07:00")) == at("2026-12-03 07:00")


# --- after an outage --------------------------------------------------------------------------------------------


def test_after_three_days_down_one_is_due():
    recurrence = daily(time(7), "Europe/Berlin")
    last, now = at("2026-03-27 06:00"), at("2026-03-30 20:00")
    due = recurrence.latest_until(now, last)
    assert due == at("2026-03-30 05:00")
    assert recurrence.count_between(last, now) == 3
    assert recurrence.latest_until(now, due) is None


def test_nothing_is_due_before_its_time():
    recurrence = daily(time(7), "UTC")
    due = at("2026-03-11 07:00")
    assert recurrence.latest_until(due - timedelta(microseconds=1), due - DAY) is None
    assert recurrence.latest_until(due, due - DAY) == due
    assert recurrence.latest_until(due, due) is None


def test_a_schedule_that_never_ran_finds_the_latest_due_time():
    assert monthly(31, zone="UTC").latest_until(at("2026-03-30 12:00"), None) == at("2026-02-28 07:00")


def test_ten_years_down_make_no_difference():
    recurrence, now = daily(time(7), "UTC"), at("2026-03-11 12:00")
    assert recurrence.latest_until(now, at("2016-03-11 12:00")) == at("2026-03-11 07:00")
    assert recurrence.count_between(at("2016-03-11 12:00"), now) == 3652


def test_between_a_later_and_an_earlier_moment_there_is_nothing():
    assert daily(time(7), "UTC").count_between(at("2026-03-12"), at("2026-03-10")) == 0


# --- for any schedule at any moment -----------------------------------------------------------------------------

moments = some.datetimes(datetime(1975, 1, 1), datetime(2150, 1, 1), timezones=some.just(UTC))
recurrences = some.builds(
    Recurrence,
    every=some.sampled_from(["day", "week", "month"]),
    at=some.builds(time, some.integers(0, 23), some.integers(0, 59)),
    zone=some.sampled_from(sorted(known_zones())),
    weekdays=some.lists(some.integers(1, 7), min_size=1, max_size=7).map(tuple),
    day=some.integers(0, 31),
)


@given(recurrences, moments)
def test_due_times_strictly_increase_by_local_days(recurrence: Recurrence, moment: datetime):
    due = [moment]
    for _ in range(5):
        due.append(recurrence.next_after(due[-1]))
    assert all(earlier < later for earlier, later in pairwise(due))
    days = [each.astimezone(ZoneInfo(recurrence.zone)).date() for each in due[1:]]
    assert days == [*recurrence.local_days(days[0], days[-1])]
    assert due[1:] == [recurrence.moment_on(day) for day in days]


@given(recurrences, moments)
def test_the_latest_and_the_next_agree(recurrence: Recurrence, moment: datetime):
    following = recurrence.next_after(moment)
    assert recurrence.latest_until(following, moment) == following
    assert recurrence.latest_until(following - timedelta(microseconds=1), moment) is None
    latest = recurrence.latest_until(moment, None)
    assert latest is not None
    assert latest <= moment
    assert recurrence.next_after(latest) == following


@given(recurrences, moments, some.timedeltas(timedelta(0), timedelta(days=400)))
def test_as_many_are_counted_as_come_one_after_the_other(recurrence: Recurrence, after: datetime, lapse: timedelta):
    until, due, count = after + lapse, after, 0
    while (due := recurrence.next_after(due)) <= until:
        count += 1
    assert recurrence.count_between(after, until) == count


@given(recurrences, moments)
def test_a_time_that_the_clock_shows_is_kept(recurrence: Recurrence, moment: datetime):
    wall = recurrence.next_after(moment).astimezone(ZoneInfo(recurrence.zone))
    asked = datetime.combine(wall.date(), recurrence.at, wall.tzinfo)
    assume(asked.astimezone(UTC).astimezone(wall.tzinfo).replace(tzinfo=None) == asked.replace(tzinfo=None))
    assert (wall.time(), wall.fold) == (recurrence.at, 0)


# --- in words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recurrence", "said"),
    [
        (daily(time(7), "America/New_York"), "Every day at 07:00, New York time"),
        (daily(time(0, 5), "America/Argentina/Buenos_Aires"), "Every day at 00:05, Buenos Aires time"),
        (daily(time(23, 59), "UTC"), "Every day at 23:59, UTC time"),
        (weekly(5), "Every Friday at 07:00, New York time"),
        (weekly(4, 1), "Every Monday and Thursday at 07:00, New York time"),
        (weekly(7, 3, 1, 3), "Every Monday, Wednesday and Sunday at 07:00, New York time"),
        (monthly(1), "On the 1st of each month at 07:00, New York time"),
        (monthly(2), "On the 2nd of each month at 07:00, New York time"),
        (monthly(3), "On the 3rd of each month at 07:00, New York time"),
        (monthly(4), "On the 4th of each month at 07:00, New York time"),
        (monthly(11), "On the 11th of each month at 07:00, New York time"),
        (monthly(12), "On the 12th of each month at 07:00, New York time"),
        (monthly(13), "On the 13th of each month at 07:00, New York time"),
        (monthly(22), "On the 22nd of each month at 07:00, New York time"),
        (monthly(28), "On the 28th of each month at 07:00, New York time"),
        (monthly(31), "On the 31st of each month, or its last day, at 07:00, New York time"),
        (monthly(LAST_DAY), "On the last day of each month at 07:00, New York time"),
    ],
)
def test_what_is_said_of_a_schedule(recurrence: Recurrence, said: str):
    assert recurrence.words() == said


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-11-26 01:00", "Today, Thu 26 Nov 2026, 07:00 (New York time)"),
        ("2026-11-25 23:59", "Tomorrow, Thu 26 Nov 2026, 07:00 (New York time)"),
        ("2026-11-24 23:59", "Thu 26 Nov 2026, 07:00 (New York time)"),
        ("2026-11-27 00:00", "Thu 26 Nov 2026, 07:00 (New York time)"),  # overdue
    ],
)
def test_what_is_said_of_the_next_time(now: str, said: str):
    moment = at("2026-11-26 12:00")
    assert daily(time(7), "America/New_York").said_next(moment, at(now, "America/New_York")) == said


def test_the_next_time_is_said_as_the_clock_on_the_wall_will_show_it():
    recurrence = daily(time(2, 30), "America/New_York")
    now = at("2026-03-08 04:59")  # 23:59 on the day before
    assert recurrence.said_next(recurrence.next_after(now), now) == "Tomorrow, Sun 8 Mar 2026, 03:30 (New York time)"


# --- what is no schedule ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"every": "hour"}, "every", "“hour” is no rhythm. Use one of: day, week, month."),
        ({"zone": "Mars/Olympus"}, "zone", "“Mars/Olympus” is no time zone. Use a name such as Europe/Berlin."),
        ({"every": "week"}, "weekdays", "Choose at least one weekday."),
        ({"every": "week", "weekdays": (1, 8)}, "weekdays", "8 is no weekday: Monday is 1 and Sunday is 7."),
        ({"every": "month", "day": 32}, "day", "Choose a day from 1 to 31, or 0 for the last day of the month."),
        ({"every": "month", "day": -1}, "day", "Choose a day from 1 to 31, or 0 for the last day of the month."),
        ({"at": time(7, 0, 30)}, "at", "Choose a time of day in hours and minutes, such as 07:30."),
        ({"at": time(7, tzinfo=UTC)}, "at", "Choose a time of day in hours and minutes, such as 07:30."),
    ],
)
def test_what_is_wrong_is_said(wrong: dict[str, object], field: str, message: str):
    with pytest.raises(InvalidRecurrence) as caught:
        Recurrence(**{"every": "day", "at": time(7), "zone": "UTC", **wrong})
    assert (caught.value.field, str(caught.value)) == (field, message)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("zone", ["", "America", "../etc/passwd", "/etc/localtime", "localtime", "a\0b", "x" * 5000])
def test_what_is_no_name_of_a_zone_is_refused_in_few_words(zone: str):
    with pytest.raises(InvalidRecurrence, match="is no time zone") as caught:
        daily(time(7), zone)
    assert len(str(caught.value)) < 120
