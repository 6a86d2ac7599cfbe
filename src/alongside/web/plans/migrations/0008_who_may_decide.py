"""What waits for a manager who may not decide it any more waits for another.

Who changed any part of a plan does not decide on it, and what is paid once counts against a limit: managers were
once asked whom these rules do not let decide, or who may not open a restricted record. Where nobody else may
either, the plan's page says so.
"""

from django.db import migrations

WRITERS = """
    SELECT unnest(ARRAY[p.created_by_id, p.submitted_by_id])
    UNION ALL SELECT created_by_id FROM plans_planmove WHERE plan_id = p.id AND act = 'submit'
    UNION ALL SELECT created_by_id FROM plans_planoutcome WHERE plan_id = p.id
    UNION ALL SELECT created_by_id FROM plans_planline WHERE plan_id = p.id
    UNION ALL SELECT created_by_id FROM plans_planneed WHERE plan_id = p.id
    UNION ALL SELECT created_by_id FROM plans_planrisk WHERE plan_id = p.id
    UNION ALL SELECT user_id FROM audit_event
     WHERE person_id = p.person_id AND facts @> jsonb_build_object('plan', p.id) AND act IN (
        'plans.start_plan', 'plans.change_plan', 'plans.add_outcome', 'plans.change_outcome', 'plans.add_line',
        'plans.change_line', 'plans.add_risk', 'plans.change_risk', 'plans.set_needs', 'plans.leave_out')
"""

MANAGERS = f"""
    FROM access_membership m JOIN accounts_user u ON u.id = m.user_id
   WHERE m.agency_id = p.held_by_id AND m.role = 'manager' AND NOT m.read_only AND m.ended_at IS NULL
     AND u.is_active AND m.may_agree_up_to >= p.weekly + round(p.one_off / 52, 2)
     AND (NOT (SELECT restricted FROM people_person WHERE id = p.person_id) OR EXISTS (
        SELECT 1 FROM access_namedaccess n WHERE n.person_id = p.person_id AND n.user_id = m.user_id))
     AND NOT EXISTS (SELECT 1 FROM ({WRITERS}) AS wrote (user_id) WHERE wrote.user_id = m.user_id)
"""


def ask_others(waits: str, table: str, asked: str, subject: str) -> str:
    """Say it of one kind of waiting: ``waits`` gives each with its plan, who is asked, and who else may not decide."""
    return f"""
WITH waiting AS ({waits}), others AS (
    SELECT w.id, p.id AS plan_id, (
        SELECT m.user_id {MANAGERS} AND m.user_id <> ALL (w.nor_these)
         ORDER BY coalesce(m.team_id IN (
                SELECT a.team_id FROM access_membership a
                 WHERE a.user_id = w.asked_by AND a.agency_id = p.held_by_id AND a.ended_at IS NULL), false) DESC,
            m.may_agree_up_to, m.id LIMIT 1) AS other
      FROM waiting w JOIN plans_plan p ON p.id = w.plan_id
     WHERE NOT EXISTS (SELECT 1 {MANAGERS} AND m.user_id = w.asked)
), moved AS (
    UPDATE {table} t SET {asked} = o.other FROM others o WHERE t.id = o.id AND o.other IS NOT NULL
    RETURNING o.plan_id, o.other
)
UPDATE people_workitem w SET for_user_id = moved.other FROM moved
 WHERE w.subject = '{subject}' AND w.subject_id = moved.plan_id AND (w.done_at IS NULL OR w.stopped_by_death);
"""


OTHERS = [
    ask_others(
        "SELECT id, plan_id, decider_id AS asked, created_by_id AS asked_by,"
        " array_remove(ARRAY[first_decided_by_id, created_by_id], NULL) AS nor_these"
        " FROM plans_planchallenge WHERE finding = ''",
        "plans_planchallenge",
        "decider_id",
        "plan.challenge",
    ),
    ask_others(
        "SELECT id, id AS plan_id, waits_for_id AS asked, submitted_by_id AS asked_by, '{}'::bigint[] AS nor_these"
        " FROM plans_plan WHERE state = 'submitted'",
        "plans_plan",
        "waits_for_id",
        "plan.agree",
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0007_who_follows"),
        ("access", "0004_hidden_people"),
        ("audit", "0004_read_as_a_list"),
        ("people", "0007_kept_by_the_database"),
    ]

    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in OTHERS]
