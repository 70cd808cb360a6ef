//! Five centers on five hosts, with wires between them that are slow, lossy, cut, or carry one way
//! only. Run by `cargo xtask test --netns`, as root; see [`hospes_tests::network`].

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use hospes_stage::api::Api;
use hospes_stage::demo::{City, Fiction};
use hospes_stage::programs::Programs;
use hospes_stage::stage::{Center, Stage, introduce};
use hospes_stage::wait::until;
use hospes_tests::network::{Network, Quality, address};
use hospes_tests::operator::{edit, has, peer, put, shows};
use hospes_tests::theatre::{agree, connected, well};
use hospes_wire::local::SearchRequest;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

/// A ring and a chord: what 1 and 3 say to each other must be forwarded.
const WIRES: [(usize, usize); 6] = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0), (0, 2)];
const NAMES: [&str; 5] = ["Narva", "Riga", "Tbilisi", "Tartu", "Kaunas"];
/// Two groups, and the wires (1, 2), (4, 0) and (0, 2) between them.
const HALVES: (&[usize], &[usize]) = (&[0, 1], &[2, 3, 4]);

/// Within this time a side that hears nothing must know it: see `transport.rs` of the node.
const NOTICED: Duration = Duration::from_secs(30);
/// A search that takes longer was in the way of something.
const PROMPT: Duration = Duration::from_secs(2);

const OFFER: &[&str] = &["country=EE", "near_town=Narva", "place_type=private_room", "sleeps=2"];
/// Words of the template that two halves edit apart.
const LETTER: &[&str] = &[
    "slug=letter",
    "doc_type=letter",
    "jurisdiction=EE",
    "title.en=Letter",
    "body.en=One. Two. Three.",
];

/// Five centers that know their neighbors.
struct Ring {
    centers: Vec<Center>,
    _stage: Stage,
    /// Last, so that the nodes end before their hosts go.
    network: Network,
}

impl Ring {
    async fn new(quality: Quality) -> Result<Self> {
        let network = Network::new(NAMES.len(), &WIRES)?;
        println!("wires: {}", network.kind());
        let stage = Stage::new(Programs::find()?)?;
        let mut centers = Vec::new();
        for (place, name) in NAMES.into_iter().enumerate() {
            centers.push(stage.center_at(name, network.host(place)?).await?);
        }
        network.all(quality)?;
        for (one, other) in WIRES {
            introduce(center(&centers, one)?, center(&centers, other)?).await?;
        }
        Ok(Self { centers, _stage: stage, network })
    }

    /// Five that hold the same and are all connected.
    async fn connected(quality: Quality) -> Result<Self> {
        let ring = Self::new(quality).await?;
        ring.agree().await?;
        for place in 0..NAMES.len() {
            connected(ring.center(place)?, neighbors(place)).await?;
        }
        Ok(ring)
    }

    fn center(&self, place: usize) -> Result<&Center> {
        center(&self.centers, place)
    }

    async fn agree(&self) -> Result<String> {
        agree(&self.centers.iter().collect::<Vec<_>>()).await
    }

    /// Checks that all hold the same, have refused nothing, and have these records.
    async fn holds(&self, ids: &[String]) -> Result<()> {
        self.agree().await?;
        for center in &self.centers {
            well(center, 0).await?;
            for id in ids {
                has(center, id).await?;
            }
        }
        Ok(())
    }
}

fn center(centers: &[Center], place: usize) -> Result<&Center> {
    centers.get(place).context("there is no such center")
}

fn neighbors(place: usize) -> usize {
    WIRES.iter().filter(|(one, other)| *one == place || *other == place).count()
}

/// Searches at some nodes, again and again, in the background.
struct Searching {
    stop: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<Result<(usize, Duration)>>>,
}

impl Searching {
    async fn at(centers: &[Center]) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut tasks = Vec::new();
        for center in centers {
            let api = Api::of(center, "searching").await?;
            tasks.push(tokio::spawn(search(api, stop.clone())));
        }
        Ok(Self { stop, tasks })
    }

    /// Checks that each search was answered, and soon.
    async fn end(self) -> Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        for (task, name) in self.tasks.into_iter().zip(NAMES) {
            let (count, slowest) = task.await?.with_context(|| format!("searching at {name}"))?;
            println!("{name}: {count} searches, the slowest took {} ms", slowest.as_millis());
            ensure!(count > 0, "nothing was searched at {name}");
            ensure!(slowest < PROMPT, "a search at {name} took {} ms", slowest.as_millis());
        }
        Ok(())
    }
}

