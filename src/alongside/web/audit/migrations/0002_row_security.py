"""What is remembered is seen by the agency that holds the record, and written in the acting user's name.

Whoever looked or acted sees their own rows too: without that, nobody of another agency could write down
that they looked at what is shared with them.
"""

from django.db import migrations


def remembered(table: str) -> str:
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON {table} FOR SELECT USING (
  user_id = alongside_user_id()
  OR (
    held_by_id = ANY ((SELECT alongside_reading_agencies())::bigint[])
    AND NOT EXISTS (SELECT 1 FROM access_hidden_people WHERE hidden_id = person_id)
  )
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
