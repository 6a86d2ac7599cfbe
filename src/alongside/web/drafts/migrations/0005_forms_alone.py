from django.db import migrations

# What had been sent from pages that show no draft when a sign-in had run out, passwords among it.
FORGET = "DELETE FROM drafts_draft WHERE form LIKE '/account/%' OR form LIKE '/drafts/%'"


class Migration(migrations.Migration):
    dependencies = [("drafts", "0004_sent")]

    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
