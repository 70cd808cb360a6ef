//! What opens a node, what closes it, and what destroys it.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use hospes_stage::stage::{Center, Stage, introduce, text};
use hospes_stage::wait::until;
use hospes_tests::clock::Clock;
use hospes_tests::operator::{Outcome, attempt, has, put, refused};
use hospes_tests::pages::{ask, status};
use hospes_tests::theatre::{PATIENCE, agree, reopen, stage};
use serde_json::Value;
use tokio::net::TcpStream;

const OFFER: &[&str] = &["country=EE", "near_town=Narva", "place_type=sofa", "sleeps=2"];
const HOUR: i64 = 60 * 60;

/// A private file of the stage.
fn secret(stage: &Stage, name: &str, words: &str) -> Result<String> {
    let path = stage.folder().join(name);
    fs::write(&path, format!("{words}\n"))?;
    Ok(path.to_string_lossy().into_owned())
}

async fn state(center: &Center) -> Result<String> {
    text(&center.json(["status"]).await?, "/node/state")
}

/// Runs a command that must succeed, and tells what it said.
async fn done(center: &Center, words: &[&str]) -> Result<Outcome> {
    let outcome = attempt(center, words).await?;
    ensure!(outcome.code == 0, "{words:?} ended with {}:\n{}", outcome.code, outcome.err);
    Ok(outcome)
}

/// What opens the node, by name.
async fn ways_in(center: &Center) -> Result<Vec<String>> {
    let list = center.json(["keys", "list"]).await?;
    let slots = list.pointer("/slots").and_then(Value::as_array).context("no slots")?;
    slots.iter().map(|slot| text(slot, "/label")).collect()
}

/// Whether the passphrase in a file opens a sealed node; the node is sealed again afterwards.
async fn opens(center: &Center, passphrase: &str) -> Result<bool> {
    center.run(["seal"]).await?;
    let outcome = attempt(center, &["unseal", "--passphrase-file", passphrase]).await?;
    ensure!([0, 6].contains(&outcome.code), "{}", outcome.err);
    Ok(outcome.code == 0)
}

#[tokio::test]
async fn passphrases_are_added_changed_and_removed_and_one_always_stays() -> Result<()> {
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let first = center.passphrase.to_string_lossy().into_owned();
    let second = secret(&stage, "second", "nine fictional cranes rest at noon")?;
    let third = secret(&stage, "third", "four fictional swans leave at night")?;
    let cost = ["--cost", "test"];
    let with = |words: &[&str], old: &str| -> Vec<String> {
        let all = words.iter().copied().chain(["--passphrase-file", old]);
        all.map(str::to_owned).collect()
    };
    let run = |words: Vec<String>| {
        let center = &center;
        async move {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            done(center, &words).await
        }
    };

    ensure!(ways_in(&center).await? == ["main"]);
    let add = ["keys", "add", "night-desk", "--new-passphrase-file", &second, cost[0], cost[1]];
    // Nobody adds a way in who has none.
    refused(&center, &[&add[..], &["--passphrase-file", &third]].concat(), 6, &["wrong"]).await?;
    run(with(&add, &first)).await?;
    ensure!(ways_in(&center).await? == ["main", "night-desk"]);
    ensure!(opens(&center, &second).await?);
    ensure!(opens(&center, &first).await?);
    let again = [&add[..], &["--passphrase-file", &first]].concat();
    refused(&center, &again, 6, &["there is a slot called night-desk already", "keys change"])
        .await?;

    let change = ["keys", "change", "main", "--new-passphrase-file", &third, cost[0], cost[1]];
    run(with(&change, &second)).await?;
    ensure!(!opens(&center, &first).await?, "the old passphrase opens");
    ensure!(opens(&center, &third).await?);

    let said = run(with(&["keys", "remove", "night-desk"], &third)).await?;
    ensure!(said.out.contains("Copies of keyslots.json"), "{}", said.out);
    ensure!(!opens(&center, &second).await?, "a removed passphrase opens");
    ensure!(opens(&center, &third).await?);
    let last = ["keys", "remove", "main", "--passphrase-file", &third];
    refused(&center, &last, 6, &["main is the last slot", "hospes keys add"]).await?;
    let missing = ["keys", "remove", "moon", "--passphrase-file", &third];
    refused(&center, &missing, 5, &["no slot called moon", "hospes keys list"]).await?;
    let weak = secret(&stage, "weak", "short")?;
    let weak = ["keys", "change", "--passphrase-file", &third, "--new-passphrase-file", &weak];
    refused(&center, &weak, 6, &["at least 12 characters"]).await?;

    // What was given stays given: the file that a power cut left is never half of one.
    let names: Vec<_> =
        fs::read_dir(&center.data)?.flatten().map(|entry| entry.file_name()).collect();
    ensure!(names.iter().all(|name| name != "keyslots.new.json"), "{names:?}");
    center.run(["seal"]).await?;
    refused(&center, &last, 4, &["sealed", "hospes unseal"]).await
}

