from django.db import migrations

from alongside.web.access.rows import protect

LINES_ADD_UP = """
CREATE FUNCTION alongside_total_of_lines(lines jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
  SELECT coalesce(sum((line ->> 'amount')::numeric), 0) FROM jsonb_array_elements(lines) AS line
);
ALTER TABLE budgets_indicativebudget ADD CONSTRAINT indicative_lines_add_up
  CHECK (alongside_total_of_lines(lines) = weekly);
"""

# A method is published for everybody to read; administrators publish, and choose for their own agency.
METHODS = """
ALTER TABLE budgets_allocationmethod ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON budgets_allocationmethod FOR SELECT USING (true);
CREATE POLICY added ON budgets_allocationmethod FOR INSERT WITH CHECK (
  published_by_id = alongside_user_id()
  AND cardinality((SELECT alongside_administered_agencies())::bigint[]) > 0
);
ALTER TABLE budgets_methodinuse ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON budgets_methodinuse FOR SELECT USING (true);
CREATE POLICY added ON budgets_methodinuse FOR INSERT WITH CHECK (
  decided_by_id = alongside_user_id()
  AND agency_id = ANY ((SELECT alongside_administered_agencies())::bigint[])
);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("budgets", "0001_initial"),
        ("access", "0003_row_security"),
        ("people", "0002_row_security"),
    ]

    operations = [
        protect("budgets_indicativebudget", "money", append_only=True),
        protect("budgets_personalbudget", "money", append_only=True),
        migrations.RunSQL(
            LINES_ADD_UP,
            "ALTER TABLE budgets_indicativebudget DROP CONSTRAINT indicative_lines_add_up;"
            "DROP FUNCTION alongside_total_of_lines(jsonb);",
        ),
        migrations.RunSQL(METHODS, migrations.RunSQL.noop),
    ]
