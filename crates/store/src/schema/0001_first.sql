-- Long names are kept once and referred to by number.
CREATE TABLE circle (number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE) STRICT;
CREATE TABLE center (number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE) STRICT;
CREATE TABLE author (
    number INTEGER PRIMARY KEY,
    center INTEGER NOT NULL REFERENCES center (number),
    node BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    writer BLOB NOT NULL,
    UNIQUE (center, node, epoch, writer)
) STRICT;

-- One row per record that was ever held, also of erased ones: they must stay erased.
-- Narrow on purpose: all of it is read when the database is opened.
CREATE TABLE record (
    number INTEGER PRIMARY KEY,
    circle INTEGER NOT NULL,
    id BLOB NOT NULL,
    steward INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    version BLOB NOT NULL,
    erased INTEGER NOT NULL,
    left_out INTEGER NOT NULL,
    -- Position of the last change; 0 when none was added.
    position INTEGER NOT NULL,
    -- What searches compare, see listing.rs; NULL when nothing is shown.
    listing BLOB
) STRICT;
CREATE UNIQUE INDEX record_key ON record (id, circle, steward, kind);
CREATE INDEX record_erased ON record (kind) WHERE erased = 1;

-- What a record says, without its document.
CREATE TABLE shown (record INTEGER PRIMARY KEY, fields BLOB NOT NULL) STRICT;

-- The local log. Bodies lie in the order in which they came; a position is never used again.
CREATE TABLE change (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    record INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    hash BLOB NOT NULL,
    author INTEGER NOT NULL,
    -- The peer that it came from; NULL when it was made here.
    source INTEGER,
    form BLOB NOT NULL,
    signature BLOB NOT NULL,
    -- The chunk; NULL for a tombstone.
    body BLOB
) STRICT;
CREATE UNIQUE INDEX change_hash ON change (record, hash);

CREATE TABLE snapshot (
    record INTEGER PRIMARY KEY,
    covers INTEGER NOT NULL,
    -- Name of the last change that it covers.
    last BLOB NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

-- Words only, no copy of what was indexed. Columns, not places, are kept per word.
CREATE VIRTUAL TABLE search USING fts5 (
    title, text, sounds,
    content = '', columnsize = 0, detail = column, tokenize = 'ascii'
);
-- Segments are merged when nobody waits.
INSERT INTO search (search, rank) VALUES ('automerge', 0);

-- Who this node is: one row at most.
CREATE TABLE identity (
    number INTEGER PRIMARY KEY CHECK (number = 1),
    node_key BLOB NOT NULL,
    node_certificate BLOB NOT NULL,
    center_certificate BLOB NOT NULL
) STRICT;

-- Certificates of nodes, ours and those that were introduced to us.
CREATE TABLE certificate (
    center BLOB NOT NULL,
    node BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    center_certificate BLOB NOT NULL,
    node_certificate BLOB NOT NULL,
    vouchers BLOB NOT NULL,
    first_seen INTEGER NOT NULL,
    PRIMARY KEY (center, node, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE peer (
    center BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    state INTEGER NOT NULL,
    addresses BLOB NOT NULL,
    added_at INTEGER NOT NULL,
    last_contact INTEGER,
    epoch INTEGER NOT NULL,
    earlier INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Centers that knocked and that nobody has added.
CREATE TABLE pending (
    center BLOB PRIMARY KEY,
    certificate BLOB NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Up to where each node of a peer has acknowledged our log.
CREATE TABLE checkpoint (
    node BLOB PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Access to the local API. The token itself is kept nowhere.
CREATE TABLE token (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    digest BLOB NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    -- Day since 1970-01-01: when somebody was at work is nobody's business.
    last_used INTEGER
) STRICT, WITHOUT ROWID;

-- Changes that were refused, or that are held and left out of the document.
CREATE TABLE quarantine (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL,
    circle BLOB NOT NULL,
    id BLOB NOT NULL,
    steward BLOB NOT NULL,
    kind INTEGER NOT NULL,
    author BLOB NOT NULL,
    code TEXT NOT NULL,
    sentence TEXT NOT NULL,
    source BLOB,
    time INTEGER NOT NULL,
    held INTEGER NOT NULL,
    weight INTEGER NOT NULL,
    bytes BLOB
) STRICT;
CREATE UNIQUE INDEX quarantine_hash ON quarantine (hash, id, circle, steward, kind);
CREATE INDEX quarantine_record ON quarantine (id, circle, steward, kind);
CREATE INDEX quarantine_weight ON quarantine (number, weight);

-- Which row of an imported file became which record.
CREATE TABLE import_map (
    source TEXT NOT NULL,
    external TEXT NOT NULL,
    circle BLOB NOT NULL,
    id BLOB NOT NULL,
    steward BLOB NOT NULL,
    kind INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (source, external)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL
) STRICT;

CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

PRAGMA user_version = 1;