#[tokio::test]
async fn two_of_three_trustees_open_a_node_whose_passphrase_is_lost() -> Result<()> {
    let stage = stage()?;
    let mut center = stage.center("Narva").await?;
    let first = center.passphrase.to_string_lossy().into_owned();
    let file = |name: String| stage.folder().join(name).to_string_lossy().into_owned();
    let mut keys = Vec::new();
    for place in 0..3 {
        let words = file(format!("trustee-{place}.words"));
        let made = done(&center, &["keys", "trustee", "new", "--phrase-file", &words]).await?;
        ensure!(made.out.starts_with("hospes-trustee1"), "{}", made.out);
        let shown = done(&center, &["keys", "trustee", "show", "--phrase-file", &words]).await?;
        ensure!(shown.out == made.out, "another key of the same words");
        let key = file(format!("trustee-{place}.txt"));
        fs::write(&key, &made.out)?;
        keys.push(key);
    }
    let [one, two, three] = keys.as_slice() else { anyhow::bail!("not three keys") };
    let add = ["keys", "add", "--passphrase-file", &first, "--yes", "--trustees", one, two, three];
    done(&center, &add).await?;
    ensure!(ways_in(&center).await? == ["main", "trustees"]);
    let exported = file("for-the-trustees.json".to_owned());
    done(&center, &["keys", "export", &exported]).await?;
    center.stop().await?;
    center.start().await?;

    let mut shares = Vec::new();
    for place in 0..3 {
        let words = file(format!("trustee-{place}.words"));
        let read = ["keys", "share", "--keyslots", &exported, "--phrase-file", &words];
        let said = done(&center, &read).await?;
        ensure!(said.out.starts_with("hospes-share1-"), "{}", said.out);
        let share = file(format!("share-{place}"));
        fs::write(&share, said.out.to_uppercase().replace('-', " "))?;
        shares.push(share);
    }
    let [one, two, three] = shares.as_slice() else { anyhow::bail!("not three shares") };
    refused(&center, &["unseal", "--share-file", one], 6, &["no terminal", "--share-file"]).await?;
    let twice = ["unseal", "--share-file", one, "--share-file", one];
    refused(&center, &twice, 6, &["2 shares of different trustees are needed"]).await?;
    let stranger = file("stranger.words".to_owned());
    done(&center, &["keys", "trustee", "new", "--phrase-file", &stranger]).await?;
    let read = ["keys", "share", "--keyslots", &exported, "--phrase-file", &stranger];
    refused(&center, &read, 6, &["no trustee of these keyslots", "trustee show"]).await?;

    ensure!(state(&center).await? == "sealed");
    let said = done(&center, &["unseal", "--share-file", three, "--share-file", one]).await?;
    ensure!(said.err.contains("hospes keys change --with-trustees"), "{}", said.err);
    ensure!(state(&center).await? == "open");
    let second = secret(&stage, "second", "nine fictional cranes rest at noon")?;
    let words = ["keys", "change", "--new-passphrase-file", &second, "--cost", "test"];
    let with = ["--share-file", two, "--share-file", three];
    done(&center, &[&words[..], &with].concat()).await?;
    ensure!(opens(&center, &second).await?);
    ensure!(!opens(&center, &first).await?, "the lost passphrase opens");
    Ok(())
}

