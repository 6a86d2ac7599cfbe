"""What is there already: a plan that holds until another starts names it.

A plan that is ended by hand has a last day that has come, so one whose last day came after it was ended was ended
for the plan that follows it: that starts on the day after, or is being changed. So was one that ended as whoever
agreed the next did so, on the eve of its start. Once, a day to come could be set by hand as well; what starts some
days after that does not follow.
"""

from django.conf import settings
from django.db import migrations

# Days are those of the place, as everywhere: the database's own are those of Greenwich.
TODAY = f"(now() AT TIME ZONE '{settings.TIME_ZONE}')::date"

NAMED = f"""
UPDATE plans_plan p SET followed_by_id = (
    SELECT f.id FROM plans_plan f
     WHERE f.person_id = p.person_id AND f.since > p.until
       AND (f.since = p.until + 1 OR f.state IN ('draft', 'submitted', 'returned'))
       AND EXISTS (SELECT 1 FROM plans_planmove m WHERE m.plan_id = f.id AND m.act = 'agree')
       AND NOT (f.state = 'ended' AND f.until IS NULL)
     ORDER BY f.since, f.id LIMIT 1)
 WHERE p.state = 'ended' AND p.until >= {TODAY} AND EXISTS (
    SELECT 1 FROM plans_planmove e
     WHERE e.plan_id = p.id AND e.act = 'end'
       AND e.at = (SELECT max(m.at) FROM plans_planmove m WHERE m.plan_id = p.id AND m.act = 'end')
       AND (p.until > (e.at AT TIME ZONE '{settings.TIME_ZONE}')::date OR EXISTS (
        SELECT 1 FROM plans_planmove a JOIN plans_plan f ON f.id = a.plan_id
         WHERE f.person_id = p.person_id AND f.since = p.until + 1 AND a.act = 'agree'
           AND a.created_by_id = e.created_by_id AND a.at BETWEEN e.at AND e.at + interval '10 seconds')));
"""


class Migration(migrations.Migration):
    dependencies = [("plans", "0006_followed_by")]

    operations = [migrations.RunSQL(NAMED, migrations.RunSQL.noop)]
