"""Plain Django views inside the shell: who may enter, and what the templates need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.generic.base import ContextMixin, View


def person(request: HttpRequest) -> User:
    """Who acts. The shell lets nobody in unknown; a page that forgot to ask would fail here, loudly."""
    assert isinstance(request.user, User)
    return request.user


def shell_context(request: HttpRequest, *, title: str, **more: Any) -> dict[str, Any]:
    """What `shell.html` needs to draw sidebar and top bar around a page; `more` goes along."""
    return {**admin.site.each_context(request), "title": title, **more}


class ShellMixin(ContextMixin, View):
    """A class-based view whose template extends `shell.html`.

    Asks strangers to sign in, and answers 403 within the shell to people who lack a permission named in
    `permission_required`. Set `title`, or override `get_title()`.
    """

    title = ""
    permission_required: str | Iterable[str] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        if not self.may_enter(request):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def may_enter(self, request: HttpRequest) -> bool:
        named = self.permission_required
        return admin.site.has_permission(request) and request.user.has_perms(
            [named] if isinstance(named, str) else list(named)
        )

    def get_title(self) -> str:
        return self.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return shell_context(self.request, **{"title": self.get_title(), **super().get_context_data(**kwargs)})


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler403`: says so within the shell, or plainly to people who cannot enter it."""
    return message_page(request, 403, "You may not see this", str(exception or ""))


def unknown(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler404`."""
    return message_page(request, 404, "There is no such page")


def message_page(request: HttpRequest, status: int, title: str, message: str = "") -> HttpResponse:
    inside = admin.site.has_permission(request)
    context = shell_context(request, title=title, message=message, status=status)
    return render(request, "refusal.html" if inside else "refusal_outside.html", context, status=status)