#[tokio::test]
async fn a_keyslots_file_that_was_tampered_with_is_noticed_and_never_taken() -> Result<()> {
    let stage = stage()?;
    let (center, other) = tokio::try_join!(stage.center("Narva"), stage.center("Riga"))?;
    let path = center.data.join("keyslots.json");
    let first = center.passphrase.to_string_lossy().into_owned();
    let second = secret(&stage, "second", "nine fictional cranes rest at noon")?;
    let add = ["keys", "add", "--passphrase-file", &first, "--new-passphrase-file", &second];
    done(&center, &[&add[..], &["--cost", "test"]].concat()).await?;
    let ours = fs::read(&path)?;
    // Somebody takes a way in away.
    let mut file: Value = serde_json::from_slice(&ours)?;
    let slots = file.pointer_mut("/slots").and_then(Value::as_array_mut).context("no slots")?;
    slots.pop();
    fs::write(&path, serde_json::to_vec(&file)?)?;
    center.run(["seal"]).await?;
    let said = done(&center, &["unseal", "--passphrase-file", &first]).await?;
    ensure!(said.err.contains("somebody has changed keyslots.json"), "{}", said.err);
    ensure!(fs::read_to_string(&center.log)?.contains("something else than hospes wrote"));
    // And puts the file of another node there, which opens with the same words: they open nothing.
    fs::copy(other.data.join("keyslots.json"), &path)?;
    let change = ["keys", "change", "--passphrase-file", &first, "--new-passphrase-file", &second];
    let change = [&change[..], &["--cost", "test"]].concat();
    refused(&center, &change, 6, &["not made with the key of this database"]).await?;
    fs::write(&path, &ours)?;
    ensure!(opens(&center, &second).await?);
    for junk in [&b"{}"[..], b"[[[[", &[b' '; 70_000]] {
        fs::write(&path, junk)?;
        let outcome = attempt(&center, &["keys", "list"]).await?;
        ensure!(outcome.code != 0 && outcome.err.contains("keyslots.json"), "{}", outcome.err);
    }
    Ok(())
}

#[tokio::test]
async fn a_wiped_node_opens_with_nothing_and_the_phrase_and_peers_bring_it_back() -> Result<()> {
    let stage = stage()?;
    let (mut narva, riga) = tokio::try_join!(stage.center("Narva"), stage.center("Riga"))?;
    introduce(&narva, &riga).await?;
    let offer = put(&narva, "offer", OFFER).await?;
    agree(&[&narva, &riga]).await?;
    let asked = attempt(&narva, &["wipe"]).await?;
    ensure!(asked.code == 6 && asked.out.contains("Nothing was done"), "{asked:?}");
    ensure!(asked.err.contains("hospes wipe --yes-destroy"), "{}", asked.err);
    ensure!(state(&narva).await? == "open");

    // Other names of the same blocks show what became of them.
    let (keyslots, kept) = (narva.data.join("keyslots.json"), stage.folder().join("kept"));
    let before = fs::read(&keyslots)?;
    fs::hard_link(&keyslots, &kept)?;
    fs::write(narva.data.join("keyslots.new.json"), &before)?;
    let said = done(&narva, &["wipe", "--yes-destroy"]).await?;
    for word in ["is wiped", "gone   ", "hospes.db, which is noise", "recovery phrase"] {
        ensure!(said.out.contains(word), "it does not say {word:?}:\n{}", said.out);
    }
    let left: Vec<PathBuf> = keyfiles(&narva.data)?;
    ensure!(left.is_empty(), "{left:?}");
    let after = fs::read(&kept)?;
    let same = before.iter().zip(&after).filter(|(one, other)| one == other).count();
    ensure!(after.len() == before.len() && same < before.len() / 10, "it was not overwritten");
    ensure!(state(&narva).await? == "wiped");
    closed(&narva).await?;
    ensure!(done(&narva, &["wipe", "--yes-destroy"]).await?.out.contains("wiped already"));
    let passphrase = narva.passphrase.to_string_lossy().into_owned();
    let unseal = ["unseal", "--passphrase-file", &*passphrase];
    for _ in 0..2 {
        refused(&narva, &unseal, 4, &["was wiped", "hospes init --from-phrase"]).await?;
        refused(&narva, &["search", "offers"], 4, &["was wiped"]).await?;
        narva.stop().await?;
        narva.start().await?;
        ensure!(state(&narva).await? == "wiped");
    }

    let phrase = narva.card.with_extension("phrase").to_string_lossy().into_owned();
    let init = ["init", "--yes", "--cost", "test"];
    let files = ["--from-phrase", &phrase, "--passphrase-file", &passphrase];
    let without_epoch = [&init[..], &files].concat();
    refused(&narva, &without_epoch, 2, &["--epoch"]).await?;
    done(&narva, &[&without_epoch[..], &["--epoch", "2"]].concat()).await?;
    let card = riga.card.to_string_lossy().into_owned();
    let waiting = done(&narva, &["status"]).await?;
    ensure!(waiting.out.contains("the profile of this center is with its peers"), "{waiting:?}");
    done(&narva, &["peer", "add", &card, "--yes"]).await?;
    has(&narva, &offer).await?;

    // The name and the profile come back too: there is no second one of this center.
    agree(&[&narva, &riga]).await?;
    for center in [&narva, &riga] {
        let found = center.json(["search", "centers"]).await?;
        let names = found.pointer("/hits").and_then(Value::as_array).map(Vec::len);
        ensure!(names == Some(2), "{} shows {names:?} centers", center.name);
    }
    let shown = narva.json(["center", "show"]).await?;
    ensure!(shown.pointer("/name") == Some(&Value::from("Narva")), "{shown}");
    let again = ["center", "profile", "--set", "languages=ru:native"];
    done(&narva, &again).await.map(|_| ())
}

