"""A relationship that is kept hidden is seen only in the agency that holds it, and so is its history."""

from django.db import migrations

OWN = "held_by_id = ANY ((SELECT alongside_reading_agencies())::bigint[])"
HIDDEN = f"""
CREATE POLICY kept_hidden ON people_relationship AS RESTRICTIVE FOR SELECT
  USING (NOT hidden OR {OWN});
CREATE POLICY kept_hidden ON people_relationshipevent AS RESTRICTIVE FOR SELECT USING (
  {OWN} OR EXISTS (SELECT 1 FROM people_relationship now WHERE now.id = pgh_obj_id)
);
"""
SHOWN = """
DROP POLICY kept_hidden ON people_relationshipevent;
DROP POLICY kept_hidden ON people_relationship;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_relationships_and_deaths")]

    operations = [migrations.RunSQL(HIDDEN, SHOWN)]
