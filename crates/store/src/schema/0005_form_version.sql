-- A form begins with a byte that says how it is kept, so that the next release that keeps more of a change
-- need not guess. What is put together is a text to SQLite, but no byte of a blob is changed by it.
UPDATE change SET form = CAST(x'01' || form AS BLOB);

PRAGMA user_version = 5;