#[tokio::test]
async fn a_center_whose_profile_no_peer_has_makes_a_new_one() -> Result<()> {
    let stage = stage()?;
    let (narva, riga) = tokio::try_join!(stage.center("Narva"), stage.center("Riga"))?;
    done(&narva, &["wipe", "--yes-destroy"]).await?;
    let phrase = narva.card.with_extension("phrase").to_string_lossy().into_owned();
    let passphrase = narva.passphrase.to_string_lossy().into_owned();
    let init = ["init", "--yes", "--cost", "test", "--epoch", "2", "--name", "Narva"];
    let files = ["--from-phrase", &phrase, "--passphrase-file", &passphrase];
    done(&narva, &[&init[..], &files].concat()).await?;
    introduce(&narva, &riga).await?;
    until("Riga sees the name", PATIENCE, || async {
        let found = riga.json(["search", "centers"]).await?;
        let hits = found.pointer("/hits").and_then(Value::as_array).context("no hits")?;
        Ok((hits.len() == 2).then_some(()))
    })
    .await
}

#[tokio::test]
async fn a_node_with_a_busy_port_is_refused_before_words_are_on_paper() -> Result<()> {
    let stage = stage()?;
    let mut center = stage.center("Narva").await?;
    done(&center, &["wipe", "--yes-destroy"]).await?;
    center.stop().await?;
    let busy = std::net::TcpListener::bind("127.0.0.1:0")?;
    center.peer = busy.local_addr()?;
    center.start().await?;
    let address = center.peer.to_string();
    let words = stage.folder().join("never.txt").to_string_lossy().into_owned();
    let passphrase = center.passphrase.to_string_lossy().into_owned();
    let init = ["init", "--name", "Narva", "--yes", "--cost", "test"];
    let files = ["--phrase-file", &words, "--passphrase-file", &passphrase];
    let said = [address.as_str(), "ss -ltnp"];
    refused(&center, &[&init[..], &files].concat(), 1, &said).await?;
    ensure!(!std::path::Path::new(&words).exists(), "words of no center are on the disk");
    drop(busy);
    done(&center, &[&init[..], &files].concat()).await?;
    ensure!(state(&center).await? == "open");
    Ok(())
}

/// How often a node was opened, or tried to open itself.
fn tries(center: &Center) -> Result<usize> {
    let told = fs::read_to_string(&center.log)?;
    Ok(told.matches("it stays sealed").count() + told.matches(" unsealed").count())
}

