"""What is there already: one number of each kind is kept, and people are found by as much as is known of their birth.

Of several numbers of one kind the one that was added last is kept, since a wrong one could only be followed by the
right one. The others are taken out with that reason, and the page of the person shows them.
"""

from django.db import migrations

ONE_OF_A_KIND = """
UPDATE people_identifier i SET taken_out_at = now(), because = 'second', version = version + 1
 WHERE taken_out_at IS NULL AND EXISTS (
   SELECT 1 FROM people_identifier later
    WHERE later.person_id = i.person_id AND later.held_by_id = i.held_by_id
      AND later.scheme = i.scheme AND later.id > i.id AND later.taken_out_at IS NULL);
DELETE FROM people_lookupentry l
 WHERE kind = 'number' AND NOT EXISTS (
   SELECT 1 FROM people_identifier i
    WHERE i.person_id = l.person_id AND i.value = l.key AND i.taken_out_at IS NULL);
"""
BORN = """
UPDATE people_lookupentry l
   SET key = left(l.key, CASE p.born_precision WHEN 'month' THEN 7 ELSE 4 END)
  FROM people_person p
 WHERE p.id = l.person_id AND l.kind = 'born' AND p.born_precision <> 'day';
UPDATE people_lookupentry l SET year = extract(year FROM p.born_on)
  FROM people_person p
 WHERE p.id = l.person_id AND l.kind = 'name' AND p.born_on IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0005_mended_numbers")]

    operations = [
        migrations.RunSQL(ONE_OF_A_KIND, migrations.RunSQL.noop),
        migrations.RunSQL(BORN, migrations.RunSQL.noop),
    ]
