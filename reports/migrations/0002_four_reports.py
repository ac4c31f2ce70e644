from django.db import migrations

from reports.shipped import install


def begin_with_four(apps, schema_editor):
    install(apps.get_model("reports", "Report"), apps.get_model("reports", "Section"))


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [migrations.RunPython(begin_with_four, migrations.RunPython.noop)]
