-- With which epoch a center knocked that has a later one; 0 when it knocked because nobody has added it.
ALTER TABLE pending ADD COLUMN old_epoch INTEGER NOT NULL DEFAULT 0;

PRAGMA user_version = 3;
