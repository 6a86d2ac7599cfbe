"""The names of colleagues ask whose records are hidden as the policies do."""

from django.db import migrations

from alongside.web.conversations import rows


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_hidden_people"),
        ("conversations", "0009_own_forms_by_link"),
    ]
    operations = [
        migrations.RunSQL(
            rows.COLLEAGUES.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
            migrations.RunSQL.noop,
        ),
    ]
