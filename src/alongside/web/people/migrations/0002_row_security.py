from django.db import migrations

from alongside.web.access.rows import protect

TABLES = ("identifier", "address", "relationship", "alert")


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("access", "0003_row_security")]

    operations = [
        protect("people_person", "identity", person="id"),
        protect("people_personevent", "identity", person="pgh_obj_id", append_only=True),
        *(protect(f"people_{table}", "identity") for table in TABLES),
        *(protect(f"people_{table}event", "identity", append_only=True) for table in TABLES),
        protect("people_lookupentry", "identity"),
        protect("people_worker", "identity"),
        protect("people_workitem", "identity"),
        # Looking-up keys are rebuilt when a name changes, so they alone may be removed.
        migrations.RunSQL(
            """
            CREATE POLICY removed ON people_lookupentry FOR DELETE
              USING (held_by_id = ANY ((SELECT alongside_writing_agencies())::bigint[]));
            """,
            "DROP POLICY removed ON people_lookupentry;",
        ),
    ]
