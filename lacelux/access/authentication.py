"""`Authorization: Api-Key …`: how programs say who they are."""

from __future__ import annotations

from django.contrib.auth.models import User
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from lacelux.access.keys import living_key, note_use
from lacelux.access.models import ApiKey

SCHEME = "Api-Key"


class ApiKeyAuthentication(BaseAuthentication):
    """Acts as the key's own user. Answers 401 to any key that is unknown or revoked, without saying which."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        scheme, _, value = get_authorization_header(request).partition(b" ")
        if scheme.lower() != SCHEME.lower().encode():
            return None
        key = living_key(value.strip().decode("latin-1"))
        if key is None:
            raise AuthenticationFailed("This API key is not valid.")
        note_use(key)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="Lace-Luxx"'
