"""On PostgreSQL a change carries its writer's transaction, by which late commits are found."""

from django.db import migrations


def add_xid(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(
        "ALTER TABLE analytics_change ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id()"
    )
    schema_editor.execute("CREATE INDEX analytics_change_xid ON analytics_change (xid)")


def drop_xid(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE analytics_change DROP COLUMN xid")


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_initial")]

    operations = [migrations.RunPython(add_xid, drop_xid)]
