from django.db import migrations

from alongside.web.conversations import rows


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0001_initial"),
        ("access", "0003_row_security"),
        ("people", "0002_row_security"),
        ("audit", "0002_row_security"),
    ]

    operations = [
        rows.protect("conversations_conversation"),
        rows.protect("conversations_conversationevent", append_only=True),
        rows.protect("conversations_contribution"),
        rows.protect("conversations_revision", append_only=True),
        rows.protect("conversations_sitting"),
        rows.protect("conversations_invitation"),
        migrations.RunSQL(rows.VIEWS, rows.DROP_VIEWS),
        migrations.RunSQL(rows.INVITED, rows.DROP_INVITED),
    ]
