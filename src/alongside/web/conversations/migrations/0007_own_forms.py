import django.db.models.deletion
from django.db import migrations, models

from alongside.web.conversations import rows


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_row_security"),
        ("conversations", "0006_kept_beside"),
    ]
    operations = [
        migrations.AddField(
            "instrumentversion",
            "agency",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="access.agency",
            ),
        ),
        migrations.AddField(
            "instrumentversion", "held_as", models.JSONField(blank=True, default=dict)
        ),
        migrations.RunSQL(rows.OWN_FORMS, rows.DROP_OWN_FORMS),
    ]
