-- What a center last said of another one, and what it counts for here.
CREATE TABLE alarm (
    issuer BLOB NOT NULL,
    accused BLOB NOT NULL,
    cause INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    node BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    signature BLOB NOT NULL,
    -- On whose word, since when by our clock, and whether it may keep the accused out.
    voice BLOB NOT NULL,
    since INTEGER NOT NULL,
    counts INTEGER NOT NULL,
    PRIMARY KEY (issuer, accused)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 2;
