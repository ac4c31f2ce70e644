"""API keys: made once, shown once, kept as SHA-256, each acting as a service user of its own."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import Group, User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from lacelux.access.models import ApiKey
from lacelux.access.roles import ROLES

MARK = "lx_"  # lets a scanner of leaked secrets recognise ours
USE_NOTED_EVERY = timedelta(minutes=1)


class KeyProblem(ValueError):
    """A key cannot be made or revoked as asked; the message says why."""


def issue(*, name: str, role: str) -> tuple[ApiKey, str]:
    """A new key and its value, which nobody can read again.

    Its user belongs to the group `role` alone and has no password. Raises KeyProblem for an unknown role, an
    unfit name or one that is taken, by a revoked key too: records would mix up the two.
    """
    if role not in ROLES:
        raise KeyProblem(f"There is no role {role!r}; the roles are {', '.join(ROLES)}.")
    value = MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        user = _service_user(name=name, role=role)
        key = ApiKey.objects.create(name=name, user=user, prefix=value[:8], digest=digest_of(value))
    return key, value


def revoke(*, name: str) -> ApiKey:
    """End a key and its user for good. Raises KeyProblem where no living key has this name."""
    with transaction.atomic():
        key = ApiKey.objects.select_related("user").filter(name=name, revoked_at=None).first()
        if key is None:
            raise KeyProblem(f"No living key is called {name!r}.")
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        key.user.is_active = False
        key.user.save(update_fields=["is_active"])
    return key


def living_key(value: str) -> ApiKey | None:
    """The key of this value unless revoked. The same work whether or not it exists: one hash, one look-up."""
    key = ApiKey.objects.select_related("user").filter(digest=digest_of(value)).first()
    return key if key and key.revoked_at is None and key.user.is_active else None


def note_use(key: ApiKey) -> None:
    """Remember when the key was used, to the minute: a write for every call would queue behind the sales."""
    now = timezone.now()
    stale = now - USE_NOTED_EVERY
    if key.last_used_at is None or key.last_used_at < stale:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=stale)
        ApiKey.objects.filter(unnoted, pk=key.pk).update(last_used_at=now)


def digest_of(value: str) -> str:
    """SHA-256, in hex. Enough for 256 random bits, which nobody can guess through."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def _service_user(*, name: str, role: str) -> User:
    username = f"api.{name}"
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError as error:
        raise KeyProblem("A name has letters, digits and @ . + - _ only.") from error
    if len(name) > 80 or not name:
        raise KeyProblem("A name has 1 to 80 characters.")
    if ApiKey.objects.filter(name=name).exists() or User.objects.filter(username=username).exists():
        raise KeyProblem(f"The name {name!r} is taken.")
    user = User(username=username, first_name=name[:150])
    user.set_unusable_password()
    user.save()
    user.groups.set([Group.objects.get(name=role)])
    return user
