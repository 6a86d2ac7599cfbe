from django.db import migrations

from alongside.web.access.rows import own_rows


class Migration(migrations.Migration):
    dependencies = [("drafts", "0001_initial"), ("access", "0003_row_security")]

    operations = [own_rows("drafts_draft")]
