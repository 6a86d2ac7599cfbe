"""Row security of the files among answers, and the way to them for somebody who answers by a link.

A file is seen by whoever sees the view that it is an answer of. It is added by the agency that writes the
view, never changed, and removed only by that agency.
"""

from __future__ import annotations

MOST_BYTES = 25_000_000
MOST_BYTES_OF_A_VIEW = 100_000_000

FILES = """
CREATE POLICY seen_with_its_view ON conversations_answerfile FOR SELECT USING (
  EXISTS (SELECT 1 FROM conversations_contribution c WHERE c.id = contribution_id)
);
CREATE POLICY added_to_ones_own_view ON conversations_answerfile AS RESTRICTIVE
  FOR INSERT WITH CHECK (
    EXISTS (
      SELECT 1 FROM conversations_contribution c
       WHERE c.id = contribution_id
         AND c.held_by_id = conversations_answerfile.held_by_id
         AND c.person_id = conversations_answerfile.person_id
         AND c.information = conversations_answerfile.information
    )
  );
CREATE POLICY removed ON conversations_answerfile FOR DELETE USING (
  held_by_id = ANY ((SELECT alongside_writing_agencies())::bigint[])
);
"""
DROP_FILES = """
DROP POLICY removed ON conversations_answerfile;
DROP POLICY added_to_ones_own_view ON conversations_answerfile;
DROP POLICY seen_with_its_view ON conversations_answerfile;
"""

# What the holder of a link or a code may do with files: only with those of their own view, and only
# until it is handed in.
INVITED_FILES = """
CREATE FUNCTION conversations_invited_keep_file(
  digest text, new_key uuid, named text, kind text, hashed text, bytes bytea
) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  own record;
BEGIN
  SELECT * INTO own FROM conversations_invited(digest);
  IF own.contribution_id IS NULL OR own.finished
     OR octet_length(bytes) NOT BETWEEN 1 AND 25000000
     OR octet_length(bytes) + (
          SELECT coalesce(sum(size), 0) FROM conversations_answerfile
           WHERE contribution_id = own.contribution_id
        ) > 100000000 THEN
    RETURN false;
  END IF;
  INSERT INTO conversations_answerfile
    (key, contribution_id, person_id, information, held_by_id, created_at, created_by_id,
     title, content_type, size, hash, content)
    SELECT new_key, c.id, c.person_id, c.information, c.held_by_id, statement_timestamp(), NULL,
           left(named, 200), left(kind, 200), octet_length(bytes), left(hashed, 40), bytes
      FROM conversations_contribution c WHERE c.id = own.contribution_id;
  RETURN true;
END $$;

CREATE FUNCTION conversations_invited_file(digest text, wanted uuid)
RETURNS TABLE (title text, content_type text, content bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  own record;
BEGIN
  SELECT * INTO own FROM conversations_invited(digest);
  IF own.contribution_id IS NULL OR own.finished THEN
    RETURN;
  END IF;
  RETURN QUERY
    SELECT f.title::text, f.content_type::text, f.content FROM conversations_answerfile f
     WHERE f.contribution_id = own.contribution_id AND f.key = wanted;
END $$;

CREATE FUNCTION conversations_invited_let_go(digest text, gone uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  own record;
BEGIN
  SELECT * INTO own FROM conversations_invited(digest);
  IF own.contribution_id IS NULL OR own.finished THEN
    RETURN;
  END IF;
  DELETE FROM conversations_answerfile f
   WHERE f.contribution_id = own.contribution_id AND f.key = ANY (gone)
     AND position(f.key::text IN own.draft::text) = 0;
END $$;
"""
DROP_INVITED_FILES = """
DROP FUNCTION conversations_invited_let_go(text, uuid[]);
DROP FUNCTION conversations_invited_file(text, uuid);
DROP FUNCTION conversations_invited_keep_file(text, uuid, text, text, text, bytea);
"""
