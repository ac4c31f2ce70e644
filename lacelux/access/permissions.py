"""Deny by default: a view of the API says what it needs, method by method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:  # importing it here would go in a circle through the settings
    from rest_framework.views import APIView

Needed = Mapping[str, tuple[str, ...]]


class Needs(BasePermission):
    """Allows who holds one of the permissions that the view's `needs` names for the method.

    HEAD and OPTIONS need what GET needs, or any one where there is no GET. A method that the view does not have
    passes, to be answered 405. A view that says nothing is a mistake of ours, told loudly.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        needs: Needed | None = getattr(view, "needs", None)
        if needs is None:
            raise ImproperlyConfigured(f"{type(view).__name__} does not say what it `needs`.")
        if not request.user.is_authenticated:
            return False
        method = request.method or "GET"
        if method not in view.allowed_methods:
            return True
        return any(request.user.has_perm(name) for name in _names(needs, method))


def _names(needs: Needed, method: str) -> tuple[str, ...]:
    if method in needs:
        return needs[method]
    if method in ("HEAD", "OPTIONS"):
        return needs.get("GET") or tuple(name for names in needs.values() for name in names)
    return ()
