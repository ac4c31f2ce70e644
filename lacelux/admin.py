"""The admin site and the sidebar: the one place that sees every app."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from unfold.sites import UnfoldAdminSite


@dataclass(frozen=True)
class Page:
    """A link to a page that is no list of records; `to` names its address."""

    title: str
    icon: str
    to: str
    permission: str = ""


@dataclass(frozen=True)
class Records:
    """A link to the admin's list of `model`, for those who may view it."""

    model: str
    icon: str


NAVIGATION: dict[str, tuple[Page | Records, ...]] = {
    "Stock": (
        Records("inventory.product", "shopping_bag"),
        Records("inventory.stockmovement", "swap_vert"),
        Records("inventory.hold", "bookmark"),
        Records("inventory.submission", "inbox"),
        Records("inventory.brand", "sell"),
        Records("inventory.category", "category"),
        Records("inventory.pricechange", "price_change"),
    ),
    "Sales": (
        Records("sales.order", "receipt_long"),
        Records("sales.refund", "undo"),
        Records("sales.adjustment", "tune"),
        Records("sales.show", "live_tv"),
        Records("sales.host", "mic"),
        Records("sales.channel", "storefront"),
        Records("sales.feerule", "percent"),
        Records("sales.payout", "account_balance"),
        Records("sales.marketplaceline", "fact_check"),
        Records("sales.campaign", "campaign"),
        Records("sales.calendarevent", "event"),
        Records("sales.calendarsource", "calendar_month"),
    ),
    "People": (
        Records("customers.customer", "group"),
        Records("sales.interaction", "forum"),
        Page("Quick entry", "bolt", "admin:sales_interaction_quick", "sales.add_interaction"),
        Records("customers.seller", "handshake"),
        Records("customers.tag", "label"),
    ),
    "Imports": (
        Page("Upload a file", "upload_file", "intake:upload", "access.stage_intake"),
        Records("intake.batch", "move_to_inbox"),
        Records("sales.unmatchedline", "link_off"),
        Records("inventory.productalias", "link"),
        Records("sales.syncstate", "sync"),
    ),
    "Reports": (
        Records("reports.report", "summarize"),
        Records("reports.schedule", "event_repeat"),
        Records("reports.run", "history"),
        Records("outbox.delivery", "outgoing_mail"),
    ),
    "Access": (
        Records("auth.user", "person"),
        Records("auth.group", "shield_person"),
        Records("access.apikey", "key"),
        Records("axes.accessattempt", "gpp_bad"),
        Page("API", "api", "docs", "auth.view_user"),
    ),
}

# What the search of the sidebar looks through, beside the names of lists.
SEARCHED = ("inventory.product", "sales.order", "customers.customer", "customers.seller", "sales.show")


def searched_models(request: HttpRequest) -> list[str]:
    return list(SEARCHED)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar for this person: groups of links they may follow, the current one marked."""
    groups = [("", list(overview(request))), ("Answers", list(answers(request)))]
    groups += [(title, list(links(entries, request))) for title, entries in NAVIGATION.items()]
    return [{"title": title, "collapsible": bool(title), "items": items} for title, items in groups if items]


def overview(request: HttpRequest) -> Iterator[dict[str, Any]]:
    if request.user.has_perm("access.view_figures"):
        yield {**item("Overview", "monitoring", "/"), "active": request.path == "/"}


def answers(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """One link per question of the catalogue, under a heading per area."""
    from analytics.catalogue import ANALYSES

    area = ""
    allowed = [analysis for analysis in ANALYSES.values() if request.user.has_perm(analysis.permission)]
    for analysis in sorted(allowed, key=lambda each: each.area):
        link = f"/analytics/{analysis.slug}/"
        heading = capfirst(analysis.area) if analysis.area != area else ""
        area = analysis.area
        yield {**item(analysis.title, "", link), "heading": heading, "active": request.path == link}


def links(entries: tuple[Page | Records, ...], request: HttpRequest) -> Iterator[dict[str, Any]]:
    """The links of one group; where several lead to here or above, the nearest is marked."""
    found = [page(entry, request) if isinstance(entry, Page) else records(entry, request) for entry in entries]
    shown = [link for link in found if link]
    above = [link["link"] for link in shown if request.path.startswith(link["link"])]
    nearest = max(above, key=len, default=None)
    for link in shown:
        yield {**link, "active": link["link"] == nearest}


def page(entry: Page, request: HttpRequest) -> dict[str, Any] | None:
    allowed = not entry.permission or request.user.has_perm(entry.permission)
    return located(entry.title, entry.icon, entry.to) if allowed else None


def records(entry: Records, request: HttpRequest) -> dict[str, Any] | None:
    meta = apps.get_model(entry.model)._meta
    if not request.user.has_perm(f"{meta.app_label}.view_{meta.model_name}"):
        return None
    title = capfirst(meta.verbose_name_plural or meta.model_name)
    return located(title, entry.icon, f"admin:{meta.app_label}_{meta.model_name}_changelist")


def located(title: str, icon: str, to: str) -> dict[str, Any] | None:
    try:
        return item(title, icon, reverse(to))
    except NoReverseMatch:
        return None


def item(title: str, icon: str, link: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": link}


class LaceluxAdminSite(UnfoldAdminSite):
    """Django's admin in the look of the shop. Its index is the managers' overview, for those who may see figures."""

    index_title = "Records"
    enable_nav_sidebar = True

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.has_perm("access.view_figures") and self.has_overview():
            return HttpResponseRedirect("/")
        answer: HttpResponse = super().index(request, extra_context)
        return answer

    def has_overview(self) -> bool:
        try:
            return bool(reverse("analytics:overview"))
        except NoReverseMatch:
            return False
