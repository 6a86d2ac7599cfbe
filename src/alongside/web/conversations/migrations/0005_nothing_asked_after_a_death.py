from django.db import migrations

from alongside.web.conversations.rows import INVITED_TO


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0004_asking_row_security"),
        ("people", "0001_initial"),
    ]
    operations = [migrations.RunSQL(INVITED_TO, migrations.RunSQL.noop)]
