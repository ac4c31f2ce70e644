"""Stock movements can be neither changed nor deleted, by nobody, in no way; only a flush empties the whole shop."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from pieces import piece

from inventory.models import StockMovement

pytestmark = pytest.mark.django_db

TABLE = StockMovement._meta.db_table


def refused(sql: str) -> bool:
    """Whether the database refused a statement, for the reason of our trigger."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except IntegrityError as error:
        return "neither changed nor deleted" in str(error)
    return False


@pytest.mark.parametrize(
    "sql",
    [
        f"UPDATE {TABLE} SET on_hand_change = 5",
        f"UPDATE {TABLE} SET reason = 'other'",
        f"DELETE FROM {TABLE}",
    ],
)
def test_raw_sql_changes_no_movement(sql):
    piece("BAG")
    assert refused(sql)
    assert StockMovement.objects.get().on_hand_change == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="REPLACE is SQLite's")
def test_sqlite_replaces_no_movement():
    piece("BAG")
    assert refused(f"REPLACE INTO {TABLE} SELECT * FROM {TABLE}")


@pytest.mark.postgres
def test_postgresql_truncates_no_movements():
    piece("BAG")
    connection.check_constraints()  # what is deferred to the commit would be its first reason
    assert refused(f"TRUNCATE {TABLE} CASCADE")
    assert refused("TRUNCATE inventory_product CASCADE")


def test_the_orm_changes_no_movement():
    movement = piece("BAG").movements.get()
    movement.reason = "other"
    for attempt in (
        movement.save,
        movement.delete,
        StockMovement.objects.all().delete,
        lambda: StockMovement.objects.update(on_hand_change=2),
    ):
        with pytest.raises(IntegrityError, match="neither changed nor deleted"), transaction.atomic():
            attempt()


@pytest.mark.broken_books
def test_what_movements_name_cannot_go(staff):
    bag = piece("BAG")
    StockMovement.objects.create(product=bag, kind="adjust", on_hand_change=1, actor=staff, moved_at=bag.created_at)
    for row in (bag, staff):
        with pytest.raises(ProtectedError):
            row.delete()


@pytest.mark.django_db(transaction=True)
def test_a_flush_empties_the_ledger_and_protects_the_next_one():
    piece("BAG")
    call_command("flush", interactive=False, verbosity=0)
    assert not StockMovement.objects.exists()
    piece("BAG")
    assert refused(f"DELETE FROM {TABLE}")


@pytest.mark.django_db(transaction=True)
def test_a_flush_without_post_migrate_protects_too():
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
    piece("BAG")
    assert refused(f"DELETE FROM {TABLE}")
    call_command("flush", interactive=False, verbosity=0)
