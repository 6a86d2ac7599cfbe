"""What is there already: a plan that holds until another starts names it.

A plan that is ended by hand has a last day that has come, so one whose last day came after it was ended was ended
for the plan that follows it: that starts on the day after, or is being changed. Once, a day to come could be set by
hand as well; what starts some days after that does not follow.
"""

from django.db import migrations

NAMED = """
UPDATE plans_plan p SET followed_by_id = (
    SELECT f.id FROM plans_plan f
     WHERE f.person_id = p.person_id AND f.since > p.until
       AND (f.since = p.until + 1 OR f.state IN ('draft', 'submitted', 'returned'))
       AND EXISTS (SELECT 1 FROM plans_planmove m WHERE m.plan_id = f.id AND m.act = 'agree')
       AND NOT (f.state = 'ended' AND f.until IS NULL)
     ORDER BY f.since, f.id LIMIT 1)
 WHERE p.state = 'ended' AND p.until >= current_date AND p.until > (
    SELECT max(m.at)::date FROM plans_planmove m WHERE m.plan_id = p.id AND m.act = 'end');
"""


class Migration(migrations.Migration):
    dependencies = [("plans", "0006_followed_by")]

    operations = [migrations.RunSQL(NAMED, migrations.RunSQL.noop)]
