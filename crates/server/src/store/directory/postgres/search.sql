-- Finds the users with a trigram in either text (https://www.postgresql.org/docs/15/pgtrgm.html), by `LIKE` on the same
-- expression. They are candidates only: the query compares each text again, because the current user may not see the name.
-- No text contains the line break between them, so no word matches across both.
CREATE INDEX IF NOT EXISTS search_texts_trigrams ON search_texts
USING gin ((name || chr(10) || email) gin_trgm_ops);
