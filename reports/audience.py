"""Who reads a report, and what each may see: looked up anew whenever something is made or sent.

A document is made with rights that both its owner and its reader have. A bare address reads as a viewer does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q

from analytics.base import Viewer
from lacelux.access.roles import permissions_of

FIGURES = "access.view_figures"
# Permissions that decide what a document shows; a test holds them against the catalogue.
DECIDING = frozenset({FIGURES, "access.view_cost", "access.view_margin", "access.view_payouts", "access.view_personal"})
STRANGER = "viewer"  # the role of an address that belongs to nobody here


@dataclass(frozen=True)
class Rights:
    """A set of deciding permissions; documents are made once per set."""

    permissions: frozenset[str]

    @classmethod
    def of(cls, user: User) -> Rights:
        """None at all for a person who may no longer sign in."""
        return cls(frozenset(name for name in DECIDING if user.is_active and user.has_perm(name)))

    @classmethod
    def of_stranger(cls) -> Rights:
        return cls(DECIDING & permissions_of(STRANGER))

    def __and__(self, other: Rights) -> Rights:
        return Rights(self.permissions & other.permissions)

    def covers(self, other: Rights) -> bool:
        return other.permissions <= self.permissions

    @property
    def sees_figures(self) -> bool:
        return FIGURES in self.permissions

    @property
    def digest(self) -> str:
        return hashlib.sha256(" ".join(sorted(self.permissions)).encode()).hexdigest()[:16]

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.permissions)


@dataclass(frozen=True)
class Reader:
    """One address, who it belongs to (None: nobody here), and what may be seen there."""

    address: str
    person: User | None
    rights: Rights


@dataclass(frozen=True)
class Recipients:
    """To whom a report goes, as it is kept: ids of people, names of roles, bare addresses."""

    people: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, kept: Mapping[str, Iterable[Any]]) -> Recipients:
        return cls(**{name: tuple(values) for name, values in kept.items()})

    def __bool__(self) -> bool:
        return bool(self.people or self.roles or self.addresses)


@dataclass(frozen=True)
class Audience:
    """Readers, each address once; `passed_over` says who gets nothing, and why."""

    readers: tuple[Reader, ...] = ()
    passed_over: tuple[str, ...] = field(default=())

    @property
    def rights(self) -> list[Rights]:
        """The distinct sets of rights among the readers, in a steady order."""
        return sorted({reader.rights for reader in self.readers}, key=lambda rights: rights.digest)


def audience(recipients: Recipients, owner: Rights) -> Audience:
    """Everybody who gets a document of an owner with these rights. People come before roles, roles before addresses."""
    readers: dict[str, Reader] = {}
    passed_over: list[str] = []
    for user in chosen(recipients):
        if refusal := refused(user, owner):
            passed_over.append(f"{user.get_username()}: {refusal}")
        else:
            readers.setdefault(user.email.lower(), Reader(user.email, user, Rights.of(user) & owner))
    for address in recipients.addresses:
        readers.setdefault(address.lower(), reader_at(address, owner))
    return Audience(tuple(readers.values()), tuple(passed_over))


def chosen(recipients: Recipients) -> Iterator[User]:
    named = Q(pk__in=recipients.people) | Q(groups__name__in=recipients.roles)
    yield from User.objects.filter(named, api_key=None).distinct().order_by("pk")  # programs read no mail


def refused(user: User, owner: Rights) -> str:
    """Why this person gets nothing; empty where they do."""
    if not user.is_active:
        return "may no longer sign in"
    if not (Rights.of(user) & owner).sees_figures:
        return "may not see figures"
    return "" if user.email else "has no e-mail address"


def reader_at(address: str, owner: Rights) -> Reader:
    """Who reads at a bare address: nobody known, even where a person of the shop has it too, so as a viewer does."""
    return Reader(address, None, Rights.of_stranger() & owner)
