"""Accounts to look round the demo shop with, one for each role that a person has."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import connection
from django.utils.crypto import salted_hmac

ROLES = ("owner", "manager", "staff", "viewer")
PLAIN = "lace-luxx-demo"


@dataclass(frozen=True)
class Login:
    """`password` is empty where somebody has chosen their own."""

    username: str
    password: str
    role: str


def demo_password() -> str:
    """One that everybody can know in the embedded mode (SQLite under `var/`); elsewhere one of this installation's own,
    which follows from its SECRET_KEY and can so be printed again.
    """
    if connection.vendor == "sqlite":
        return PLAIN
    return salted_hmac("demo logins", settings.SECRET_KEY, algorithm="sha256").hexdigest()[:16]


def make_logins() -> list[Login]:
    """The accounts, made where they are missing; one that is there keeps its password and its role."""
    password = demo_password()
    return [_login(role, password) for role in ROLES]


def _login(role: str, password: str) -> Login:
    user = User.objects.filter(username=role).first()
    if user is not None:
        return Login(role, password if user.check_password(password) else "", role)
    user = User.objects.create_user(role, f"{role}@example.com", password, is_staff=True, first_name=role.title())
    user.groups.add(Group.objects.get(name=role))
    return Login(role, password, role)
