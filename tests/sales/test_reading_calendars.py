"""iCalendar files as days of the shop: zones, recurrences, what was changed or called off, and files that mean harm."""

import time
from contextlib import suppress
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sales.calendars import Entry, Reading, Unreadable, read_calendar

NEW_YORK = ZoneInfo("America/New_York")
TODAY = date(2026, 3, 11)


def calendar(*events: str, head: str = "", count: int = 1) -> str:
    blocks = "\n".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT" for event in events)
    return "\n".join(
        f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//EN\n{head}\n{blocks}\nEND:VCALENDAR\n" for _ in range(count)
    )


def read(*events: str, zone: ZoneInfo = NEW_YORK, head: str = "") -> Reading:
    text = calendar(*events, head=head).replace("\n\n", "\n").replace("\n", "\r\n")
    return read_calendar(text.encode(), today=TODAY, zone=zone)


def one(event: str, zone: ZoneInfo = NEW_YORK, head: str = "") -> Entry:
    [entry] = read(event, zone=zone, head=head).entries
    return entry


def days(reading: Reading) -> list[str]:
    return sorted(entry.starts_on.isoformat() for entry in reading.entries)


# --- Which days an event is on -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "first", "last"),
    [
        ("DTSTART;VALUE=DATE:20260314", "2026-03-14", "2026-03-14"),
        ("DTSTART;VALUE=DATE:20260314\nDTEND;VALUE=DATE:20260315", "2026-03-14", "2026-03-14"),
        ("DTSTART;VALUE=DATE:20260314\nDTEND;VALUE=DATE:20260317", "2026-03-14", "2026-03-16"),
        ("DTSTART;VALUE=DATE:20260314\nDURATION:P2D", "2026-03-14", "2026-03-15"),
        ("DTSTART;VALUE=DATE:20260314\nDTEND;VALUE=DATE:20260301", "2026-03-14", "2026-03-14"),  # ends before it starts
        ("DTSTART:20260315T020000Z\nDTEND:20260315T030000Z", "2026-03-14", "2026-03-14"),  # the evening before, here
        ("DTSTART;TZID=Europe/Paris:20260314T010000\nDURATION:PT1H", "2026-03-13", "2026-03-13"),
        ("DTSTART;TZID=America/New_York:20260314T190000\nDTEND;TZID=America/New_York:20260315T000000",
         "2026-03-14", "2026-03-14"),  # until midnight is not the next day
        ("DTSTART;TZID=America/New_York:20260314T190000\nDURATION:PT6H", "2026-03-14", "2026-03-15"),
        ("DTSTART:20260314T233000", "2026-03-14", "2026-03-14"),  # no zone: the shop's own
    ],
)  # fmt: skip
def test_an_event_is_on_its_days_by_the_shops_clock(when: str, first: str, last: str) -> None:
    entry = one(f"UID:1\nSUMMARY:Sale\n{when}")
    assert (entry.starts_on.isoformat(), entry.ends_on.isoformat()) == (first, last)


def test_a_day_is_the_same_day_in_every_zone() -> None:
    for zone in ("Asia/Kolkata", "Pacific/Chatham", "America/Santiago"):
        assert one("UID:1\nDTSTART;VALUE=DATE:20260314", ZoneInfo(zone)).starts_on == date(2026, 3, 14)


def test_times_without_a_zone_are_read_in_the_calendars_own() -> None:
    entry = one("UID:1\nDTSTART:20260314T030000", head="X-WR-TIMEZONE:Asia/Tokyo")
    assert entry.starts_on == date(2026, 3, 13)


def test_a_zone_that_the_file_defines_itself_is_understood() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Office\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0900\n"
        "TZOFFSETTO:+0900\nEND:STANDARD\nEND:VTIMEZONE"
    )
    assert one("UID:1\nDTSTART;TZID=Office:20260314T030000", head=zone).starts_on == date(2026, 3, 13)


