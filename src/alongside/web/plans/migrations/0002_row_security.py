from django.db import migrations

from alongside.web.access.rows import protect

CHANGING = ("plan", "planoutcome", "planneed", "planline", "planrisk", "planchallenge")


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial"), ("budgets", "0002_row_security")]

    operations = [
        *(protect(f"plans_{table}", "plan") for table in CHANGING),
        *(protect(f"plans_{table}event", "plan", append_only=True) for table in CHANGING),
        protect("plans_planmove", "plan", append_only=True),
        protect("plans_plancopy", "plan"),
    ]
