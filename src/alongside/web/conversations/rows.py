"""Row security of conversations, and the one narrow way in for somebody who has no account.

A carer's own conversation is another kind of information than a person's, so the kind is read from
the row. An invited person never acts as a user: three functions of the database do for the holder of
a private link or code exactly what the invitation allows, to exactly one view of one conversation.
"""

from __future__ import annotations

from django.db import migrations

from alongside.web.access.rows import Protection


class KindOfRow(Protection):
    """Protection whose kind of information stands in each row."""

    def seen(self) -> str:
        return (
            super().seen().replace(f"s.kind = '{self.kind}'", f"s.kind = {self.table}.information")
        )


class OfBothSides(KindOfRow):
    """Protection of a request: seen by the agency that asked and the one that is asked, not by a third."""

    def seen(self) -> str:
        mine = "ANY ((SELECT alongside_reading_agencies())::bigint[])"
        return f"{super().seen()} AND ({self.holder} = {mine} OR asked_agency_id = {mine})"


def protect_request(table: str) -> migrations.RunSQL:
    """Protect the table of requests for a part."""
    rule = OfBothSides(table, "by row")
    return migrations.RunSQL(rule.create_sql(), rule.drop_sql())


def protect(table: str, *, append_only: bool = False) -> migrations.RunSQL:
    """Protect one of the tables of a conversation."""
    rule = KindOfRow(table, "by row", append_only=append_only)
    return migrations.RunSQL(rule.create_sql(), rule.drop_sql())


# Agencies contribute under their own names: whoever sees a conversation sees each view in it, and
# nobody adds a view to a conversation that they cannot see.
VIEWS = """
CREATE POLICY seen_with_its_conversation ON conversations_contribution FOR SELECT USING (
  EXISTS (SELECT 1 FROM conversations_conversation c WHERE c.id = conversation_id)
);
CREATE POLICY added_to_one_that_is_seen ON conversations_contribution AS RESTRICTIVE
  FOR INSERT WITH CHECK (
    EXISTS (SELECT 1 FROM conversations_conversation c WHERE c.id = conversation_id)
  );
CREATE POLICY seen_with_its_view ON conversations_revision FOR SELECT USING (
  EXISTS (SELECT 1 FROM conversations_contribution c WHERE c.id = contribution_id)
);
"""
DROP_VIEWS = """
DROP POLICY seen_with_its_view ON conversations_revision;
DROP POLICY added_to_one_that_is_seen ON conversations_contribution;
DROP POLICY seen_with_its_conversation ON conversations_contribution;
"""

# What the holder of a key may see. After a death nobody is asked anything any more.
INVITED_TO = """
CREATE OR REPLACE FUNCTION conversations_invited(digest text)
RETURNS TABLE (
  invitation_id bigint, contribution_id bigint, instrument_id bigint, role text,
  greeting_name text, language text, draft jsonb, rejected jsonb, skipped jsonb, carried jsonb,
  versions jsonb, finished boolean, expires_at timestamptz
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  found_id bigint;
BEGIN
  SELECT i.id INTO found_id FROM conversations_invitation i
    JOIN conversations_conversation c ON c.id = i.conversation_id
   WHERE (i.link_digest = digest OR i.code_digest = digest)
     AND i.withdrawn_at IS NULL AND i.expires_at > statement_timestamp()
     AND c.state IN ('draft', 'completed')
     AND (c.state = 'draft' OR i.finished_at IS NOT NULL)
     AND NOT EXISTS (
       SELECT 1 FROM people_person p WHERE p.id = i.person_id AND p.died_on IS NOT NULL
     );
  IF found_id IS NULL THEN
    RETURN;
  END IF;
  UPDATE conversations_invitation SET opened_at = statement_timestamp()
   WHERE id = found_id AND opened_at IS NULL;
  RETURN QUERY
    SELECT i.id, b.id, c.instrument_id, b.role::text, i.greeting_name::text, i.language::text,
           CASE WHEN i.finished_at IS NULL THEN b.draft END,
           CASE WHEN i.finished_at IS NULL THEN b.rejected END,
           CASE WHEN i.finished_at IS NULL THEN b.skipped END,
           CASE WHEN i.finished_at IS NULL THEN b.carried END,
           CASE WHEN i.finished_at IS NULL THEN b.versions END,
           i.finished_at IS NOT NULL OR b.draft IS NULL, i.expires_at
      FROM conversations_invitation i
      JOIN conversations_contribution b ON b.id = i.contribution_id
      JOIN conversations_conversation c ON c.id = i.conversation_id
     WHERE i.id = found_id
       FOR UPDATE OF b;
END $$;
"""

