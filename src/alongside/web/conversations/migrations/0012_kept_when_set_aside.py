"""Answers that are handed in by a private link stand beside what was kept when the conversation was set aside."""

from django.db import migrations

from alongside.web.conversations import rows


class Migration(migrations.Migration):
    dependencies = [("conversations", "0011_languages_of_forms")]
    operations = [migrations.RunSQL(rows.FINISH_AND_KEEP, rows.BEFORE_KEPT_ASIDE)]
