from django.db import migrations

from alongside.web.access.rows import protect

TABLES = ("review", "reviewoutcome")


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial"), ("plans", "0002_row_security")]

    operations = [
        *(protect(f"reviews_{table}", "plan") for table in TABLES),
        *(protect(f"reviews_{table}event", "plan", append_only=True) for table in TABLES),
    ]
