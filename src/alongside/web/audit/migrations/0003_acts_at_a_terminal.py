"""An act of a command has no user and is about no person; its agency sees it all the same."""

from django.db import migrations, models

SEEN = """
DROP POLICY seen ON audit_event;
CREATE POLICY seen ON audit_event FOR SELECT USING (
  user_id = alongside_user_id()
  OR (
    held_by_id = ANY ((SELECT alongside_reading_agencies())::bigint[])
    AND NOT EXISTS (SELECT 1 FROM access_hidden_people WHERE hidden_id = {person})
  )
);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_row_security")]

    operations = [
        migrations.AlterField(
            model_name="event", name="user_id", field=models.BigIntegerField(null=True)
        ),
        # Nobody is 0: without it, "is not among those who are hidden" has no answer for nobody.
        migrations.RunSQL(SEEN.format(person="coalesce(person_id, 0)"), SEEN.format(person="person_id")),
    ]
