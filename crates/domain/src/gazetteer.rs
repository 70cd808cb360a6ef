//! Towns, and the names that they are found by.
//!
//! There are two tables. A record names a town of the first, which is large enough that it does not give
//! a host away. The places of the second are smaller; one can search near them. Both are read in place
//! from the program file: they cost no memory before they are asked, and then only the pages that are
//! touched. `cargo xtask gazetteer` makes them.

pub mod layout;
mod town;

use std::cmp::Reverse;
use std::sync::LazyLock;

use crate::fold::{edits, fold};
use layout::{Index, Row, Table, name_sounds};
pub use town::Town;
use town::haversine;

/// Whom the towns are from; shown wherever they are shown.
pub const ATTRIBUTION: &str = "Towns: GeoNames (geonames.org), CC BY 4.0";

/// Every town in the table has at least this many people.
pub const SMALLEST_TOWN: u32 = 15_000;

/// Every place in the table of the small ones has at least this many people, where they are known well:
/// in the countries that people cross and stay in first.
pub const SMALLEST_PLACE: u32 = 1_000;

/// A host offer names no town of fewer people: in a smaller one it would be an address.
pub const OFFER_TOWN: u32 = 20_000;

/// The most matches that [`find`] returns.
pub const MOST_MATCHES: usize = 10;

/// The most towns that are suggested for a name that none has.
const MOST_SUGGESTIONS: usize = 3;

/// Kilometers of one degree of latitude, a little less than the smallest that haversine gives.
const DEGREE_KM: f64 = 111.0;

static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::of(include_bytes!("../data/gazetteer.bin")).unwrap_or_default());

/// Without the index of sounds: a small place is meant when it is named, and never guessed.
static SMALL: LazyLock<Table> =
    LazyLock::new(|| Table::of(include_bytes!("../data/small-places.bin")).unwrap_or_default());

/// How surely a name means a town; the better ones come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// The town's own name, in Latin or Cyrillic letters.
    Name,
    /// Another name or spelling of it.
    Alternate,
    /// A name that sounds alike or has another case ending.
    Sound,
}

/// A town that a name may mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// The town.
    pub town: Town,
    /// How surely it is meant.
    pub likeness: Likeness,
    /// How many letters of a name that only sounds alike are others.
    pub unlike: usize,
}

/// What a name means, as far as that can be told without a guess.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// One town, or several of one name, the largest first.
    Towns(Vec<Town>),
    /// No town, and one or several places of fewer than [`SMALLEST_TOWN`] people, the largest first.
    Small(Vec<Town>),
    /// None is called so; these are called nearly so, the likest first; maybe none.
    Perhaps(Vec<Town>),
}

/// What a name means; see [`find`]. A name that only sounds alike is another town: a bed there is a
/// bed in another country.
pub fn meaning(name: &str, country: Option<&str>) -> Meaning {
    let found = find(name, country);
    match found.first() {
        Some(best) if best.likeness != Likeness::Sound => {
            let best = best.likeness;
            let alike = found.iter().filter(|found| found.likeness == best);
            Meaning::Towns(alike.map(|found| found.town).collect())
        }
        _ => {
            let small = small(name, country);
            if !small.is_empty() {
                return Meaning::Small(small);
            }
            // A slip or a case ending, and not another word.
            let slips = fold(name).len().div_ceil(3);
            let near = found.iter().filter(|found| found.unlike <= slips);
            Meaning::Perhaps(near.map(|found| found.town).take(MOST_SUGGESTIONS).collect())
        }
    }
}

/// How many towns the table has.
pub fn count() -> usize {
    TABLE.len()
}

/// The town of a GeoNames number.
pub fn town(id: u32) -> Option<Town> {
    TABLE.row_of(id).map(|row| row.town())
}

/// The town or the smaller place of a GeoNames number: where one can search near.
pub fn place(id: u32) -> Option<Town> {
    town(id).or_else(|| SMALL.row_of(id).map(|row| row.town()))
}

/// The smaller places of exactly this name, those whose own name it is before others, then the largest
/// first; at most [`MOST_MATCHES`].
fn small(name: &str, country: Option<&str>) -> Vec<Town> {
    let folded = fold(name);
    let mut found: Vec<(bool, Row)> = named(&SMALL, &folded, country).collect();
    found.sort_by_key(|(own, row)| (!own, Reverse(row.population()), row.id()));
    // Where one has it as its own name, nobody means what only some call so.
    let own = found.first().is_some_and(|(own, _)| *own);
    found.retain(|(is_own, _)| *is_own == own);
    found.truncate(MOST_MATCHES);
    found.into_iter().map(|(_, row)| row.town()).collect()
}

