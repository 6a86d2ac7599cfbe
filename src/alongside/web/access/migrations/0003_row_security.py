"""The functions that row security rests on, and the security of the tables that say who may see what."""

from django.db import migrations

from alongside.web.access import rows

ADMINISTERED = """
CREATE FUNCTION alongside_administered_agencies() RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public
RETURN (
  SELECT coalesce(array_agg(DISTINCT agency_id), '{}') FROM access_membership
  WHERE user_id = alongside_user_id() AND ended_at IS NULL AND NOT read_only
    AND role = 'administrator'
);

CREATE FUNCTION alongside_holder_of(person bigint) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public
RETURN (SELECT held_by_id FROM people_person WHERE id = person);
"""

MEMBERSHIP = """
ALTER TABLE access_membership ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON access_membership FOR SELECT
  USING (user_id = alongside_user_id() OR agency_id = ANY ((SELECT alongside_own_agencies())::bigint[]));
CREATE POLICY administered ON access_membership
  USING (agency_id = ANY ((SELECT alongside_administered_agencies())::bigint[]))
  WITH CHECK (agency_id = ANY ((SELECT alongside_administered_agencies())::bigint[]));

ALTER TABLE access_membershipevent ENABLE ROW LEVEL SECURITY;
CREATE POLICY administered ON access_membershipevent
  USING (agency_id = ANY ((SELECT alongside_administered_agencies())::bigint[]))
  WITH CHECK (agency_id = ANY ((SELECT alongside_administered_agencies())::bigint[]));
"""


def sharing(table: str, who: str) -> str:
    """Seen by those it is for and by the holder of the record; written by the holder."""
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON {table} FOR SELECT USING (
  {who} OR alongside_holder_of(person_id) = ANY ((SELECT alongside_reading_agencies())::bigint[])
);
CREATE POLICY added ON {table} FOR INSERT WITH CHECK (
  alongside_holder_of(person_id) = ANY ((SELECT alongside_writing_agencies())::bigint[])
);
CREATE POLICY changed ON {table} FOR UPDATE
  USING (alongside_holder_of(person_id) = ANY ((SELECT alongside_reading_agencies())::bigint[]))
  WITH CHECK (alongside_holder_of(person_id) = ANY ((SELECT alongside_writing_agencies())::bigint[]));
"""


FOR_AGENCY = "agency_id = ANY ((SELECT alongside_reading_agencies())::bigint[])"
FOR_USER = "user_id = alongside_user_id()"


class Migration(migrations.Migration):
    dependencies = [("access", "0002_initial"), ("people", "0001_initial")]

    operations = [
        migrations.RunSQL(rows.FUNCTIONS, rows.DROP_FUNCTIONS),
        migrations.RunSQL(
            rows.HIDDEN_PEOPLE + ADMINISTERED,
            "DROP VIEW access_hidden_people; DROP FUNCTION alongside_administered_agencies();"
            "DROP FUNCTION alongside_holder_of(bigint);",
        ),
        migrations.RunSQL(MEMBERSHIP, migrations.RunSQL.noop),
        migrations.RunSQL(
            "".join(
                sharing(table, who)
                for table, who in (
                    ("access_share", FOR_AGENCY),
                    ("access_shareevent", FOR_AGENCY),
                    ("access_namedaccess", FOR_USER),
                    ("access_namedaccessevent", FOR_USER),
                )
            ),
            migrations.RunSQL.noop,
        ),
    ]
