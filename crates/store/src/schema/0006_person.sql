-- Who may come in by the pages. Passphrase and one-time codes are kept nowhere, only what tells them.
CREATE TABLE person (
    -- The name without case: what differs by that only is one person.
    folded TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    -- A tag; empty when they have chosen none.
    language TEXT NOT NULL,
    added INTEGER NOT NULL,
    -- Day since 1970-01-01: when somebody was at work is nobody's business.
    last_login INTEGER,
    -- Grows with each change of role, passphrase or second factor: sessions of an earlier one are over.
    edition INTEGER NOT NULL,
    -- SHA-256 of the one-time code, and until when it counts.
    invitation BLOB UNIQUE,
    invited_until INTEGER,
    -- Argon2id, in the form of the Password Hashing Competition.
    passphrase TEXT,
    -- The secret of the second factor, and the last of its steps that was used: each counts once.
    factor BLOB,
    step INTEGER NOT NULL,
    -- SHA-256 of each recovery code that was not used, 32 bytes each.
    recovery BLOB NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 6;
