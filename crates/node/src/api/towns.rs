//! The numbers of towns, for programs that know a name.

use hospes_domain::gazetteer::{self, Meaning, OFFER_TOWN};
use hospes_wire::local;

/// The towns and smaller places that a name may mean.
pub(crate) fn find(request: &local::FindTownsRequest) -> local::FindTownsResponse {
    let country = Some(request.country.trim()).filter(|code| !code.is_empty());
    let (exact, towns) = match gazetteer::meaning(&request.name, country) {
        Meaning::Towns(towns) | Meaning::Small(towns) => (true, towns),
        Meaning::Perhaps(towns) => (false, towns),
    };
    let town = |town: gazetteer::Town| local::Town {
        id: town.id,
        name: town.name.to_owned(),
        country: town.country.to_owned(),
        population: town.population,
        time_zone: town.time_zone.to_owned(),
        latitude: town.latitude,
        longitude: town.longitude,
        for_offers: town.population >= OFFER_TOWN,
    };
    local::FindTownsResponse { exact, towns: towns.into_iter().map(town).collect() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_program_learns_the_number_of_a_town_and_whether_an_offer_may_name_it() {
        for (name, country, id, exact, for_offers) in [
            ("Нарва", "", 590_031, true, true),
            ("Kuressaare", "ee", 590_939, true, false),
            ("Narvassa", "", 590_031, false, true),
        ] {
            let (name, country) = (name.to_owned(), country.to_owned());
            let answer = find(&local::FindTownsRequest { name, country });
            let town = &answer.towns[0];
            assert_eq!(
                (town.id, answer.exact, town.for_offers),
                (id, exact, for_offers),
                "{town:?}"
            );
        }
        assert!(find(&local::FindTownsRequest::default()).towns.is_empty());
    }
}
