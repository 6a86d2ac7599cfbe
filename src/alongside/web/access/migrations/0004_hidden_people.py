"""Whose records are hidden is looked up in an index, and no longer compared with every restricted record.

A database made since then has nothing to change here. In an older one each policy asks in the new way;
the old function goes last, so that nothing can be left that uses it.
"""

from django.db import migrations

from alongside.web.access import rows

ASK_THE_VIEW = r"""
DO $$
DECLARE
  old record;
BEGIN
  FOR old IN SELECT * FROM pg_policies WHERE qual LIKE '%alongside_hidden_people()%' LOOP
    EXECUTE format('ALTER POLICY %I ON %I USING (%s)', old.policyname, old.tablename, regexp_replace(
      old.qual,
      'NOT \((\w+|COALESCE\(.+?::bigint\)) = ANY \(\( ?SELECT alongside_hidden_people\(\)[^)]*\)::bigint\[\]\)\)',
      'NOT EXISTS (SELECT 1 FROM access_hidden_people WHERE hidden_id = \1)',
      'g'
    ));
  END LOOP;
END $$;
DROP FUNCTION IF EXISTS alongside_hidden_people();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0003_row_security"), ("people", "0001_initial")]

    operations = [
        migrations.RunSQL(rows.HIDDEN_PEOPLE, migrations.RunSQL.noop),
        migrations.RunSQL(ASK_THE_VIEW, migrations.RunSQL.noop),
    ]