async fn search(api: Api, stop: Arc<AtomicBool>) -> Result<(usize, Duration)> {
    let query = SearchRequest { kind: "offer".into(), near: "Narva".into(), ..Default::default() };
    let (mut count, mut slowest) = (0, Duration::ZERO);
    let mut pace = tokio::time::interval(Duration::from_millis(100));
    while !stop.load(Ordering::Relaxed) {
        pace.tick().await;
        let start = Instant::now();
        api.search(query.clone()).await?;
        slowest = slowest.max(start.elapsed());
        count += 1;
    }
    Ok((count, slowest))
}

/// What a node says of its link to a neighbor.
async fn linked(center: &Center, name: &str) -> Result<bool> {
    let peer = peer(center, name).await?.with_context(|| format!("{name} is no peer"))?;
    Ok(peer.get("connected").and_then(Value::as_bool) == Some(true))
}

async fn until_linked(center: &Center, name: &str, wanted: bool, within: Duration) -> Result<()> {
    let what = format!("{} says that its link to {name} is {wanted}", center.name);
    until(&what, within, || async { Ok((linked(center, name).await? == wanted).then_some(())) })
        .await
}

#[tokio::test]
#[ignore = "needs root: cargo xtask test --netns"]
async fn wires_delay_lose_and_cut_as_they_are_told() -> Result<()> {
    let network = Network::new(2, &[(0, 1)])?;
    println!("wires: {}", network.kind());
    let (near, far) = (network.datagrams(0)?, network.datagrams(1)?);
    let (here, there) = (near.local_addr()?, far.local_addr()?);
    ensure!(here.ip() == address(0) && there.ip() == address(1), "{here} and {there}");
    let patience = Duration::from_millis(700);
    for socket in [&near, &far] {
        socket.set_read_timeout(Some(patience))?;
    }
    // How many of so many packets arrive, and how long the first one takes.
    let pass = |from: &std::net::UdpSocket, to: &std::net::UdpSocket, count: u32| -> Result<_> {
        let (start, mut first) = (Instant::now(), None);
        for number in 0..count {
            from.send_to(&number.to_be_bytes(), to.local_addr()?)?;
        }
        let mut arrived = 0;
        while to.recv_from(&mut [0; 64]).is_ok() {
            first.get_or_insert(start.elapsed());
            arrived += 1;
        }
        Ok((arrived, first.unwrap_or_default()))
    };

    let (arrived, _) = pass(&near, &far, 100)?;
    ensure!(arrived == 100, "a perfect wire passed on {arrived} of 100 packets");
    network.all(Quality::FAR)?;
    for (from, to) in [(&near, &far), (&far, &near)] {
        let (arrived, first) = pass(from, to, 1_000)?;
        // Less than one in a billion runs is outside of this: 20 are lost of 1,000, give or take 5.
        ensure!((940..=999).contains(&arrived), "{arrived} of 1,000 packets arrived");
        ensure!(first >= Quality::FAR.delay, "the first packet took {first:?}");
    }
    network.all(Quality::PERFECT)?;
    network.one_way(0, 1, Quality::CUT)?;
    ensure!(pass(&near, &far, 10)?.0 == 0, "packets went through a cut");
    ensure!(pass(&far, &near, 10)?.0 == 10, "a cut of one direction cut the other one");
    Ok(())
}

#[tokio::test]
#[ignore = "needs root: cargo xtask test --netns"]
async fn five_centers_agree_although_packets_take_200_ms_and_some_are_lost() -> Result<()> {
    let ring = Ring::new(Quality::FAR).await?;
    let searching = Searching::at(&ring.centers).await?;
    for (center, city) in [0, 1, 3].into_iter().zip(City::ALL) {
        Fiction::of(city, 120).enter(ring.center(center)?).await?;
    }
    let start = Instant::now();
    ring.holds(&[]).await?;
    println!("all agree {} ms after the last record was entered", start.elapsed().as_millis());
    for center in &ring.centers {
        let offers = center.status().await?.shown("offer");
        ensure!(offers >= 360, "{} shows {offers} offers", center.name);
    }
    // A single edit crosses the network as it is made: 1 and 3 are no neighbors.
    let id = put(ring.center(1)?, "offer", OFFER).await?;
    has(ring.center(3)?, &id).await?;
    edit(ring.center(1)?, &id, &["sleeps=5"]).await?;
    shows(ring.center(3)?, &id, "/fields/sleeps", &json!(5)).await?;
    searching.end().await
}