def test_names_and_notes_are_kept_within_their_columns() -> None:
    entry = one(f"UID:1\nSUMMARY:{'x' * 300}\nDESCRIPTION:Line\\nbreak\nDTSTART;VALUE=DATE:20260314")
    assert (len(entry.name), entry.notes) == (160, "Line\nbreak")
    assert one("UID:1\nDTSTART;VALUE=DATE:20260314").name == "Untitled"


def test_several_calendars_in_a_file_are_all_read() -> None:
    text = calendar("UID:a\nDTSTART;VALUE=DATE:20260314") + calendar("UID:b\nDTSTART;VALUE=DATE:20260315")
    reading = read_calendar(text.encode(), today=TODAY, zone=NEW_YORK)
    assert [entry.uid for entry in reading.entries] == ["a", "b"]


def test_events_without_or_with_an_endless_name_are_known_again() -> None:
    first, again = (read("DTSTART;VALUE=DATE:20260314\nSUMMARY:A", f"UID:{'u' * 999}\nDTSTART;VALUE=DATE:20260315")
                    for _ in range(2))  # fmt: skip
    assert [entry.uid for entry in first.entries] == [entry.uid for entry in again.entries]
    assert all(0 < len(entry.uid) <= 255 for entry in first.entries)


def test_a_maker_that_gives_all_events_one_name_loses_none() -> None:
    assert days(read("UID:1\nDTSTART;VALUE=DATE:20260314", "UID:1\nDTSTART;VALUE=DATE:20260315")) == [
        "2026-03-14", "2026-03-15",
    ]  # fmt: skip


# --- What comes again ----------------------------------------------------------------------------------------------


def test_a_yearly_day_comes_two_years_back_and_two_ahead() -> None:
    reading = read("UID:1\nSUMMARY:New Year\nDTSTART;VALUE=DATE:19990101\nRRULE:FREQ=YEARLY")
    assert days(reading) == ["2025-01-01", "2026-01-01", "2027-01-01", "2028-01-01"]
    assert len({entry.occurrence for entry in reading.entries}) == 4


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("FREQ=WEEKLY;COUNT=3", ["2026-03-02", "2026-03-09", "2026-03-16"]),
        ("FREQ=WEEKLY;UNTIL=20260309", ["2026-03-02", "2026-03-09"]),
        ("FREQ=MONTHLY;BYDAY=1MO;COUNT=2", ["2026-03-02", "2026-04-06"]),
        ("FREQ=WEEKLY;COUNT=3\nEXDATE;VALUE=DATE:20260309", ["2026-03-02", "2026-03-16"]),
        ("FREQ=WEEKLY;COUNT=1\nRDATE;VALUE=DATE:20260320,20260321", ["2026-03-02", "2026-03-20", "2026-03-21"]),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5", ["2026-03-02"]),  # there is no 30 February
    ],
)
def test_rules_are_followed(rule: str, found: list[str]) -> None:
    assert days(read(f"UID:1\nDTSTART;VALUE=DATE:20260302\nRRULE:{rule}")) == found


def test_a_timed_rule_keeps_its_own_clock_over_the_change() -> None:
    """Sunday 23:00 in New York is Monday 05:00 in Berlin, but for the weeks between the two changes of 2026."""
    reading = read("UID:1\nDTSTART;TZID=America/New_York:20260301T230000\nRRULE:FREQ=WEEKLY;UNTIL=20260406T030000Z",
                   zone=ZoneInfo("Europe/Berlin"))  # fmt: skip
    assert days(reading) == [f"2026-{day}" for day in ("03-02", "03-09", "03-16", "03-23", "03-30", "04-06")]