#[tokio::test]
async fn a_node_whose_passphrase_file_does_not_open_it_stays_up_and_sealed() -> Result<()> {
    let stage = stage()?;
    let mut center = stage.center("Narva").await?;
    let right = fs::read_to_string(&center.passphrase)?;
    let file = stage.folder().join("unattended");
    center.environment.push(("HOSPES_PASSPHRASE_FILE".to_owned(), file.clone().into()));
    let marked = format!("\u{feff}{}\r\nof the front desk\r\n", right.trim());
    for (content, expected) in [
        (b"another one that is wrong\n".to_vec(), "sealed"),
        (marked.encode_utf16().flat_map(u16::to_le_bytes).collect(), "sealed"),
        (marked.clone().into_bytes(), "open"),
    ] {
        fs::write(&file, content)?;
        center.stop().await?;
        let before = tries(&center)?;
        center.start().await?;
        until("it has tried", PATIENCE, || async { Ok((tries(&center)? > before).then_some(())) })
            .await?;
        ensure!(state(&center).await? == expected, "{} is not {expected}", center.name);
    }
    Ok(())
}

#[tokio::test]
async fn a_sealed_node_can_be_wiped() -> Result<()> {
    let stage = stage()?;
    let mut center = stage.center("Narva").await?;
    center.stop().await?;
    center.start().await?;
    done(&center, &["wipe", "--yes-destroy"]).await?;
    ensure!(keyfiles(&center.data)?.is_empty());
    ensure!(state(&center).await? == "wiped");
    Ok(())
}

#[tokio::test]
async fn a_node_seals_itself_when_nobody_confirms() -> Result<()> {
    let stage = stage()?;
    let mut center = stage.center("Narva").await?;
    let off = done(&center, &["confirm"]).await?;
    ensure!(off.out.contains("does not seal itself"), "{}", off.out);
    ensure!(center.json(["status"]).await?.pointer("/node/seals_at") == Some(&Value::Null));
    center.stop().await?;
    fs::write(center.data.join("node.toml"), "auto_seal_hours = 24\n")?;
    let clock = Clock::of(&stage, &mut center)?;
    reopen(&mut center).await?;
    let shown = done(&center, &["status"]).await?;
    ensure!(shown.out.contains("unless somebody confirms:  hospes confirm"), "{}", shown.out);

    clock.pass(0, 23 * HOUR + HOUR / 2)?;
    let soon = done(&center, &["status"]).await?;
    ensure!(soon.out.contains("the node seals itself in "), "{}", soon.out);
    done(&center, &["confirm"]).await?;
    clock.pass(0, 25 * HOUR)?;
    stays_open(&center).await?;
    // Neither does a clock that is set move the time: only time that passes does.
    clock.pass(0, 47 * HOUR)?;
    stays_open(&center).await?;
    clock.pass(0, 48 * HOUR)?;
    sealed_itself(&center, "nobody confirmed for 24 h").await?;
    closed(&center).await?;
    center.unseal().await?;
    stays_open(&center).await
}

#[tokio::test]
async fn a_node_whose_machine_slept_seals_itself() -> Result<()> {
    let stage = stage()?;
    let mut center = stage.center("Narva").await?;
    center.stop().await?;
    let clock = Clock::of(&stage, &mut center)?;
    reopen(&mut center).await?;
    stays_open(&center).await?;
    // A clock that is set is no sleep.
    clock.set(24 * HOUR)?;
    stays_open(&center).await?;
    clock.pass(90, 0)?;
    sealed_itself(&center, "the machine slept for ").await?;
    closed(&center).await?;
    center.unseal().await?;
    stays_open(&center).await?;
    let status = center.json(["status"]).await?;
    ensure!(text(&status, "/node/sealed_why")?.is_empty(), "{status}");
    Ok(())
}

#[tokio::test]
async fn a_sealed_node_listens_only_where_a_page_says_that_it_is_sealed() -> Result<()> {
    let stage = stage()?;
    let mut center = stage.center("Narva").await?;
    let listening = ports(&center)?;
    for listener in [center.peer, center.local, center.pages] {
        ensure!(listening.contains(&listener.port()), "{listener} is not among {listening:?}");
    }
    center.run(["seal"]).await?;
    closed(&center).await?;
    center.stop().await?;
    center.start().await?;
    closed(&center).await?;
    center.unseal().await?;
    ensure!(ports(&center)?.len() == 3, "{:?}", ports(&center)?);
    Ok(())
}