_INVITED_DOES = """
CREATE FUNCTION conversations_invited_save(
  digest text, new_draft jsonb, new_rejected jsonb, new_skipped jsonb, new_carried jsonb,
  new_versions jsonb
) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  own record;
BEGIN
  SELECT * INTO own FROM conversations_invited(digest);
  IF own.contribution_id IS NULL OR own.finished
     OR new_draft ->> 'resourceType' IS DISTINCT FROM 'QuestionnaireResponse'
     OR octet_length(new_draft::text) + octet_length(new_rejected::text) > 2000000 THEN
    RETURN false;
  END IF;
  UPDATE conversations_contribution
     SET draft = new_draft, rejected = new_rejected, skipped = new_skipped, carried = new_carried,
         versions = new_versions, saved_at = statement_timestamp(), saved_by_id = NULL
   WHERE id = own.contribution_id;
  RETURN true;
END $$;

CREATE FUNCTION conversations_invited_finish(
  digest text, final jsonb, answered_how text, helped text
) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  own record;
  invited conversations_invitation;
BEGIN
  SELECT * INTO own FROM conversations_invited(digest);
  IF own.contribution_id IS NULL OR own.finished
     OR final ->> 'resourceType' IS DISTINCT FROM 'QuestionnaireResponse'
     OR octet_length(final::text) > 2000000
     OR answered_how NOT IN ('self', 'with_help', 'proxy_unpaid', 'proxy_paid') THEN
    RETURN false;
  END IF;
  UPDATE conversations_contribution
     SET response = final, draft = NULL, rejected = '{}', revision = 1,
         answered_by = answered_how, help_given = left(helped, 300),
         completed_at = statement_timestamp(), completed_by_id = NULL
   WHERE id = own.contribution_id;
  UPDATE conversations_invitation SET finished_at = statement_timestamp()
   WHERE id = own.invitation_id RETURNING * INTO invited;
  INSERT INTO people_workitem
    (person_id, for_user_id, kind, subject, subject_id, held_by_id, created_at, created_by_id)
    VALUES (invited.person_id, invited.created_by_id, 'came_back', 'conversation',
            invited.conversation_id, invited.held_by_id, statement_timestamp(), NULL);
  INSERT INTO audit_event (user_id, person_id, held_by_id, at, act, facts)
    VALUES (invited.created_by_id, invited.person_id, invited.held_by_id, statement_timestamp(),
            'conversations.answered_by_invitation', jsonb_build_object(
              'conversation', invited.conversation_id, 'invitation', invited.id));
  RETURN true;
END $$;
"""
INVITED = f"{INVITED_TO}\n{_INVITED_DOES}"
DROP_INVITED = """
DROP FUNCTION conversations_invited_finish(text, jsonb, text, text);
DROP FUNCTION conversations_invited_save(text, jsonb, jsonb, jsonb, jsonb, jsonb);
DROP FUNCTION conversations_invited(text);
"""

# What came of a request is written by the agency that was asked, and read by both sides.
PARTS = """
ALTER TABLE conversations_partanswer ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON conversations_partanswer FOR SELECT USING (
  held_by_id = ANY ((SELECT alongside_reading_agencies())::bigint[])
  AND NOT EXISTS (SELECT 1 FROM access_hidden_people WHERE hidden_id = person_id)
);
CREATE POLICY seen_with_its_request ON conversations_partanswer FOR SELECT USING (
  EXISTS (SELECT 1 FROM conversations_partrequest r WHERE r.id = request_id)
);
CREATE POLICY added ON conversations_partanswer FOR INSERT WITH CHECK (
  held_by_id = ANY ((SELECT alongside_writing_agencies())::bigint[])
  AND EXISTS (
    SELECT 1 FROM conversations_partrequest r
     WHERE r.id = request_id AND r.asked_user_id = alongside_user_id()
       AND r.asked_agency_id = conversations_partanswer.held_by_id
       AND r.person_id = conversations_partanswer.person_id
  )
);
CREATE POLICY answers_its_own_request ON conversations_contribution AS RESTRICTIVE
  FOR INSERT WITH CHECK (
    request_id IS NULL OR EXISTS (
      SELECT 1 FROM conversations_partrequest r
       WHERE r.id = request_id
         AND r.asked_agency_id = conversations_contribution.held_by_id
         AND r.conversation_id = conversations_contribution.conversation_id
    )
  );
"""
DROP_PARTS = """
DROP POLICY answers_its_own_request ON conversations_contribution;
DROP POLICY added ON conversations_partanswer;
DROP POLICY seen_with_its_request ON conversations_partanswer;
DROP POLICY seen ON conversations_partanswer;
ALTER TABLE conversations_partanswer DISABLE ROW LEVEL SECURITY;
"""

# Work may be for somebody of another agency, about a person whom they see: it is theirs to finish.
OWN_WORK = """
CREATE POLICY own_work ON people_workitem FOR SELECT USING (
  for_user_id = alongside_user_id()
  AND EXISTS (SELECT 1 FROM people_person p WHERE p.id = person_id)
);
CREATE POLICY own_work_done ON people_workitem FOR UPDATE
  USING (for_user_id = alongside_user_id()) WITH CHECK (for_user_id = alongside_user_id());
"""
DROP_OWN_WORK = """
DROP POLICY own_work_done ON people_workitem;
DROP POLICY own_work ON people_workitem;
"""