def test_an_instance_that_was_moved_or_called_off_is_so() -> None:
    series = "UID:1\nSUMMARY:Live\nDTSTART;TZID=America/New_York:20260302T190000\nRRULE:FREQ=WEEKLY;COUNT=4"
    moved = "UID:1\nSUMMARY:Live, moved\nRECURRENCE-ID;TZID=America/New_York:20260309T190000\nDTSTART:20260311T000000Z"
    off = "UID:1\nSTATUS:CANCELLED\nRECURRENCE-ID:20260317T000000Z".replace("0317T00", "0316T23")
    off += "\nDTSTART:20260316T230000Z"
    reading = read(series, moved, off)
    assert {(entry.starts_on.isoformat(), entry.name) for entry in reading.entries} == {
        ("2026-03-02", "Live"), ("2026-03-10", "Live, moved"), ("2026-03-23", "Live"),
    }  # fmt: skip
    [by_rule] = [entry for entry in reading.entries if entry.name == "Live, moved"]
    assert by_rule.occurrence == "2026-03-09T19:00:00"  # known by the time that its rule gives it


def test_a_change_can_be_for_all_that_follow() -> None:
    series = "UID:1\nSUMMARY:Live\nDTSTART;VALUE=DATE:20260302\nRRULE:FREQ=WEEKLY;COUNT=4"
    onward = "UID:1\nSUMMARY:Later\nRECURRENCE-ID;VALUE=DATE;RANGE=THISANDFUTURE:20260316\nDTSTART;VALUE=DATE:20260317"
    assert {(entry.starts_on.isoformat(), entry.name) for entry in read(series, onward).entries} == {
        ("2026-03-02", "Live"), ("2026-03-09", "Live"), ("2026-03-17", "Later"), ("2026-03-24", "Later"),
    }  # fmt: skip


def test_the_newest_version_of_an_event_counts() -> None:
    old = "UID:1\nSEQUENCE:1\nSUMMARY:Old\nDTSTART;VALUE=DATE:20260314"
    new = "UID:1\nSEQUENCE:2\nSUMMARY:New\nDTSTART;VALUE=DATE:20260315"
    assert [entry.name for entry in read(new, old).entries] == ["New"]
    assert read("UID:1\nSTATUS:CANCELLED\nDTSTART;VALUE=DATE:20260315").entries == []


# --- Files that are no good ----------------------------------------------------------------------------------------