#[tokio::test]
#[ignore = "needs root: cargo xtask test --netns"]
async fn two_halves_that_were_cut_apart_agree_when_they_are_joined_again() -> Result<()> {
    let ring = Ring::connected(Quality::PERFECT).await?;
    let searching = Searching::at(&ring.centers).await?;
    let letter = put(ring.center(0)?, "template", LETTER).await?;
    let tartu = ring.center(3)?.id().await?;
    edit(ring.center(0)?, &letter, &[&format!("maintainers={tartu}")]).await?;
    ring.holds(std::slice::from_ref(&letter)).await?;

    ring.network.between(HALVES.0, HALVES.1, Quality::CUT)?;
    // One of the three links between them has to be made anew.
    ring.network.forget_connections(1, 2)?;
    let mut ids = vec![letter.clone()];
    for place in [0, 1, 2, 3, 4] {
        ids.push(put(ring.center(place)?, "offer", OFFER).await?);
    }
    edit(ring.center(0)?, &letter, &["body.en=One. Two and a half. Three."]).await?;
    edit(ring.center(3)?, &letter, &["body.en=One. Two. Three. Four."]).await?;
    let [west, east]: [Vec<&Center>; 2] = [HALVES.0, HALVES.1]
        .map(|half| ring.centers.iter().enumerate().filter(|(at, _)| half.contains(at)))
        .map(|half| half.map(|(_, center)| center).collect());
    let (one, other) = (agree(&west).await?, agree(&east).await?);
    ensure!(one != other, "the cut let something through");

    ring.network.between(HALVES.0, HALVES.1, Quality::PERFECT)?;
    let start = Instant::now();
    ring.holds(&ids).await?;
    println!("all agree {} ms after the halves were joined", start.elapsed().as_millis());
    for center in &ring.centers {
        let both = "One. Two and a half. Three. Four.";
        shows(center, &letter, "/fields/body/en", &json!(both)).await?;
    }
    searching.end().await
}

#[tokio::test]
#[ignore = "needs root: cargo xtask test --netns"]
async fn a_wire_that_carries_one_way_only_is_noticed_and_mended_without_a_restart() -> Result<()> {
    let ring = Ring::connected(Quality::PERFECT).await?;
    let searching = Searching::at(&ring.centers).await?;
    // Tbilisi hears nothing of Riga any more, and Riga hears all that Tbilisi says.
    let (riga, tbilisi) = (ring.center(1)?, ring.center(2)?);
    let start = Instant::now();
    ring.network.one_way(1, 2, Quality::CUT)?;
    // Nothing is lost meanwhile: there is another way around.
    let around = put(riga, "offer", OFFER).await?;
    let back = put(tbilisi, "offer", OFFER).await?;
    ring.holds(&[around, back]).await?;

    until_linked(tbilisi, "Riga", false, NOTICED).await?;
    println!("the deaf side dropped the link after {} ms", start.elapsed().as_millis());
    until_linked(riga, "Tbilisi", false, NOTICED).await?;
    println!("the other side dropped it after {} ms", start.elapsed().as_millis());

    ring.network.one_way(1, 2, Quality::PERFECT)?;
    let start = Instant::now();
    for (here, there) in [(riga, "Tbilisi"), (tbilisi, "Riga")] {
        until_linked(here, there, true, Duration::from_secs(40)).await?;
    }
    println!("the link is back after {} ms", start.elapsed().as_millis());
    let late = put(riga, "offer", OFFER).await?;
    ring.holds(&[late]).await?;
    searching.end().await
}

#[tokio::test]
#[ignore = "needs root: cargo xtask test --netns"]
async fn a_center_whose_links_come_and_go_keeps_up() -> Result<()> {
    let ring = Ring::connected(Quality::PERFECT).await?;
    let searching = Searching::at(&ring.centers).await?;
    let others: Vec<usize> = (1..NAMES.len()).collect();
    let narva = ring.center(0)?;
    let mut ids = Vec::new();
    for flap in 0..6 {
        // Its router starts again: the connections are gone, and the other ends do not know it.
        ring.network.between(&[0], &others, Quality::CUT)?;
        for neighbor in [1, 2, 4] {
            ring.network.forget_connections(0, neighbor)?;
        }
        ids.push(put(narva, "offer", OFFER).await?);
        ids.push(put(ring.center(1 + flap % 4)?, "offer", OFFER).await?);
        ring.network.between(&[0], &others, Quality::PERFECT)?;
        let start = Instant::now();
        let latest: BTreeSet<&String> = ids.iter().rev().take(2).collect();
        for id in latest {
            has(narva, id).await?;
            has(ring.center(3)?, id).await?;
        }
        println!("flap {flap}: caught up after {} ms", start.elapsed().as_millis());
    }
    ring.holds(&ids).await?;
    for place in 0..NAMES.len() {
        connected(ring.center(place)?, neighbors(place)).await?;
    }
    searching.end().await
}
