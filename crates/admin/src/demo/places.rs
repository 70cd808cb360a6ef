//! The demo centers and the towns around them.

use hospes_domain::gazetteer::{self, OFFER_TOWN, Town};

use super::random::SplitMix;

/// A center of the demonstration network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum DemoCenter {
    /// In Estonia, at the border.
    Narva,
    /// In Latvia, in the middle of the network.
    Riga,
    /// In Georgia.
    Tbilisi,
}

impl DemoCenter {
    /// All of them, from west to east as the demonstration shows them.
    #[cfg(test)]
    pub const ALL: [DemoCenter; 3] = [DemoCenter::Narva, DemoCenter::Riga, DemoCenter::Tbilisi];

    /// Its name on screen.
    pub fn name(self) -> &'static str {
        match self {
            DemoCenter::Narva => "Narva",
            DemoCenter::Riga => "Riga",
            DemoCenter::Tbilisi => "Tbilisi",
        }
    }

    /// The word in commands and in the source of its records.
    pub fn word(self) -> &'static str {
        match self {
            DemoCenter::Narva => "narva",
            DemoCenter::Riga => "riga",
            DemoCenter::Tbilisi => "tbilisi",
        }
    }

    /// IANA time zone of its office.
    pub(super) fn time_zone(self) -> &'static str {
        match self {
            DemoCenter::Narva => "Europe/Tallinn",
            DemoCenter::Riga => "Europe/Riga",
            DemoCenter::Tbilisi => "Asia/Tbilisi",
        }
    }

    /// GeoNames number of the town where it is.
    fn town(self) -> u32 {
        match self {
            DemoCenter::Narva => 590_031,
            DemoCenter::Riga => 456_172,
            DemoCenter::Tbilisi => 611_717,
        }
    }

    /// Countries where its hosts live, with their shares in percent.
    fn countries(self) -> &'static [(&'static str, u64)] {
        match self {
            DemoCenter::Narva => &[("EE", 55), ("FI", 33), ("LV", 12)],
            DemoCenter::Riga => &[("LV", 45), ("LT", 30), ("EE", 10), ("PL", 15)],
            DemoCenter::Tbilisi => &[("GE", 50), ("AM", 20), ("TR", 15), ("KZ", 15)],
        }
    }
}

/// Kilometers around a center in which all its countries lie.
const REACH_KM: f64 = 4_500.0;

/// Towns where no center of the network could visit a host.
const OUT_OF_REACH: [u32; 4] = [611_847, 611_403, 615_912, 1_521_368];

/// The towns around a center, by country, with the weights that they are drawn by.
#[derive(Debug)]
pub(super) struct Around {
    countries: Vec<(&'static str, u64)>,
    towns: Vec<(Town, u64)>,
}

impl Around {
    pub(super) fn of(center: DemoCenter) -> Self {
        let countries = center.countries().to_vec();
        let near = gazetteer::town(center.town())
            .map(|town| gazetteer::within(&town, REACH_KM))
            .unwrap_or_default();
        let towns = near
            .into_iter()
            .map(|(town, _)| town)
            .filter(|town| town.population >= OFFER_TOWN && !OUT_OF_REACH.contains(&town.id))
            .filter(|town| countries.iter().any(|(country, _)| *country == town.country))
            .map(|town| (town, u64::from(town.population)))
            .collect();
        Self { countries, towns }
    }

    /// A town: its country by share, then itself by the people who live there.
    pub(super) fn draw(&self, random: &mut SplitMix) -> Option<Town> {
        let country = random.weighted(&self.countries)?;
        let towns: Vec<(Town, u64)> =
            self.towns.iter().filter(|(town, _)| town.country == country).copied().collect();
        random.weighted(&towns)
    }
}

/// ISO 3166-2 code of the region of a town, for the towns where most hosts are drawn.
pub(super) fn region(town: &Town) -> Option<&'static str> {
    let town = town.id;
    REGIONS.iter().find(|(_, towns)| towns.contains(&town)).map(|(region, _)| *region)
}