/// The rows of a table with this folded name, and whether it is their own one.
fn named<'n>(
    table: &'static Table,
    folded: &'n str,
    country: Option<&'n str>,
) -> impl Iterator<Item = (bool, Row)> + 'n {
    let rows = table.candidates(layout::hash(Index::Folded, folded));
    rows.filter(move |row| is_in(row, country))
        .filter(move |row| row.folded_names().any(|known| known == folded))
        .map(move |row| {
            let own = row.town().cyrillic.is_some_and(|cyrillic| fold(cyrillic) == folded)
                || row.folded_names().next() == Some(folded);
            (own, row)
        })
}

fn is_in(row: &Row, country: Option<&str>) -> bool {
    country.is_none_or(|country| row.country().eq_ignore_ascii_case(country))
}

/// The towns that a name may mean in any script, best first, at most [`MOST_MATCHES`].
///
/// Among towns that only sound like the name, the fewest changed letters come first; otherwise the
/// largest town. `country` is an ISO 3166-1 alpha-2 code in either case.
pub fn find(name: &str, country: Option<&str>) -> Vec<Match> {
    let folded = fold(name);
    if folded.is_empty() || folded.len() > layout::LONGEST_NAME {
        return Vec::new();
    }
    let mut found: Vec<(Likeness, usize, Row)> = named(&TABLE, &folded, country)
        .map(|(own, row)| (if own { Likeness::Name } else { Likeness::Alternate }, 0, row))
        .collect();
    let sounds = name_sounds(&folded);
    for sound in &sounds {
        let rows = TABLE.candidates(layout::hash(Index::Sound, sound));
        for row in rows.filter(|row| is_in(row, country)) {
            if found.iter().any(|(_, _, known)| known.id() == row.id()) {
                continue;
            }
            let alike =
                |known: &&str| name_sounds(known).iter().any(|theirs| sounds.contains(theirs));
            let unlike = row.folded_names().filter(alike).map(|known| edits(known, &folded)).min();
            if let Some(unlike) = unlike {
                found.push((Likeness::Sound, unlike, row));
            }
        }
    }
    found.sort_by_key(|(likeness, unlike, row)| {
        (*likeness, *unlike, Reverse(row.population()), row.id())
    });
    found.truncate(MOST_MATCHES);
    let a_match =
        |(likeness, unlike, row): (_, _, Row)| Match { town: row.town(), likeness, unlike };
    found.into_iter().map(a_match).collect()
}

/// The towns within `km` kilometers of a place, itself first if it is one of them, then the nearest.
pub fn within(center: &Town, km: f64) -> Vec<(Town, f64)> {
    let mut near: Vec<(Town, f64)> = TABLE
        .rows()
        .filter(|row| (row.latitude() - center.latitude).abs() * DEGREE_KM <= km)
        .map(|row| (row, center.distance(row.latitude(), row.longitude())))
        .filter(|(_, distance)| *distance <= km)
        .map(|(row, distance)| (row.town(), distance))
        .collect();
    near.sort_by(|(a, a_km), (b, b_km)| a_km.total_cmp(b_km).then(a.id.cmp(&b.id)));
    near
}

/// The nearest town that an offer may name, of at least [`OFFER_TOWN`] people, and how many
/// kilometers away it is.
///
/// None for what is not a place on earth.
pub fn snap(latitude: f64, longitude: f64) -> Option<(Town, f64)> {
    if !(-90.0..=90.0).contains(&latitude) || !(-180.0..=180.0).contains(&longitude) {
        return None;
    }
    let mut nearest: Option<(Row, f64)> = None;
    for row in TABLE.rows().filter(|row| row.population() >= OFFER_TOWN) {
        let bound = nearest.as_ref().map_or(f64::INFINITY, |(_, distance)| *distance);
        if (row.latitude() - latitude).abs() * DEGREE_KM > bound {
            continue;
        }
        let distance = haversine(latitude, longitude, row.latitude(), row.longitude());
        if distance < bound {
            nearest = Some((row, distance));
        }
    }
    nearest.map(|(row, distance)| (row.town(), distance))
}

#[cfg(test)]
mod tests;
