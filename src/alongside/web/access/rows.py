"""Row security: which rows the database shows, whatever the code above it asks for.

Every table that says anything about a person is protected by :func:`protect` in the migration that
makes it. The application tells the database one thing, who is acting; the functions made by
:data:`FUNCTIONS` work out the rest from memberships. With nobody acting, nothing is seen.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import migrations

SETTING = "alongside.user_id"

FUNCTIONS = """
CREATE FUNCTION alongside_user_id() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('alongside.user_id', true), '')::bigint;

CREATE FUNCTION alongside_reading_agencies() RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public
RETURN (
  SELECT coalesce(array_agg(DISTINCT agency_id), '{}') FROM access_membership
  WHERE user_id = alongside_user_id() AND ended_at IS NULL
    AND role IN ('practitioner', 'manager', 'governance')
);

CREATE FUNCTION alongside_writing_agencies() RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public
RETURN (
  SELECT coalesce(array_agg(DISTINCT agency_id), '{}') FROM access_membership
  WHERE user_id = alongside_user_id() AND ended_at IS NULL AND NOT read_only
    AND role IN ('practitioner', 'manager')
);

CREATE FUNCTION alongside_own_agencies() RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public
RETURN (
  SELECT coalesce(array_agg(DISTINCT agency_id), '{}') FROM access_membership
  WHERE user_id = alongside_user_id() AND ended_at IS NULL
);
"""

# Whose restricted records the acting user is not named for. It is a view, so that PostgreSQL looks up
# each of a few rows in an index, and for many rows makes the list once. As a join nobody can write through it.
HIDDEN_PEOPLE = """
CREATE OR REPLACE VIEW access_hidden_people AS
  SELECT p.id AS hidden_id
    FROM people_person p
    LEFT JOIN access_namedaccess n ON n.person_id = p.id AND n.user_id = alongside_user_id()
   WHERE p.restricted AND n.id IS NULL;
"""

DROP_FUNCTIONS = """
DROP FUNCTION alongside_own_agencies();
DROP FUNCTION alongside_writing_agencies();
DROP FUNCTION alongside_reading_agencies();
DROP FUNCTION alongside_user_id();
"""


@dataclass(frozen=True)
class Protection:
    """The rule that one table's rows are seen and written by."""

    table: str
    kind: str
    person: str = "person_id"
    holder: str = "held_by_id"
    append_only: bool = False

    def seen(self) -> str:
        """Own agency's rows, or rows another agency shares; never a restricted record's unless named."""
        return f"""(
            {self.holder} = ANY ((SELECT alongside_reading_agencies())::bigint[])
            OR EXISTS (
                SELECT 1 FROM access_share s
                WHERE s.person_id = {self.table}.{self.person} AND s.kind = '{self.kind}'
                  AND s.agency_id = ANY ((SELECT alongside_reading_agencies())::bigint[])
                  AND s.since <= statement_timestamp()
                  AND (s.until IS NULL OR s.until > statement_timestamp())
            )
        ) AND NOT EXISTS (
            SELECT 1 FROM access_hidden_people WHERE hidden_id = {self.table}.{self.person}
        )"""  # noqa: S608 - built from names in migrations, never from input

    def written(self) -> str:
        """Only rows that the acting user's own agency holds."""
        return f"{self.holder} = ANY ((SELECT alongside_writing_agencies())::bigint[])"

    def create_sql(self) -> str:
        parts = [
            f"ALTER TABLE {self.table} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY seen ON {self.table} FOR SELECT USING ({self.seen()})",
            f"CREATE POLICY added ON {self.table} FOR INSERT WITH CHECK ({self.written()})",
        ]
        if not self.append_only:
            parts.append(
                f"CREATE POLICY changed ON {self.table} FOR UPDATE "
                f"USING ({self.seen()}) WITH CHECK ({self.written()})"
            )
        return ";\n".join(parts) + ";"

    def drop_sql(self) -> str:
        names = ["seen", "added"] + ([] if self.append_only else ["changed"])
        drops = [f"DROP POLICY {name} ON {self.table}" for name in names]
        return ";\n".join([*drops, f"ALTER TABLE {self.table} DISABLE ROW LEVEL SECURITY"]) + ";"


def protect(
    table: str,
    kind: str,
    *,
    person: str = "person_id",
    holder: str = "held_by_id",
    append_only: bool = False,
) -> migrations.RunSQL:
    """Protect a table of rows about people: for the ``operations`` of the migration that makes it.

    ``kind`` is one of :class:`alongside.web.access.models.Kind`; ``person`` and ``holder`` name the
    columns with the person and with the agency that holds the record.
    """
    rule = Protection(table, kind, person, holder, append_only)
    return migrations.RunSQL(rule.create_sql(), rule.drop_sql())


def own_rows(table: str, column: str = "user_id") -> migrations.RunSQL:
    """Protect a table whose rows belong to one user alone, such as drafts."""
    mine = f"{column} = alongside_user_id()"
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON {table} USING ({mine}) WITH CHECK ({mine});
        """,
        f"DROP POLICY own ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


# Tables that say nothing about people who use services, each with the reason it needs no row security.
OPEN_TABLES = {
    "access_agency": "names of organisations are public",
    "access_team": "names of teams are not personal",
    "accounts_user": "must be read before anybody is signed in; holds staff names, no records",
    "account_emailaddress": "the sign-in library's own; always empty",
    "account_emailconfirmation": "the sign-in library's own",
    "mfa_authenticator": "the sign-in library's own; secrets are staff's",
    "socialaccount_socialaccount": "the sign-in library's own",
    "socialaccount_socialapp": "the sign-in library's own",
    "socialaccount_socialtoken": "the sign-in library's own",
    "auth_group": "unused: what a user may do comes from memberships",
    "auth_group_permissions": "unused",
    "auth_permission": "names of models",
    "django_content_type": "names of models",
    "django_migrations": "the shape of the database",
    "django_session": "must be read before anybody is signed in; holds no records",
    "alongside_cache": "counters for rate limits",
    "pghistory_context": "which user and page made a change; the changed rows are protected themselves",
    "procrastinate_jobs": "arguments are row numbers; whoever runs the job acts as a named user",
    "procrastinate_events": "times of jobs",
    "procrastinate_periodic_defers": "times of jobs",
    "procrastinate_workers": "heartbeats of workers",
}
# The application may only read these: they are changed by commands that connect as the owner.
READ_ONLY_TABLES = (
    "access_agency",
    "access_hidden_people",
    "access_team",
    "conversations_instrumentversion",
    "django_migrations",
    "django_content_type",
)
# The application may add to these and never change or remove what is there.
APPEND_ONLY_TABLES = (
    "audit_event",
    "audit_view",
    "conversations_revision",
    "conversations_partanswer",
)
