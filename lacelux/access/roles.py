"""The five roles of the shop, and exactly what each may do. Deny by default: what is not here is not allowed.

Roles are Groups. They are put right after every migration and every flush, so a permission given to a role by
hand does not last: change the table instead.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions
from django.db.models import Q

ROLES = ("owner", "manager", "staff", "pos", "viewer")

# What belongs to no single kind of record: the permissions of `access.Permissions`.
SHOP: dict[str, tuple[str, ...]] = {
    "view_figures": ("owner", "manager", "staff", "viewer"),
    "view_cost": ("owner", "manager"),
    "view_margin": ("owner", "manager"),
    "view_payouts": ("owner", "manager"),
    "view_personal": ("owner", "manager"),
    "stage_intake": ("owner", "manager", "staff"),
    "publish_intake": ("owner", "manager"),
    "export": ("owner", "manager"),
    "record_sale": ("owner", "manager", "staff", "pos"),
    "ask_refund": ("owner", "manager", "staff"),
    "approve_refund": ("owner", "manager"),
}

# Kinds of records: v view, a add, c change, d delete. A ledger (movements, orders, refunds) grows by services
# only; the letters say who may call those in the admin.
RECORDS: dict[str, tuple[str, str, str, str, str]] = {
    #                              owner   manager staff  pos  viewer
    "auth.user":                  ("vacd", "",     "",    "",  ""),
    "auth.group":                 ("v",    "",     "",    "",  ""),
    "access.apikey":              ("vacd", "",     "",    "",  ""),
    "access.idempotencyrecord":   ("v",    "",     "",    "",  ""),
    "axes.accessattempt":         ("vd",   "",     "",    "",  ""),
    "axes.accesslog":             ("v",    "",     "",    "",  ""),
    "axes.accessfailurelog":      ("v",    "",     "",    "",  ""),
    "customers.customer":         ("vacd", "vacd", "vac", "",  ""),
    "customers.handle":           ("vacd", "vacd", "vac", "",  ""),
    "customers.tag":              ("vacd", "vacd", "vac", "",  ""),
    "customers.seller":           ("vacd", "vacd", "",    "",  ""),
    "inventory.brand":            ("vacd", "vacd", "vac", "v", "v"),
    "inventory.category":         ("vacd", "vacd", "vac", "v", "v"),
    "inventory.product":          ("vacd", "vacd", "vac", "v", "v"),
    "inventory.productalias":     ("vacd", "vacd", "v",   "",  ""),
    "inventory.productimage":     ("vacd", "vacd", "vac", "v", "v"),
    "inventory.productview":      ("v",    "v",    "v",   "",  "v"),
    "inventory.costentry":        ("vacd", "vacd", "a",   "",  ""),
    "inventory.pricechange":      ("va",   "va",   "va",  "",  "v"),
    "inventory.stockmovement":    ("va",   "va",   "va",  "",  "v"),
    "inventory.hold":             ("vacd", "vacd", "vac", "",  ""),
    "inventory.submission":       ("vacd", "vacd", "",    "",  ""),
    "sales.channel":              ("vacd", "vacd", "v",   "v", "v"),
    "sales.feerule":              ("vacd", "vacd", "",    "",  ""),
    "sales.host":                 ("vacd", "vacd", "v",   "v", "v"),
    "sales.show":                 ("vacd", "vacd", "vac", "v", "v"),
    "sales.order":                ("vacd", "vacd", "va",  "",  ""),
    "sales.orderline":            ("vacd", "vacd", "va",  "",  ""),
    "sales.unmatchedline":        ("vc",   "vc",   "v",   "",  ""),
    "sales.refund":               ("vac",  "vac",  "va",  "",  ""),
    "sales.adjustment":           ("vac",  "vac",  "",    "",  ""),
    "sales.payout":               ("vac",  "v",    "",    "",  ""),
    "sales.marketplaceline":      ("vac",  "v",    "",    "",  ""),
    "sales.campaign":             ("vacd", "vacd", "v",   "",  "v"),
    "sales.campaignspend":        ("vacd", "vacd", "",    "",  ""),
    "sales.calendarevent":        ("vacd", "vacd", "vac", "",  "v"),
    "sales.calendarsource":       ("vacd", "vacd", "",    "",  ""),
    "sales.interaction":          ("vacd", "vacd", "vac", "",  ""),
    "sales.syncstate":            ("v",    "v",    "v",   "",  ""),
    "reports.report":             ("vacd", "vacd", "v",   "",  "v"),
    "reports.section":            ("vacd", "vacd", "v",   "",  "v"),
    "reports.schedule":           ("vacd", "vacd", "v",   "",  "v"),
    "reports.run":                ("va",   "va",   "v",   "",  "v"),
    "reports.rendition":          ("v",    "v",    "v",   "",  "v"),
    "intake.batch":               ("vacd", "vacd", "va",  "",  ""),
    "intake.rejected":            ("v",    "v",    "v",   "",  ""),
    "outbox.delivery":            ("vc",   "vc",   "",    "",  ""),
}  # fmt: skip

VERBS = {"v": "view", "a": "add", "c": "change", "d": "delete"}


def permissions_of(role: str) -> set[str]:
    """The permissions of `role` as `app.codename`. Raises ValueError for a role that is none."""
    column = ROLES.index(role)
    shop = {f"access.{codename}" for codename, roles in SHOP.items() if role in roles}
    return shop | {
        f"{app}.{VERBS[letter]}_{model}"
        for (app, model), letters in ((name.split("."), row[column]) for name, row in RECORDS.items())
        for letter in letters
    }


def follow_migrations(*, sender: AppConfig, using: str, apps: Any = apps, **_: object) -> None:
    """After the last app has migrated (so that every permission can exist): put groups and permissions right."""
    if sender.label != _last_app() or not _is_migrated(apps):
        return
    # Whether Django has made the last app's permissions by now depends on the order of receivers.
    create_permissions(sender, verbosity=0, using=using, apps=apps)
    for role in ROLES:
        _grant(role, using)


def _grant(role: str, using: str) -> None:
    from django.contrib.auth.models import Group, Permission

    group, _ = Group.objects.using(using).get_or_create(name=role)
    wanted = Q(pk__in=())
    for name in permissions_of(role):
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    group.permissions.set(Permission.objects.using(using).filter(wanted))


def _last_app() -> str:
    return [config.label for config in apps.get_app_configs() if config.models_module][-1]


def _is_migrated(state: Any) -> bool:
    """False while migrations have been applied only so far that there are no groups yet."""
    try:
        state.get_model("auth", "Group")
    except LookupError:
        return False
    return True
