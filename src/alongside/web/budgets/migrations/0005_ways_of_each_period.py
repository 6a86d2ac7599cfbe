"""The ways of holding of each period add up to it; what was agreed before they were kept has none."""

from django.db import migrations

PERIODS_ADD_UP = """
CREATE FUNCTION alongside_ways_add_up(periods jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN NOT EXISTS (
  SELECT 1 FROM jsonb_array_elements(periods) AS period
  WHERE period -> 'ways' IS NOT NULL AND (period ->> 'weekly')::numeric IS DISTINCT FROM (
    SELECT coalesce(sum(way.value::numeric), 0) FROM jsonb_each_text(period -> 'ways') AS way
  )
);
ALTER TABLE budgets_personalbudget ADD CONSTRAINT ways_of_each_period_add_up
  CHECK (alongside_ways_add_up(periods));
"""


class Migration(migrations.Migration):
    dependencies = [("budgets", "0004_budgets_by_period")]

    operations = [
        migrations.RunSQL(
            PERIODS_ADD_UP,
            "ALTER TABLE budgets_personalbudget DROP CONSTRAINT ways_of_each_period_add_up;"
            "DROP FUNCTION alongside_ways_add_up(jsonb);",
        ),
    ]