# Who belongs to another agency is not for everybody to list: only those who may see this very
# conversation are named, and only to somebody who may write in it.
COLLEAGUES = """
CREATE FUNCTION conversations_colleagues(conversation bigint)
RETURNS TABLE (user_id bigint, name text, agency_id bigint, agency text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT ON (a.name, u.name, u.id) u.id, u.name::text, a.id, a.name::text
    FROM conversations_conversation c
    JOIN people_person p ON p.id = c.person_id
    JOIN access_share k ON k.person_id = c.person_id AND k.kind = c.information
    JOIN access_share i ON i.person_id = c.person_id AND i.kind = 'identity'
                       AND i.agency_id = k.agency_id
    JOIN access_agency a ON a.id = k.agency_id AND a.id <> c.held_by_id
    JOIN access_membership m ON m.agency_id = a.id AND m.ended_at IS NULL AND NOT m.read_only
                            AND m.role IN ('practitioner', 'manager')
    JOIN accounts_user u ON u.id = m.user_id AND u.is_active
   WHERE c.id = conversation
     AND c.held_by_id = ANY (alongside_writing_agencies())
     AND NOT EXISTS (SELECT 1 FROM access_hidden_people WHERE hidden_id = c.person_id)
     AND k.since <= statement_timestamp() AND (k.until IS NULL OR k.until > statement_timestamp())
     AND i.since <= statement_timestamp() AND (i.until IS NULL OR i.until > statement_timestamp())
     AND (NOT p.restricted OR EXISTS (
       SELECT 1 FROM access_namedaccess n WHERE n.person_id = p.id AND n.user_id = u.id
     ))
   ORDER BY a.name, u.name, u.id
$$;
"""
DROP_COLLEAGUES = "DROP FUNCTION conversations_colleagues(bigint);"

# Whoever answers by an invitation leaves parts out too: what stands says so.
STANDING_SKIPS = """
UPDATE conversations_contribution SET standing_skipped = skipped WHERE response IS NOT NULL;
"""
FINISH = INVITED[INVITED.index("CREATE FUNCTION conversations_invited_finish") :]
BEFORE_SKIPS = FINISH.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
INVITED_SKIPS = BEFORE_SKIPS.replace("revision = 1,", "revision = 1, standing_skipped = skipped,")

# What was typed and is no answer, and what was only carried forward, stand beside the answers.
FINISH_WHOLE = (
    INVITED_SKIPS.replace(
        "digest text, final jsonb, answered_how",
        "digest text, final jsonb, marks jsonb, kept jsonb, answered_how",
    )
    .replace(
        "standing_skipped = skipped,",
        "standing_skipped = skipped, carried = marks, standing_carried = marks, kept_aside = kept,",
    )
    .replace(
        "octet_length(final::text) >",
        "octet_length(final::text) + octet_length(marks::text) + octet_length(kept::text) >",
    )
)
BEFORE_KEPT_ASIDE = FINISH_WHOLE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
# What was kept when the conversation was set aside stays when its answers are handed in.
FINISH_AND_KEEP = BEFORE_KEPT_ASIDE.replace(
    "kept_aside = kept,", "kept_aside = kept_aside || kept,"
)
DROP_FINISH = "DROP FUNCTION conversations_invited_finish(text, jsonb, text, text);"
DROP_FINISH_WHOLE = (
    "DROP FUNCTION conversations_invited_finish(text, jsonb, jsonb, jsonb, text, text);"
)

# Wording that an agency has loaded for itself may be licensed to it alone: others see it only where
# they see a conversation that was held with it.
OWN_FORMS = """
ALTER TABLE conversations_instrumentversion ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON conversations_instrumentversion FOR SELECT USING (
  agency_id IS NULL
  OR agency_id = ANY ((SELECT alongside_own_agencies())::bigint[])
  OR EXISTS (
    SELECT 1 FROM conversations_conversation c
     WHERE c.instrument_id = conversations_instrumentversion.id
  )
);
"""
DROP_OWN_FORMS = """
DROP POLICY seen ON conversations_instrumentversion;
ALTER TABLE conversations_instrumentversion DISABLE ROW LEVEL SECURITY;
"""

# Whoever was invited reads the form that they were asked, also where it is an agency's own.
INVITED_FORM = """
CREATE FUNCTION conversations_invited_form(digest text) RETURNS SETOF conversations_instrumentversion
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT v.* FROM conversations_instrumentversion v
     WHERE v.id = (SELECT i.instrument_id FROM conversations_invited(conversations_invited_form.digest) i);
END $$;
"""
DROP_INVITED_FORM = "DROP FUNCTION conversations_invited_form(text);"

# Until now a mark went when its page was saved: those that are left were never looked at.
STANDING_MARKS = """
UPDATE conversations_contribution SET standing_carried = carried WHERE response IS NOT NULL;
"""
