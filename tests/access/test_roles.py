"""The table of roles against the shop that it speaks of."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command

from lacelux.access.roles import RECORDS, ROLES, SHOP, permissions_of

OURS = ("demo", "reports", "analytics", "sales", "inventory", "customers", "access", "intake", "outbox")
UNSEEN = {"access.permissions", "analytics.change", "analytics.database"}  # machinery without a screen
pytestmark = pytest.mark.django_db


def held_by(role: str) -> set[str]:
    held = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in held}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_holds_exactly_what_the_table_says(role: str) -> None:
    assert held_by(role) == permissions_of(role)


def test_every_kind_of_record_has_a_row_in_the_table() -> None:
    models = {model._meta.label_lower for app in OURS for model in apps.get_app_config(app).get_models()}
    ours = {label for label in models if ".historical" not in label and not apps.get_model(label)._meta.auto_created}
    assert ours - UNSEEN - set(RECORDS) == set()


def test_every_permission_of_the_shop_is_given_to_someone() -> None:
    known = Permission.objects.filter(content_type__app_label="access", content_type__model="permissions")
    assert set(known.values_list("codename", flat=True)) == set(SHOP)


def test_money_that_is_nobodys_business_stays_with_owner_and_manager() -> None:
    for name in ("view_cost", "view_margin", "view_payouts", "view_personal"):
        assert {role for role in ROLES if f"access.{name}" in permissions_of(role)} == {"owner", "manager"}


def test_a_till_only_records_sales_and_looks_pieces_up() -> None:
    assert {name for name in permissions_of("pos") if name.startswith("access.")} == {"access.record_sale"}
    assert not [name for name in permissions_of("pos") if ".view_" not in name and name != "access.record_sale"]


def test_a_permission_given_by_hand_does_not_outlast_the_next_migration() -> None:
    viewers = Group.objects.get(name="viewer")
    viewers.permissions.add(Permission.objects.get(codename="view_cost"))
    call_command("migrate", verbosity=0)
    assert held_by("viewer") == permissions_of("viewer")


def test_a_deleted_role_comes_back_with_the_next_migration() -> None:
    Group.objects.get(name="staff").delete()
    call_command("migrate", verbosity=0)
    assert held_by("staff") == permissions_of("staff")


@pytest.mark.django_db(transaction=True)
def test_roles_outlast_a_flush() -> None:
    call_command("flush", interactive=False, verbosity=0)
    for role in ROLES:
        assert held_by(role) == permissions_of(role)


def test_somebody_without_a_role_may_do_nothing() -> None:
    assert User.objects.create_user("nora").get_all_permissions() == set()
