"""What is there already: a plan that a review asked for is named by that review, no longer by the person."""

from django.db import migrations

NAMED_BY_ITS_REVIEW = """
UPDATE people_workitem w SET subject_id = (
    SELECT r.id FROM reviews_review r
     WHERE r.person_id = w.person_id AND r.state = 'held' AND r.next = 'change'
     ORDER BY r.closed_at <= w.created_at DESC, r.closed_at DESC LIMIT 1)
 WHERE subject = 'plan.write';
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_row_security"), ("people", "0007_kept_by_the_database")]

    operations = [migrations.RunSQL(NAMED_BY_ITS_REVIEW, migrations.RunSQL.noop)]
