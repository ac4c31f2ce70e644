"""The frame: who gets in, what the sidebar offers, and how refusals look."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.generic import TemplateView

from lacelux.admin import navigation
from lacelux.shell import ShellMixin

ClientAs = Callable[[User], Client]


def titles(user: User) -> set[str]:
    request = RequestFactory().get("/admin/inventory/product/")
    request.user = user
    return {item["title"] for group in navigation(request) for item in group["items"]}


def test_the_sidebar_offers_what_the_role_may_see(owner: User, manager: User, staff: User, viewer: User) -> None:
    assert {"Overview", "Products", "Payouts", "Users", "API keys", "Brand performance"} <= titles(owner)
    assert "Payouts" in titles(manager)
    assert not titles(manager) & {"Users", "API keys"}
    assert not titles(staff) & {"Payouts", "Users", "Sellers", "Submissions"}
    assert not titles(viewer) & {"Customers", "Orders", "Users"}


def test_exactly_the_current_page_is_marked(owner: User) -> None:
    request = RequestFactory().get("/admin/inventory/product/7/change/")
    request.user = owner
    active = [item["title"] for group in navigation(request) for item in group["items"] if item["active"]]
    assert active == ["Products"]


class Page(ShellMixin, TemplateView):
    template_name = "shell.html"
    title = "Answers"
    permission_required = "access.view_figures"


def answer_to(user: User | object) -> HttpResponse:
    request = RequestFactory().get("/some/page/?period=7d")
    request.user = user
    return Page.as_view()(request)


def test_strangers_are_asked_to_sign_in_and_come_back(db: None) -> None:
    from django.contrib.auth.models import AnonymousUser

    answer = answer_to(AnonymousUser())
    assert answer.status_code == 302
    assert answer["Location"] == "/admin/login/?next=/some/page/%3Fperiod%3D7d"


def test_a_page_stands_in_the_shell(viewer: User) -> None:
    page = answer_to(viewer).render().content.decode()
    assert "Answers" in page
    assert "Brand performance" in page


def test_people_without_permission_are_refused(pos: User) -> None:
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        answer_to(pos)


@pytest.mark.parametrize(("url", "status"), [("/admin/auth/user/", 403), ("/nowhere/", 404)])
def test_refusals_keep_the_sidebar(manager: User, client_as: ClientAs, url: str, status: int) -> None:
    answer = client_as(manager).get(url)
    assert answer.status_code == status
    assert "nav-sidebar" in answer.content.decode()


def test_a_stranger_learns_nothing_from_a_wrong_address(client: Client, db: None) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "Products" not in answer.content.decode()


def test_no_page_carries_an_inline_script(owner: User, client_as: ClientAs) -> None:
    """The policy forbids them; whatever of unfold's had one would fail silently."""
    for url in (reverse("admin:login"), "/admin/inventory/product/", "/admin/sales/order/add/"):
        page = (Client() if "login" in url else client_as(owner)).get(url).content.decode()
        inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", page)
        assert inline == [], url
        assert not re.search(r'\son(click|load|change|submit|input)="', page), url


def test_nothing_is_fetched_from_elsewhere() -> None:
    for path in Path(settings.BASE_DIR, "assets", "css").glob("*.css"):
        assert not re.findall(r"url\([\"']?(?:https?:)?//", path.read_text())
