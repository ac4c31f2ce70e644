"""What a calendar file may ask of us at most, looked up before it is parsed.

A file of a few lines can name more instances than there are stars: an event every second without an end, a time zone
that changes every minute, blocks nested ten thousand deep.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_BYTES = 5_000_000
MOST_EVENTS = 5_000
MOST_BLOCKS = 25_000
MOST_ZONE_RULES = 400
DEEPEST = 8
LONGEST_ZONE_RULE = 160

_FOLD = re.compile(r"\r?\n[ \t]")
_OFTEN = re.compile(r"FREQ=(SECONDLY|MINUTELY|HOURLY)\b", re.IGNORECASE)
_CLOCK = re.compile(r"BY(HOUR|MINUTE|SECOND)=[^;]*,", re.IGNORECASE)
_NO_STEP = re.compile(r"INTERVAL=(?!\+?0*[1-9])", re.IGNORECASE)


class Unreadable(Exception):
    """A file that is not taken; the message says why, for people."""


def checked_text(contents: bytes) -> str:
    """The file as text with its folded lines joined. Raises Unreadable for what is no calendar, or asks too much."""
    if len(contents) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1_000_000} MB.")
    text = _FOLD.sub("", _decoded(contents))
    _check_blocks(text)
    return text


def _decoded(contents: bytes) -> str:
    encoding = "utf-16" if contents.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = contents.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(f"The file is not UTF-8 text: byte {error.start + 1:,} is none of it.") from error
    if "\0" in text:
        raise Unreadable("The file holds zero bytes: it is no text.")
    if "BEGIN:VCALENDAR" not in text.upper():
        raise Unreadable("This is no calendar file: it has no BEGIN:VCALENDAR.")
    return text


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """(name, value) of each line; parameters are left out."""
    for line in re.split(r"\r?\n", text):
        head, _, value = line.partition(":")
        yield head.partition(";")[0].strip().upper(), value


def _check_blocks(text: str) -> None:
    depth = events = blocks = zone_rules = 0
    inside: list[str] = []
    for name, value in _lines(text):
        if name == "BEGIN":
            inside.append(value.strip().upper())
            blocks, depth = blocks + 1, max(depth, len(inside))
            events += inside[-1] == "VEVENT"
        elif name == "END" and inside:
            inside.pop()
        elif name in ("RRULE", "EXRULE"):
            zone_rules += "VTIMEZONE" in inside
            _check_rule(value, in_zone="VTIMEZONE" in inside)
        if depth > DEEPEST:
            raise Unreadable(f"Its blocks are nested more than {DEEPEST} deep.")
    if events > MOST_EVENTS:
        raise Unreadable(f"It has {events:,} events; at most {MOST_EVENTS:,} are taken.")
    if blocks > MOST_BLOCKS or zone_rules > MOST_ZONE_RULES:
        raise Unreadable("It has more blocks than a calendar needs.")


def _check_rule(rule: str, *, in_zone: bool) -> None:
    if _OFTEN.search(rule) or _CLOCK.search(rule):
        raise Unreadable(f"One of its events comes again several times a day ({rule[:80]}).")
    if _NO_STEP.search(rule):
        raise Unreadable(f"One of its events comes again without an interval ({rule[:80]}).")
    if in_zone and ("FREQ=YEARLY" not in rule.upper() or len(rule) > LONGEST_ZONE_RULE):
        raise Unreadable(f"One of its time zones changes more often than any does ({rule[:80]}).")