/// The keyslots, and whatever is on its way to become keyslots.
fn keyfiles(data: &Path) -> Result<Vec<PathBuf>> {
    let files = fs::read_dir(data)?.flatten().map(|entry| entry.path());
    Ok(files.filter(|path| path.to_string_lossy().contains("keyslots")).collect())
}

/// Checks that nothing but the admin socket answers, and the page that says so.
async fn closed(center: &Center) -> Result<()> {
    let what = format!("{} listens for browsers only", center.name);
    // The listener of counselors ends when its last answer is out.
    let only_pages = || async { Ok((ports(center)? == [center.pages.port()]).then_some(())) };
    until(&what, PATIENCE, only_pages).await?;
    let host = format!("Host: {}", center.pages);
    for page in ["/", "/login", "/tonight"] {
        let told = ask(center, &format!("GET {page}"), &[&host], "").await?;
        let says =
            ["The node is sealed", "There is no center here"].map(|word| told.contains(word));
        ensure!(status(&told) == 503 && says.contains(&true), "{page}: {told}");
        ensure!(!told.contains(&center.name), "{page} tells whose node it is: {told}");
    }
    for listener in [center.peer, center.local] {
        ensure!(TcpStream::connect(listener).await.is_err(), "{listener} is open");
    }
    Ok(())
}

/// The ports that the node's process has, of TCP and UDP, as the kernel tells.
fn ports(center: &Center) -> Result<Vec<u16>> {
    let pid = center.pid().context("the node does not run")?.as_raw_nonzero();
    let own = [center.peer, center.local, center.pages].map(|address: SocketAddr| address.port());
    // Of a process that may not be looked into, at least the ports that it was given.
    let sockets = fs::read_dir(format!("/proc/{pid}/fd")).map(|entries| {
        let links = entries.flatten().filter_map(|entry| fs::read_link(entry.path()).ok());
        links.map(|link| link.to_string_lossy().into_owned()).collect::<Vec<_>>()
    });
    let mut ports = Vec::new();
    for table in ["tcp", "tcp6", "udp", "udp6"] {
        let Ok(lines) = fs::read_to_string(format!("/proc/{pid}/net/{table}")) else { continue };
        for line in lines.lines().skip(1) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [_, local, _, state, _, _, _, _, _, inode, ..] = words.as_slice() else { continue };
            let listens = table.starts_with("udp") || *state == "0A";
            let port =
                local.rsplit_once(':').and_then(|(_, port)| u16::from_str_radix(port, 16).ok());
            let Some(port) = port.filter(|_| listens) else { continue };
            let mine = match &sockets {
                Ok(sockets) => sockets.contains(&format!("socket:[{inode}]")),
                Err(_) => own.contains(&port),
            };
            if mine {
                ports.push(port);
            }
        }
    }
    Ok(ports)
}

/// Checks that a node does not seal itself for a while in which it looks at its clocks several times.
async fn stays_open(center: &Center) -> Result<()> {
    let begun = std::time::Instant::now();
    until("some looks at the clocks are over", PATIENCE, || async {
        let state = state(center).await?;
        ensure!(state == "open", "the node is {state}");
        Ok((begun.elapsed().as_secs() >= 3).then_some(()))
    })
    .await
}

/// Waits until a node is sealed and says this of it.
async fn sealed_itself(center: &Center, why: &str) -> Result<()> {
    let what = format!("{} seals itself: {why}", center.name);
    until(&what, PATIENCE, || async { Ok((state(center).await? == "sealed").then_some(())) })
        .await?;
    let said = text(&center.json(["status"]).await?, "/node/sealed_why")?;
    ensure!(said.starts_with(why), "it says {said:?}");
    let shown = done(center, &["status"]).await?;
    ensure!(shown.out.contains(&format!("It sealed itself: {why}")), "{}", shown.out);
    let log = fs::read_to_string(&center.log)?;
    ensure!(log.contains("the node sealed itself"), "the log says nothing");
    Ok(())
}
