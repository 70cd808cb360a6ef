//! Every size that a wire may carry, in one place.

/// Largest message between nodes, in bytes. A frame of changes stays far below it.
pub const PEER_MESSAGE: usize = 512 * 1024;
/// Bytes of changes that a frame aims at, before compression.
pub const CHANGES_TARGET: usize = 256 * 1024;
/// Most bytes that a frame of changes may take when it is decompressed.
pub const CHANGES_UNPACKED: usize = 1024 * 1024;
/// Most changes in one frame.
pub const CHANGES_PER_FRAME: usize = 4_096;
/// Most authors in one frame of changes: a node of each center, under some epochs, in many runs.
pub const AUTHORS_PER_FRAME: usize = 4_096;
/// Most introductions in one frame of a roster.
pub const INTRODUCTIONS: usize = 256;
/// Largest certificate, in bytes of DER.
pub const CERTIFICATE: usize = 2 * 1024;
/// Most ranges in one frame.
pub const RANGES_PER_FRAME: usize = 16 * 1024;
/// Most items in all ranges of one frame.
pub const ITEMS_PER_FRAME: usize = 16 * 1024;
/// Most records in one announcement.
pub const ANNOUNCED_PER_FRAME: usize = 4_096;
/// Most identifiers in one frame of heads.
pub const HEADS_PER_FRAME: usize = 1_024;
/// Most records of one identifier, and most heads of one record.
pub const HEADS_PER_RECORD: usize = 64;
/// Most statements of whom centers have added in one frame, and most centers in one.
pub const VOUCHES_PER_FRAME: usize = 64;
/// See [`VOUCHES_PER_FRAME`].
pub const CENTERS_PER_VOUCH: usize = 64;
/// Most alarms in one frame.
pub const ALARMS_PER_FRAME: usize = 64;
/// Longest text for people in a frame, in bytes.
pub const NOTE: usize = 200;
/// Largest message on the local listener and the admin socket, in bytes.
pub const LOCAL_MESSAGE: usize = 4 * 1024 * 1024;
/// Deepest nesting of a value.
pub const VALUE_DEPTH: usize = 8;
/// Most rows in one import.
pub const IMPORT_ROWS: usize = 50_000;
