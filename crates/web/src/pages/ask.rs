//! The form in which somebody says who needs a bed, and what was typed into it.

use hospes_desk::night;
use hospes_desk::search::Asked;
use hospes_domain::gazetteer::{self, Meaning, Town};
use hospes_domain::{Kind, Timestamp, language};
use jiff::civil::Date;

use crate::form::Form;
use crate::shape::vocabulary;
use crate::text::Texts;

/// Animals, as offers have them.
const PETS: [&str; 4] = ["dog", "cat", "small_caged", "assistance_dog"];
/// Languages that can be ticked; the others can be asked for by words.
pub(crate) const LANGUAGES: [&str; 8] = ["ru", "uk", "en", "et", "fi", "de", "ka", "hy"];
/// Most towns that are offered where it is not clear which one is meant.
const MOST_TOWNS: usize = 6;
/// Kilometers around a town when nothing else is said.
const KM: u32 = 60;
/// Most children of one age.
const MOST_CHILDREN: u32 = 20;

/// The form as it is shown: with what was typed, and what is wrong with it.
pub(crate) struct Ask {
    pub(crate) near: Near,
    pub(crate) adults: u32,
    pub(crate) within: u32,
    pub(crate) bands: Vec<(String, u32)>,
    pub(crate) pets: Vec<(&'static str, String, bool)>,
    pub(crate) step_free: bool,
    pub(crate) women_only: bool,
    pub(crate) languages: Vec<(&'static str, &'static str, bool)>,
    pub(crate) night: String,
    pub(crate) date: String,
    pub(crate) date_wrong: String,
    pub(crate) nights: u32,
    pub(crate) other_wrong: String,
}

/// "Narva, Estonia".
fn place(t: &Texts, town: &Town) -> String {
    format!("{}, {}", town.name, t.word("country", town.country))
}

/// What a name of a town may mean: one that is clear, or some to choose from.
enum Meant {
    Nothing,
    One(Town),
    Some(Vec<Town>),
    Unknown,
}

/// The town of a name, or of the number that was chosen for it.
fn meant(near: &str, chosen: &str) -> Meant {
    if near.is_empty() {
        return Meant::Nothing;
    }
    let (mut towns, clear) = match gazetteer::meaning(near, None) {
        Meaning::Towns(towns) | Meaning::Small(towns) => (towns, true),
        Meaning::Perhaps(towns) => (towns, false),
    };
    // One that was chosen counts as long as the name still means it.
    if let Some(town) = towns.iter().find(|town| chosen.parse() == Ok(town.id)) {
        return Meant::One(*town);
    }
    towns.truncate(MOST_TOWNS);
    match towns.as_slice() {
        [] => Meant::Unknown,
        [town] if clear => Meant::One(*town),
        _ => Meant::Some(towns),
    }
}

/// A town as somebody typed it, and what it means.
#[derive(Clone, Default)]
pub(crate) struct Near {
    pub(crate) typed: String,
    pub(crate) wrong: String,
    /// Number and name of each town that may be meant.
    pub(crate) towns: Vec<(u32, String)>,
    /// The town that is meant.
    pub(crate) town: Option<Town>,
}

impl Near {
    /// The same with what else is wrong with the town.
    pub(crate) fn told(&self, wrong: &str) -> Self {
        let wrong = if wrong.is_empty() { self.wrong.clone() } else { wrong.to_owned() };
        Self { wrong, ..self.clone() }
    }

    /// The fields that mean this town: its name, and its number where the name alone asks back.
    pub(crate) fn pairs(town: &Town) -> Vec<(String, String)> {
        let mut pairs = vec![("near".to_owned(), town.name.to_owned())];
        if !matches!(meant(town.name, ""), Meant::One(one) if one.id == town.id) {
            pairs.push(("town".to_owned(), town.id.to_string()));
        }
        pairs
    }

