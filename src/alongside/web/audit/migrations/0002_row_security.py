"""What is remembered is seen by the agency that holds the record, and written in the acting user's name."""

from django.db import migrations


def remembered(table: str) -> str:
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON {table} FOR SELECT USING (
  held_by_id = ANY ((SELECT alongside_reading_agencies())::bigint[])
  AND NOT (person_id = ANY ((SELECT alongside_hidden_people())::bigint[]))
);
CREATE POLICY added ON {table} FOR INSERT WITH CHECK (user_id = alongside_user_id());
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("access", "0003_row_security")]

    operations = [
        migrations.RunSQL(
            remembered("audit_event") + remembered("audit_view"), migrations.RunSQL.noop
        ),
    ]
