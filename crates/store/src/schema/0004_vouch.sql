-- Whom centers have added, as a node of each has last signed it. Whom we accept follows from these: what
-- was kept of who introduced whom counts no more.
CREATE TABLE vouch (
    issuer BLOB NOT NULL,
    node BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    -- Eight bytes, the highest first.
    number BLOB NOT NULL,
    -- 32 bytes each.
    centers BLOB NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (issuer, node)
) STRICT, WITHOUT ROWID;

UPDATE certificate SET vouchers = x'';

PRAGMA user_version = 4;