    /// From the fields `near` and, where it was chosen among several, `town`.
    pub(crate) fn read(t: &Texts, form: &Form) -> Self {
        let typed = form.text("near").to_owned();
        let near = Self { typed, ..Self::default() };
        match meant(&near.typed, form.text("town")) {
            Meant::Nothing => near,
            // A town that was chosen is offered again, or the next form would ask once more.
            Meant::One(town) => {
                let chosen = form.has("town").then(|| (town.id, place(t, &town)));
                Self { towns: chosen.into_iter().collect(), town: Some(town), ..near }
            }
            Meant::Some(towns) => {
                let towns = towns.iter().map(|town| (town.id, place(t, town))).collect();
                Self { wrong: t.tonight_near_which(), towns, ..near }
            }
            Meant::Unknown => Self { wrong: t.tonight_near_unknown(), ..near },
        }
    }
}

impl Ask {
    /// The form with what was typed. A town and a night that mean nothing are told at once.
    pub(crate) fn read(t: &Texts, form: &Form, now: Timestamp) -> Self {
        let empty = form.typed().next().is_none();
        let near = Near::read(t, form);
        let night = match form.text("night") {
            night @ ("tomorrow" | "date") => night,
            _ => "tonight",
        };
        let zone = night::zone(near.town.as_ref().map(|town| town.time_zone));
        let date = form.text("date").to_owned();
        let readable = || {
            let night = night::night(&date, now, &zone)?;
            (night >= night::tonight(now, &zone)).then_some(night)
        };
        let date_wrong = if night == "date" && readable().is_none() {
            t.tonight_date_wrong()
        } else {
            String::new()
        };
        let (pets, languages) = (form.all("pet"), form.all("language"));
        let pet = |(name, text): (&'static str, String)| {
            let ticked = pets.iter().any(|pet| pet == name);
            (name, text, ticked)
        };
        let named = [t.tonight_dog(), t.tonight_cat(), t.tonight_small(), t.tonight_assistance()];
        Self {
            near,
            adults: if empty { 1 } else { form.number("adults").min(200) },
            within: match form.number("within") {
                0 => KM,
                km => km.min(500),
            },
            bands: vocabulary(Kind::Offer, "child_ages_ok")
                .iter()
                .map(|band| {
                    ((*band).to_owned(), form.number(&format!("child-{band}")).min(MOST_CHILDREN))
                })
                .collect(),
            pets: PETS.into_iter().zip(named).map(pet).collect(),
            step_free: form.ticked("step_free"),
            women_only: form.ticked("women_only"),
            languages: LANGUAGES
                .into_iter()
                .map(|tag| {
                    let ticked = languages.iter().any(|language| language == tag);
                    (tag, language::autonym(tag), ticked)
                })
                .collect(),
            night: night.to_owned(),
            date,
            date_wrong,
            nights: form.number("nights").clamp(1, 120),
            other_wrong: String::new(),
        }
    }

    /// Whether it can be asked as it stands.
    pub(crate) fn is_clear(&self) -> bool {
        self.near.wrong.is_empty() && self.date_wrong.is_empty()
    }

    /// How many children there are.
    pub(crate) fn children(&self) -> u32 {
        self.bands.iter().map(|band| band.1).sum()
    }

    /// Whether there are children and nobody who is grown up.
    pub(crate) fn is_child_alone(&self) -> bool {
        self.adults == 0 && self.children() > 0
    }

    /// What the node is asked.
    pub(crate) fn asked(&self) -> Asked {
        let children = self.bands.iter().flat_map(|(band, count)| {
            std::iter::repeat_n(band.clone(), usize::try_from(*count).unwrap_or_default())
        });
        Asked {
            kind: "offer".to_owned(),
            near: self.near.town.map(|town| town.id.to_string()).unwrap_or_default(),
            within_km: self.within,
            night: if self.night == "date" { self.date.clone() } else { self.night.clone() },
            nights: self.nights,
            adults: self.adults,
            children: children.collect(),
            pets: self.pets.iter().filter(|pet| pet.2).map(|pet| pet.0.to_owned()).collect(),
            step_free: self.step_free,
            women_only: self.women_only,
            languages: self.languages.iter().filter(|l| l.2).map(|l| l.0.to_owned()).collect(),
            limit: 60,
            ..Asked::default()
        }
    }

