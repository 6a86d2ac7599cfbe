from django.db import migrations

from alongside.instruments import extensions
from alongside.web.conversations import rows


def read_titles(apps, schema_editor):
    """Take each form's title in other languages out of its content, so that lists can show it."""
    versions = apps.get_model("conversations", "InstrumentVersion").objects
    for version in versions.using(schema_editor.connection.alias).iterator(chunk_size=50):
        version.titles = extensions.translations(version.content, "title")
        version.save(using=schema_editor.connection.alias, update_fields=["titles"])


class Migration(migrations.Migration):
    dependencies = [("conversations", "0003_asking"), ("people", "0002_row_security")]

    operations = [
        migrations.RunPython(read_titles, migrations.RunPython.noop),
        rows.protect_request("conversations_partrequest"),
        migrations.RunSQL(rows.PARTS, rows.DROP_PARTS),
        migrations.RunSQL(rows.OWN_WORK, rows.DROP_OWN_WORK),
        migrations.RunSQL(rows.COLLEAGUES, rows.DROP_COLLEAGUES),
        migrations.RunSQL(rows.STANDING_SKIPS, migrations.RunSQL.noop),
        migrations.RunSQL(rows.INVITED_SKIPS, rows.BEFORE_SKIPS),
    ]
