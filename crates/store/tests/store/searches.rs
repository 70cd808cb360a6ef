use std::collections::BTreeMap;

use hospes_domain::query::{AgeBand, Animal, Near, Nights, Party, PartyType, Query, Rank};
use hospes_domain::{Fields, Kind, RecordKey, Timestamp, gazetteer};
use hospes_store::{Commit, Store};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use crate::sample::{
    Folder, any_offer, any_service, center, edited, key, note, now, offer, put, record, towns,
};

struct World {
    records: Vec<(RecordKey, Fields)>,
    towns: Vec<i64>,
}

impl World {
    async fn fill(store: &Store, random: &mut SmallRng, count: u64) -> World {
        let towns: Vec<i64> = towns().into_iter().take(12).collect();
        let mut records = Vec::new();
        let mut commits = Vec::new();
        for number in 0..count {
            let (kind, fields) = if number % 10 == 0 {
                (Kind::Service, any_service(random))
            } else {
                (Kind::Offer, any_offer(random, &towns))
            };
            let commit = record(key(number, kind), fields.clone());
            records.push((commit.key, fields));
            commits.push(commit);
        }
        for some in commits.chunks(512) {
            let commit = Commit { records: some.to_vec(), ..Commit::default() };
            store.commit(commit).await.unwrap();
        }
        // Some change, so that the index was not only added to.
        for (commit, (_, fields)) in commits.iter().zip(&mut records).step_by(7) {
            if commit.key.kind == Kind::Offer {
                *fields = any_offer(random, &towns);
                put(store, &edited(commit, fields.clone())).await;
            }
        }
        World { records, towns }
    }

    /// What `Query::matches` says, record by record.
    fn truth(&self, query: &Query) -> Vec<(Rank, usize)> {
        let mut found: Vec<(Rank, usize)> = self
            .records
            .iter()
            .enumerate()
            .filter(|(_, (key, _))| query.steward.is_none_or(|steward| steward == key.steward))
            .filter_map(|(place, (key, fields))| {
                Some((query.matches(key.kind, fields, now())?, place))
            })
            .collect();
        found.sort_unstable();
        found
    }

    async fn check(&self, store: &Store, query: &Query, hint: &str) {
        let expected = self.truth(query);
        let offset = usize::try_from(query.offset).unwrap();
        let limit = usize::from(query.limit);
        let found = store.search(query, now()).await.unwrap();
        let page: Vec<_> = expected
            .iter()
            .skip(offset)
            .take(limit)
            .map(|(rank, place)| (*rank, self.records[*place].0))
            .collect();
        let hits: Vec<_> = found.hits.iter().map(|hit| (hit.rank, hit.record.key)).collect();
        assert_eq!(hits, page, "{hint}: {query:?}");
        assert_eq!(found.more, expected.len() > offset + limit, "{hint}: {query:?}");
        if let Some(total) = found.total {
            assert_eq!(total, u64::try_from(expected.len()).unwrap(), "{hint}: {query:?}");
        }
    }

    fn any_query(&self, random: &mut SmallRng) -> Query {
        let mut query = Query {
            kind: *[None, Some(Kind::Offer), Some(Kind::Offer), Some(Kind::Service)]
                .choose(random)
                .unwrap(),
            limit: *[1, 5, 20, 200].choose(random).unwrap(),
            offset: *[0, 0, 0, 7, 300].choose(random).unwrap(),
            include_stale: random.random_bool(0.2),
            ..Query::default()
        };
        if random.random_bool(0.3) {
            query.country = Some((*["EE", "FI", "LV", "SE"].choose(random).unwrap()).to_owned());
        }
        if random.random_bool(0.2) {
            query.region = Some((*["EE-45", "FI-18", "EE-37"].choose(random).unwrap()).to_owned());
        }
        if random.random_bool(0.4) {
            let town = u32::try_from(*self.towns.choose(random).unwrap()).unwrap();
            query.near = Some(Near { town, km: *[1, 50, 150, 500].choose(random).unwrap() });
        }
        if random.random_bool(0.3) {
            let day = random.random_range(23..30);
            let first = format!("2026-11-{day}").parse().unwrap();
            query.nights = Some(Nights { first, count: random.random_range(1..4) });
        }
        if random.random_bool(0.3) {
            let ages = [AgeBand::Baby, AgeBand::School];
            let children = ages.into_iter().filter(|_| random.random_bool(0.3)).collect();
            query.party = Party { adults: random.random_range(1..4), children };
        }
        if random.random_bool(0.2) {
            query.party_type = Some(*PartyType::ALL.choose(random).unwrap());
        }
        if random.random_bool(0.2) {
            query.pets = vec![Animal::Dog];
        }
        query.step_free = random.random_bool(0.1);
        if random.random_bool(0.2) {
            query.women_only = Some(random.random_bool(0.5));
        }
        if random.random_bool(0.2) {
            query.languages = vec!["ru".to_owned(), "uk-UA".to_owned()];
        }
        if random.random_bool(0.2) {
            query.steward = Some(center(random.random_range(1..7)));
        }
        if random.random_bool(0.2) {
            let statuses = vec!["active".to_owned(), "paused".to_owned()];
            query.facets = BTreeMap::from([("status".to_owned(), statuses)]);
        }
        if random.random_bool(0.5) {
            // With four words and more the order is not promised.
            let text = note(random);
            query.text = text.split(' ').take(3).collect::<Vec<_>>().join(" ");
        }
        query
    }
}