    /// The first night, where it is a date.
    pub(crate) fn first_night(&self, now: Timestamp) -> Option<Date> {
        let zone = night::zone(self.near.town.as_ref().map(|town| town.time_zone));
        night::night(if self.night == "date" { &self.date } else { &self.night }, now, &zone)
    }

    /// Where is looked, in words.
    pub(crate) fn place(&self, t: &Texts) -> String {
        match &self.near.town {
            Some(town) => t.tonight_asked_near(town.name, self.within),
            None => t.tonight_asked_anywhere(),
        }
    }

    /// On which nights, in words.
    pub(crate) fn when(&self, t: &Texts, now: Timestamp) -> String {
        let night = match (self.night.as_str(), self.first_night(now)) {
            ("tonight", _) => t.tonight_from_tonight(),
            ("tomorrow", _) => t.tonight_from_tomorrow(),
            (_, Some(date)) => crate::shape::date(t, &date.to_string()),
            (_, None) => self.date.clone(),
        };
        t.tonight_asked_nights(self.nights, night)
    }

    /// For whom, in words.
    pub(crate) fn who(&self, t: &Texts) -> String {
        let mut parts = vec![t.tonight_asked_people(self.adults)];
        let ages: Vec<String> =
            self.bands.iter().filter(|band| band.1 > 0).map(|band| band.0.clone()).collect();
        if !ages.is_empty() {
            parts.push(t.tonight_asked_children(self.children(), ages.join(", ")));
        }
        parts.extend(self.pets.iter().filter(|pet| pet.2).map(|pet| pet.1.clone()));
        parts.extend(self.step_free.then(|| t.tonight_steps()));
        parts.extend(self.women_only.then(|| t.tonight_women()));
        parts.extend(self.languages.iter().filter(|l| l.2).map(|l| l.1.to_owned()));
        parts.join(" · ")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn ask(form: &str) -> Ask {
        let now = "2026-11-30T12:00:00Z".parse().unwrap();
        Ask::read(Texts::first(), &Form::read(form.as_bytes()).unwrap(), now)
    }

    #[test]
    fn a_town_in_any_script_is_one_and_another_asks_back() {
        assert_eq!(ask("near=Нарва").near.town.unwrap().name, "Narva");
        let several = ask("near=Brest");
        assert!(!several.is_clear() && several.near.towns.len() == 2, "{:?}", several.near.towns);
        let chosen = ask(&format!("near=Brest&town={}", several.near.towns[1].0));
        assert!(chosen.is_clear());
        let another = ask(&format!("near=Narva&town={}", several.near.towns[1].0));
        assert_eq!(
            another.near.town.unwrap().name,
            "Narva",
            "the name was changed after the choice"
        );
        assert!(!ask("near=Xyzzyplugh").is_clear());
        assert!(ask("").is_clear());
    }

    #[test]
    fn a_child_alone_is_seen() {
        assert!(ask("adults=0&child-3-5=1").is_child_alone());
        assert!(!ask("adults=1&child-3-5=1").is_child_alone());
        assert!(!ask("adults=0").is_child_alone());
        assert!(!ask("").is_child_alone());
    }

    #[test]
    fn what_is_typed_is_what_is_asked() {
        let asked = ask("near=Narva&adults=1&child-3-5=2&pet=dog&language=ru&nights=2").asked();
        assert_eq!((asked.adults, asked.nights, asked.night.as_str()), (1, 2, "tonight"));
        assert_eq!(asked.children, ["3-5", "3-5"]);
        assert_eq!((asked.pets, asked.languages), (vec!["dog".to_owned()], vec!["ru".to_owned()]));
        assert!(!ask("night=date&date=2020-01-01").is_clear());
        assert!(ask("night=date&date=24.12.").is_clear());
    }
}