EVERY_SECOND = "UID:1\nDTSTART:20200101T000000Z\nRRULE:FREQ=SECONDLY"
ZONE = "BEGIN:VTIMEZONE\nTZID:Evil\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0000\n"
BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "no calendar file"),
    "a page": (b"<!doctype html><title>Sign in</title>", "no calendar file"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not UTF-8"),
    "latin": (calendar("UID:1\nSUMMARY:Fête\nDTSTART;VALUE=DATE:20260314").encode("latin-1"), "not UTF-8"),
    "zero bytes": (calendar("UID:1\nSUMMARY:a\0b\nDTSTART;VALUE=DATE:20260314").encode(), "zero bytes"),
    "half of it": (calendar("UID:1\nDTSTART;VALUE=DATE:20260314").encode()[:-30], ""),
    "no ends": (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VEVENT\n", ""),
    "wrong ends": (b"BEGIN:VCALENDAR\nEND:VEVENT\nEND:VEVENT\nEND:VCALENDAR\nEND:VCALENDAR", ""),
    "too large": (b"BEGIN:VCALENDAR\n" + b"X-A:b\n" * 900_000, "larger than 5 MB"),
    "too many events": (calendar(*["UID:1\nDTSTART;VALUE=DATE:20260314"] * 5_001).encode(), "5,001 events"),
    "too deep": (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 10_000, "nested"),
    "too many blocks": (b"BEGIN:VCALENDAR\n" + b"BEGIN:X\nEND:X\n" * 30_000, "more blocks"),
    "every second": (calendar(EVERY_SECOND).encode(), "several times a day"),
    "every second, folded": (calendar(EVERY_SECOND.replace("SECON", "SEC\n ON")).encode(), "several times a day"),
    "every second of a day": (
        calendar("UID:1\nDTSTART:20260101T000000Z\nRRULE:FREQ=DAILY;BYHOUR=1,2;BYMINUTE=1").encode(), "several times"),
    "no interval": (calendar("UID:1\nDTSTART:20260101T000000Z\nRRULE:FREQ=YEARLY;INTERVAL=0;BYMONTH=2").encode(),
                    "without an interval"),
    "a restless zone": (
        calendar("UID:1\nDTSTART;TZID=Evil:20260314T000000",
                 head=f"{ZONE}RRULE:FREQ=DAILY\nEND:STANDARD\nEND:VTIMEZONE").encode(), "time zones"),
    "too many instances": (
        calendar(*[f"UID:{n}\nDTSTART;VALUE=DATE:20240101\nRRULE:FREQ=DAILY" for n in range(20)]).encode(), "10,000"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_words_or_read_as_far_as_it_goes(name: str) -> None:
    contents, reason = BAD[name]
    started = time.monotonic()
    with pytest.raises(Unreadable, match=reason) if reason else suppress(Unreadable):
        read_calendar(contents, today=TODAY, zone=NEW_YORK)
    assert time.monotonic() - started < 8


@pytest.mark.parametrize(
    "event",
    [
        "UID:1\nSUMMARY:No date",
        "UID:1\nDTSTART:yesterday",
        "DTSTART;VALUE=DATE:20260314\nDTSTART;VALUE=DATE:20260315",
        "SUMMARY:A\nDTSTART;VALUE=DATE:20261399",
        "UID:1\nDTSTART;VALUE=DATE:00010101",
        "UID:1\nDTSTART;VALUE=DATE:99991231\nRRULE:FREQ=YEARLY",
        "UID:1\nDTSTART;VALUE=DATE:20260314\nDURATION:P999999999D",
        "UID:1\nDTSTART;VALUE=DATE:20260314\nRRULE:FREQ=NEVER",
        "UID:1\nDTSTART;VALUE=DATE:20260314\nRRULE:nonsense",
        "UID:1\nSEQUENCE:x\nDTSTART;VALUE=DATE:00010101",
        "UID:1\nDTSTART:20260314T000000Z\nDTEND:00010101T000000Z\nDURATION:x",
    ],
)
def test_an_event_that_makes_no_sense_leaves_the_others_alone(event: str) -> None:
    reading = read(event, "UID:2\nSUMMARY:Fine\nDTSTART;VALUE=DATE:20260314")
    assert "Fine" in [entry.name for entry in reading.entries]
    assert all(date(1990, 1, 1) <= entry.starts_on <= entry.ends_on <= date(2100, 12, 31) for entry in reading.entries)


def test_a_rule_that_never_comes_true_does_not_search_for_ever() -> None:
    never = [f"UID:{n}\nDTSTART;VALUE=DATE:19000101\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30" for n in range(30)]
    started = time.monotonic()
    assert read(*never).entries == []
    assert time.monotonic() - started < 2


def test_rules_that_take_long_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sales.calendars.reading.PATIENCE", 0.2)
    slow = [f"UID:{n}\nDTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYYEARDAY=1;BYMONTH=6" for n in range(200)]
    with pytest.raises(Unreadable, match="too long"):
        read(*slow)


def test_a_zone_of_one_file_does_not_reach_the_next() -> None:
    zone = f"{ZONE.replace('+0000', '+1400')}END:STANDARD\nEND:VTIMEZONE"
    assert one("UID:1\nDTSTART;TZID=Evil:20260314T120000", head=zone).starts_on == date(2026, 3, 13)
    assert one("UID:1\nDTSTART;TZID=Evil:20260314T120000").starts_on == date(2026, 3, 14)


# --- Real ones -----------------------------------------------------------------------------------------------------


def test_the_real_calendars_are_read_to_the_last_event(real_data: Path) -> None:
    files = sorted((real_data / "calendars").glob("*.ics"))
    assert len(files) == 5
    for path in files:
        contents = path.read_bytes()
        reading = read_calendar(contents, today=TODAY, zone=NEW_YORK)
        assert len(reading.entries) == contents.count(b"BEGIN:VEVENT"), path.name
        assert reading.left_out == 0