#[tokio::test]
async fn searches_say_what_matches_says() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
    let mut random = SmallRng::seed_from_u64(seed);
    let folder = Folder::new();
    let store = folder.create().await;
    let world = World::fill(&store, &mut random, 2_400).await;
    let (mut few, mut many) = (0, 0);
    for round in 0..300 {
        let query = world.any_query(&mut random);
        match world.truth(&query).len() {
            0 => {}
            1..=256 => few += 1,
            _ => many += 1,
        }
        world.check(&store, &query, &format!("SEED={seed}, round {round}")).await;
    }
    assert!(few > 30 && many > 10, "{few} small answers, {many} large ones");
    store.close().await.unwrap();
}

#[tokio::test]
async fn words_are_found_at_every_closeness_the_closest_first() {
    let folder = Folder::new();
    let store = folder.create().await;
    let mut random = SmallRng::seed_from_u64(3);
    let world = World::fill(&store, &mut random, 3_000).await;
    for text in ["Zhukovskiy", "narva", "quiet garden", "гаража", "lake house station", "zzz"]
    {
        for limit in [1, 20, 200] {
            let query = Query { text: text.to_owned(), limit, ..Query::default() };
            world.check(&store, &query, text).await;
        }
    }
    store.close().await.unwrap();
}

#[tokio::test]
async fn offers_confirmed_in_the_same_second_are_all_found() {
    let folder = Folder::new();
    let store = folder.create().await;
    let mut records = Vec::new();
    for number in 0..900 {
        records.push(record(key(number, Kind::Offer), offer("bed")));
    }
    let commit = Commit { records: records.clone(), ..Commit::default() };
    store.commit(commit).await.unwrap();
    let mut found = Vec::new();
    for page in 0..10 {
        let query = Query { limit: 100, offset: page * 100, ..Query::default() };
        let hits = store.search(&query, now()).await.unwrap();
        assert_eq!(hits.more, page < 8);
        found.extend(hits.hits.into_iter().map(|hit| hit.record.key));
    }
    let expected: Vec<_> = records.iter().map(|record| record.key).collect();
    assert_eq!(found, expected);
    store.close().await.unwrap();
}

#[tokio::test]
async fn distances_are_told() {
    let folder = Folder::new();
    let store = folder.create().await;
    let narva = gazetteer::find("Narva", Some("EE")).first().unwrap().town;
    for (number, town) in towns().into_iter().take(5).enumerate() {
        let mut fields = offer("bed");
        fields.insert("near_town".to_owned(), town.into());
        put(&store, &record(key(u64::try_from(number).unwrap(), Kind::Offer), fields)).await;
    }
    let query = Query { near: Some(Near { town: narva.id, km: 500 }), ..Query::default() };
    let found = store.search(&query, now()).await.unwrap();
    let distances: Vec<f64> = found.hits.iter().map(|hit| hit.distance_km.unwrap()).collect();
    assert_eq!(distances.len(), 5);
    assert!(distances.is_sorted() && distances[0] < 0.001, "{distances:?}");
    store.close().await.unwrap();
}

#[tokio::test]
async fn time_takes_offers_out_of_searches_without_a_write() {
    let folder = Folder::new();
    let store = folder.create().await;
    put(&store, &record(key(1, Kind::Offer), offer("bed"))).await;
    for (days, hits) in [(0, 1), (26, 1), (27, 0), (400, 0)] {
        let later = now().plus(days * Timestamp::DAY);
        let found = store.search(&Query::default(), later).await.unwrap();
        assert_eq!(found.hits.len(), hits, "after {days} days");
        let stale = Query { include_stale: true, ..Query::default() };
        assert_eq!(store.search(&stale, later).await.unwrap().hits.len(), 1);
    }
    store.close().await.unwrap();
}

#[tokio::test]
async fn an_index_that_is_made_anew_finds_the_same() {
    let folder = Folder::new();
    let mut store = folder.create().await;
    let mut random = SmallRng::seed_from_u64(5);
    let world = World::fill(&store, &mut random, 2_500).await;
    store.put_setting("index format".to_owned(), "0".to_owned()).await.unwrap();
    store.close().await.unwrap();
    store = folder.open().await;
    for round in 0..40 {
        let query = world.any_query(&mut random);
        world.check(&store, &query, &format!("round {round}")).await;
    }
    // And takes out what it put in.
    for (place, (key, fields)) in world.records.iter().enumerate().take(50) {
        let before = record(*key, fields.clone());
        put(&store, &crate::sample::erased(&before)).await;
        let all = Query { limit: 200, include_stale: true, ..Query::default() };
        let found = store.search(&all, now()).await.unwrap();
        assert!(found.hits.iter().all(|hit| hit.record.key != *key), "record {place}");
    }
    store.close().await.unwrap();
}
