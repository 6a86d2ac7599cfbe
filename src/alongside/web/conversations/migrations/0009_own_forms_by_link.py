from django.db import migrations

from alongside.web.conversations import rows


class Migration(migrations.Migration):
    dependencies = [("conversations", "0008_answer_files")]
    operations = [migrations.RunSQL(rows.INVITED_FORM, rows.DROP_INVITED_FORM)]
