//! Figures, not verdicts: `cargo test -p hospes-store speed -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use hospes_domain::Kind;
use hospes_domain::query::{Near, Nights, Party, Query};
use hospes_store::{Commit, Store};
use rand::SeedableRng;
use rand::rngs::SmallRng;

use crate::sample::{Folder, KEY, any_offer, center, edited, key, now, put, record, towns};

fn percentiles(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    format!("p50 {:?}, p99 {:?}, most {:?}", at(50), at(99), at(100))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn speed() {
    let count: u64 = std::env::var("COUNT").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let folder = Folder::new();
    let store = folder.create().await;
    let mut random = SmallRng::seed_from_u64(1);
    let towns = towns();
    let records: Vec<_> = (0..count)
        .map(|number| record(key(number, Kind::Offer), any_offer(&mut random, &towns)))
        .collect();

    let start = Instant::now();
    for some in records.chunks(512) {
        let commit = Commit { records: some.to_vec(), ..Commit::default() };
        store.commit(commit).await.unwrap();
    }
    println!("{count} offers committed in {:?}, by 512", start.elapsed());
    println!("database of {} bytes", store.counts().await.unwrap().bytes);

    let start = Instant::now();
    let entries = store.catalogue().await.unwrap().len();
    println!("catalogue of {entries} in {:?}", start.elapsed());
    let start = Instant::now();
    let keys: Vec<_> = records.iter().take(512).map(|record| record.key).collect();
    let held = store.held(&keys).await.unwrap().len();
    println!("held of {held} in {:?}", start.elapsed());
    let start = Instant::now();
    let page = store.log(0, center(9), usize::MAX, 512).await.unwrap().changes.len();
    println!("log of {page} in {:?}", start.elapsed());

    let base = Query { kind: Some(Kind::Offer), ..Query::default() };
    let near = Some(Near { town: u32::try_from(towns[0]).unwrap(), km: 100 });
    let nights = Some(Nights { first: "2026-11-25".parse().unwrap(), count: 3 });
    let party = Party { adults: 2, children: Vec::new() };
    let country = Some("EE".to_owned());
    let languages = vec!["ru".to_owned()];
    let queries = [
        ("all offers", base.clone()),
        (
            "a country, a party",
            Query { country: country.clone(), party: party.clone(), ..base.clone() },
        ),
        (
            "facets",
            Query {
                country: country.clone(),
                party: party.clone(),
                languages: languages.clone(),
                step_free: true,
                women_only: Some(false),
                ..base.clone()
            },
        ),
        (
            "nights",
            Query { nights, party: party.clone(), languages: languages.clone(), ..base.clone() },
        ),
        ("near", Query { near, party: party.clone(), ..base.clone() }),
        ("a word", Query { text: "garden".to_owned(), ..base.clone() }),
        (
            "facets and a word",
            Query {
                text: "garden".to_owned(),
                country,
                party: party.clone(),
                languages,
                ..base.clone()
            },
        ),
        (
            "a word by sound",
            Query { text: "Zhukovskij".to_owned(), party: party.clone(), ..base.clone() },
        ),
        ("three words", Query { text: "quiet garden lake".to_owned(), ..base.clone() }),
        ("near and a word", Query { text: "river".to_owned(), near, ..base.clone() }),
        ("a steward", Query { steward: Some(center(2)), party, ..base }),
    ];
    for (name, query) in queries {
        let mut times = Vec::new();
        let mut hits = 0;
        for _ in 0..60 {
            let start = Instant::now();
            hits = store.search(&query, now()).await.unwrap().hits.len();
            times.push(start.elapsed());
        }
        println!("{name}: {} ({hits} hits)", percentiles(times));
    }

    let mut times = Vec::new();
    for one in records.iter().take(100) {
        let mut fields = one.fields.clone().unwrap();
        fields.insert("confirmed_at".to_owned(), "2026-11-23T11:59:00Z".into());
        let next = edited(one, fields);
        let start = Instant::now();
        put(&store, &next).await;
        times.push(start.elapsed());
    }
    println!("a confirmation: {}", percentiles(times));
    let mut times = Vec::new();
    for one in records.iter().skip(100).take(100) {
        let next = edited(one, any_offer(&mut random, &towns));
        let start = Instant::now();
        put(&store, &next).await;
        times.push(start.elapsed());
    }
    println!("another offer: {}", percentiles(times));

    store.close().await.unwrap();
    let start = Instant::now();
    let store = Store::open(folder.database(), &KEY).await.unwrap();
    let opened = start.elapsed();
    store.opening_catalogue().await.unwrap();
    println!("opened in {opened:?}, with the catalogue in {:?}", start.elapsed());
    store.close().await.unwrap();
}
