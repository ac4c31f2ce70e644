"""What a schedule is about to do: when it is due next, who would get what today, and who would get nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User

from lacelux.lib.recurrence import Recurrence
from reports.audience import FIGURES, Audience, Reader, Recipients, Rights, audience

FOLLOWING = 5
LACKING = {
    "access.view_cost": "cost",
    "access.view_margin": "margin",
    "access.view_payouts": "payouts",
    "access.view_personal": "names of customers",
}


@dataclass(frozen=True)
class Told:
    """A reader in words: who, where, and what is to be seen there."""

    name: str
    address: str
    sees: str


@dataclass(frozen=True)
class Foreseen:
    """`rule` is None where the rhythm is not whole yet; without recipients nobody is told."""

    rule: Recurrence | None
    audience: Audience
    owner: User
    now: datetime
    is_at_rest: bool = False
    shows_people: bool = True

    @property
    def next(self) -> str:
        """`Tomorrow, Thu 26 Nov 2026, 07:00 (New York time)`."""
        return self.rule.said_next(self.rule.next_after(self.now), self.now) if self.rule else ""

    @property
    def following(self) -> list[str]:
        """The due times after the next, in the schedule's own zone, and by the shop's clock where that differs."""
        if self.rule is None:
            return []
        _, *later = due_times(self.rule, self.now)
        return [told_time(moment, self.rule.zone) for moment in later]

    @property
    def readers(self) -> list[Told]:
        """Nobody, where nothing can be made."""
        return [] if self.trouble_with_owner else [told(reader) for reader in self.audience.readers]

    @property
    def passed_over(self) -> tuple[str, ...]:
        return self.audience.passed_over

    @property
    def owner_name(self) -> str:
        return name_of(self.owner)

    @property
    def trouble_with_owner(self) -> str:
        """Why nothing can be made in the owner's name; empty where it can."""
        if not self.owner.is_active:
            return "may no longer sign in"
        allowed = Rights.of(self.owner).sees_figures and self.owner.has_perm("reports.add_run")
        return "" if allowed else "may no longer make reports"


def foreseen(
    *, rule: Recurrence | None, recipients: Recipients, owner: User, now: datetime, is_at_rest: bool = False,
    shows_people: bool = True,
) -> Foreseen:  # fmt: skip
    found = audience(recipients, Rights.of(owner)) if recipients and shows_people else Audience()
    return Foreseen(rule, found, owner, now, is_at_rest, shows_people)


def due_times(rule: Recurrence, now: datetime) -> Iterator[datetime]:
    """The next due time, and those that follow it."""
    moment = now
    for _ in range(FOLLOWING + 1):
        moment = rule.next_after(moment)
        yield moment


def told_time(moment: datetime, zone: str) -> str:
    """`Fri 27 Nov 2026, 07:00`, and `13:00 in the shop` where its clock shows another time."""
    wall, shop = moment.astimezone(ZoneInfo(zone)), moment.astimezone(ZoneInfo(settings.SHOP_TIME_ZONE))
    said = f"{wall:%a} {wall.day} {wall:%b %Y, %H:%M}"
    if wall.replace(tzinfo=None) == shop.replace(tzinfo=None):
        return said
    day = "" if wall.date() == shop.date() else f"{shop:%a} "
    return f"{said} ({day}{shop:%H:%M} in the shop)"


def told(reader: Reader) -> Told:
    name = name_of(reader.person) if reader.person else reader.address
    return Told(name, reader.address if reader.person else "", in_words(reader.rights))


def name_of(user: User) -> str:
    return user.get_full_name() or user.get_username()


def in_words(rights: Rights) -> str:
    """`sees figures, no cost, no margin`."""
    if FIGURES not in rights.permissions:
        return "sees nothing"
    lacking = [f"no {what}" for permission, what in LACKING.items() if permission not in rights.permissions]
    return f"sees figures, {', '.join(lacking)}" if lacking else "sees everything"