const REGIONS: &[(&str, &[u32])] = &[
    ("EE-37", &[588_409, 590_775, 794_965, 795_155, 8_435_741, 8_435_738, 589_947, 8_435_739]),
    ("EE-45", &[590_031, 591_260]),
    ("EE-68", &[589_580]),
    ("EE-79", &[588_335]),
    ("FI-02", &[648_900, 656_688]),
    ("FI-03", &[637_219]),
    ("FI-04", &[646_005]),
    ("FI-05", &[654_899]),
    ("FI-06", &[659_180]),
    ("FI-07", &[651_943]),
    ("FI-08", &[655_194]),
    ("FI-09", &[650_859, 650_946]),
    ("FI-10", &[638_936]),
    ("FI-11", &[634_963, 644_450]),
    ("FI-12", &[632_978]),
    ("FI-13", &[655_808]),
    ("FI-14", &[643_492]),
    ("FI-15", &[650_224]),
    ("FI-16", &[649_360]),
    ("FI-17", &[640_999, 639_734]),
    ("FI-18", &[658_225, 660_158, 632_453, 660_561, 655_958, 647_751, 644_171, 656_913, 653_185]),
    ("FI-19", &[633_679, 637_948]),
    ("LV-DGV", &[460_413]),
    ("LV-JEL", &[459_279]),
    ("LV-JUR", &[459_201]),
    ("LV-LPX", &[457_954]),
    ("LV-REZ", &[456_202]),
    ("LV-RIX", &[456_172]),
    ("LV-VEN", &[454_310]),
    ("LT-AL", &[601_084]),
    ("LT-KL", &[598_098]),
    ("LT-KU", &[598_316, 598_818]),
    ("LT-MR", &[597_231]),
    ("LT-PN", &[596_128]),
    ("LT-SA", &[594_739]),
    ("LT-UT", &[593_672]),
    ("LT-VL", &[593_116]),
    ("PL-02", &[3_081_368]),
    ("PL-06", &[765_876]),
    ("PL-10", &[3_093_133]),
    ("PL-12", &[3_094_802]),
    ("PL-14", &[756_135]),
    ("PL-20", &[776_069]),
    ("PL-22", &[3_099_434, 3_099_424]),
    ("PL-30", &[3_088_171]),
    ("GE-AJ", &[615_532]),
    ("GE-IM", &[613_607, 612_126, 610_864]),
    ("GE-KK", &[612_287, 613_074]),
    ("GE-SK", &[614_455, 613_988]),
    ("GE-SZ", &[612_366, 610_824]),
    ("GE-TB", &[611_717]),
    ("AM-AV", &[616_062, 616_631]),
    ("AM-ER", &[616_052, 866_153, 866_152, 866_164]),
    ("AM-KT", &[617_026, 616_629]),
    ("AM-LO", &[616_530]),
    ("AM-SH", &[616_635]),
    ("TR-06", &[323_786]),
    ("TR-07", &[323_777]),
    ("TR-16", &[750_269]),
    ("TR-34", &[745_044]),
    ("TR-35", &[311_046]),
    ("KZ-15", &[610_611]),
    ("KZ-27", &[608_668]),
    ("KZ-35", &[609_655]),
    ("KZ-39", &[1_519_928]),
    ("KZ-55", &[1_520_240]),
    ("KZ-59", &[1_520_172]),
    ("KZ-71", &[1_526_273]),
    ("KZ-75", &[1_526_384]),
    ("KZ-79", &[1_518_980]),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn every_town_with_a_region_is_in_the_gazetteer_and_in_that_country() {
        for (region, towns) in REGIONS {
            for id in *towns {
                let town = gazetteer::town(*id).unwrap_or_else(|| panic!("{id} in {region}"));
                assert_eq!(&region[..2], town.country, "{}", town.name);
                assert!(town.population >= OFFER_TOWN, "{}", town.name);
            }
        }
    }

    #[test]
    fn a_center_draws_towns_of_all_its_countries() {
        for center in DemoCenter::ALL {
            let around = Around::of(center);
            let mut random = SplitMix::new(7);
            for (country, share) in center.countries() {
                let drawn = (0..1_000).filter_map(|_| around.draw(&mut random));
                let there = drawn.filter(|town| town.country == *country).count() as u64;
                assert!(there.abs_diff(share * 10) < 80, "{center:?} {country} {there}");
            }
        }
    }
}
