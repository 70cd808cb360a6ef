//! The bytes of a file of the gazetteer.
//!
//! `magic, towns, entries, strings, zones` (8 bytes and four little-endian `u32` counts), then
//! - the town rows, [`ROW`] bytes each, ascending by id;
//! - the index entries, [`ENTRY`] bytes each, ascending: hash of a folded name or of a sound,
//!   and the number of a town row;
//! - the strings, UTF-8: per town its name, its Cyrillic name, its folded names parted by a line
//!   feed (that of its own name first);
//! - the time zones, parted by a line feed.

use super::town::Town;
use crate::fold::{Key, sound};

/// How the file begins; the last digit is the version of the layout.
pub const MAGIC: &[u8; 8] = b"hospgaz1";

/// Bytes of a town's row: id, population, latitude and longitude in 1/100,000 degree, offset of
/// its strings (4 each); length of the folded names (2); country (2); length of the name and of the
/// Cyrillic name (1 each); offset of its time zone (2).
pub const ROW: usize = 28;

/// Bytes of an index entry: hash (4), row number (2).
pub const ENTRY: usize = 6;

/// The longest folded name that is kept, in bytes.
pub const LONGEST_NAME: usize = 48;

/// Steps of the coordinates in the file, per degree.
pub const STEPS_PER_DEGREE: f64 = 100_000.0;

/// What an index entry is the hash of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// A folded name.
    Folded,
    /// A sound of a name, of [`name_sounds`].
    Sound,
}

/// FNV-1a of 32 bits. A clash costs a comparison; every hit is compared with the town's names.
pub fn hash(index: Index, text: &str) -> u32 {
    let seed = match index {
        Index::Folded => b'f',
        Index::Sound => b's',
    };
    std::iter::once(seed)
        .chain(text.bytes())
        .fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The sounds of a folded name of one or more words; a word without a sound stands for itself.
///
/// Empty when no word has a sound.
pub fn name_sounds(folded: &str) -> Vec<String> {
    let words: Vec<_> = folded.split(' ').map(|word| (word, sound(word))).collect();
    if words.iter().all(|(_, keys)| keys.iter().next().is_none()) {
        return Vec::new();
    }
    let spell = |hard: bool| {
        let mut name = String::with_capacity(folded.len());
        for (word, keys) in &words {
            if !name.is_empty() {
                name.push(' ');
            }
            let (first, second) =
                if hard { (&keys.hard, &keys.soft) } else { (&keys.soft, &keys.hard) };
            let key = first.as_ref().or(second.as_ref());
            name.push_str(key.map_or(word, Key::as_str));
        }
        name
    };
    let mut sounds = vec![spell(false), spell(true)];
    sounds.dedup();
    sounds
}

/// The file, taken apart but not copied.
#[derive(Clone, Copy, Default)]
pub(super) struct Table {
    rows: &'static [[u8; ROW]],
    entries: &'static [[u8; ENTRY]],
    strings: &'static [u8],
    zones: &'static str,
}

impl Table {
    /// Nothing unless the file's parts are as long as its head says.
    ///
    /// The strings are not read here: that would bring the whole file into memory.
    pub(super) fn of(file: &'static [u8]) -> Option<Self> {
        let mut rest = file.strip_prefix(MAGIC)?;
        let mut counts = [0_usize; 4];
        for count in &mut counts {
            let (bytes, after) = rest.split_first_chunk::<4>()?;
            *count = usize::try_from(u32::from_le_bytes(*bytes)).ok()?;
            rest = after;
        }
        let [towns, entries, strings, zones] = counts;
        let (rows, rest) = rest.split_at_checked(towns.checked_mul(ROW)?)?;
        let (entries, rest) = rest.split_at_checked(entries.checked_mul(ENTRY)?)?;
        let (strings, rest) = rest.split_at_checked(strings)?;
        let zones = (rest.len() == zones).then_some(rest)?;
        Some(Self {
            rows: rows.as_chunks().0,
            entries: entries.as_chunks().0,
            strings,
            zones: std::str::from_utf8(zones).ok()?,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    #[cfg(test)]
    pub(super) fn entries(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn rows(&'static self) -> impl Iterator<Item = Row> {
        self.rows.iter().map(move |bytes| Row { bytes, table: self })
    }

    pub(super) fn row_of(&'static self, id: u32) -> Option<Row> {
        let number = self.rows.binary_search_by_key(&id, |bytes| u32_at(bytes, 0)).ok()?;
        self.rows.get(number).map(move |bytes| Row { bytes, table: self })
    }

    /// The towns that may have a name of this hash.
    pub(super) fn candidates(&'static self, hash: u32) -> impl Iterator<Item = Row> {
        let first = self.entries.partition_point(|entry| u32_at(entry, 0) < hash);
        self.entries
            .iter()
            .skip(first)
            .take_while(move |entry| u32_at(*entry, 0) == hash)
            .filter_map(move |entry| self.rows.get(usize::from(u16_at(entry, 4))))
            .map(move |bytes| Row { bytes, table: self })
    }
}

/// One town's row; its parts are decoded when they are asked for.
#[derive(Clone, Copy)]
pub(super) struct Row {
    bytes: &'static [u8; ROW],
    table: &'static Table,
}

impl Row {
    pub(super) fn id(&self) -> u32 {
        u32_at(self.bytes, 0)
    }

    pub(super) fn population(&self) -> u32 {
        u32_at(self.bytes, 4)
    }

    pub(super) fn latitude(&self) -> f64 {
        degrees(u32_at(self.bytes, 8))
    }

    pub(super) fn longitude(&self) -> f64 {
        degrees(u32_at(self.bytes, 12))
    }

    pub(super) fn country(&self) -> &'static str {
        self.bytes.get(22..24).and_then(|code| std::str::from_utf8(code).ok()).unwrap_or_default()
    }

    pub(super) fn folded_names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let start = self.strings_at() + self.name_length() + self.cyrillic_length();
        self.string(start, usize::from(u16_at(self.bytes, 20))).split('\n')
    }

    pub(super) fn town(&self) -> Town {
        let cyrillic = self.string(self.strings_at() + self.name_length(), self.cyrillic_length());
        let zone = self.table.zones.get(usize::from(u16_at(self.bytes, 26))..);
        Town {
            id: self.id(),
            name: self.string(self.strings_at(), self.name_length()),
            cyrillic: (!cyrillic.is_empty()).then_some(cyrillic),
            country: self.country(),
            latitude: self.latitude(),
            longitude: self.longitude(),
            population: self.population(),
            time_zone: zone.and_then(|zones| zones.split('\n').next()).unwrap_or_default(),
        }
    }

    fn strings_at(&self) -> usize {
        u32_at(self.bytes, 16) as usize
    }

    fn name_length(&self) -> usize {
        usize::from(self.byte(24))
    }

    fn cyrillic_length(&self) -> usize {
        usize::from(self.byte(25))
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or_default()
    }

    fn string(&self, start: usize, length: usize) -> &'static str {
        let bytes = self.table.strings.get(start..start.saturating_add(length));
        bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

fn degrees(steps: u32) -> f64 {
    f64::from(steps.cast_signed()) / STEPS_PER_DEGREE
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>);
    bytes.copied().map(u32::from_le_bytes).unwrap_or_default()
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk::<2>);
    bytes.copied().map(u16::from_le_bytes).unwrap_or_default()
}
