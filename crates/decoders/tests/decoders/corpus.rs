//! Every file of every corpus goes through its decoder: quickly, and in little memory.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::bounds::{LONGEST, read};
use hospes_decoders::{DECODERS, Decoder, Verdict, decoder, seeds, vectors};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// Bytes of all corpora together.
const MOST_BYTES: u64 = 300 * 1_024;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

fn corpora() -> PathBuf {
    workspace().join("tests/corpus")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| {
        panic!("{}: {error}; cargo xtask seeds writes what we make ourselves", folder.display())
    });
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_decoder_bears_its_corpus_within_its_time_and_memory() {
    let mut trouble = Vec::new();
    for decoder in DECODERS {
        let files = files(&corpora().join(decoder.name));
        let mut verdicts = Vec::new();
        for path in &files {
            match read(decoder, fs::read(path).unwrap()) {
                Ok(verdict) => verdicts.push(verdict),
                Err(why) => trouble.push(format!("{} {why}", path.display())),
            }
        }
        let read = verdicts.iter().filter(|verdict| **verdict == Verdict::Read).count();
        println!("{}: {} files, {read} of them mean something", decoder.name, files.len());
        for wanted in [Verdict::Read, Verdict::Refused] {
            // A corpus of which nothing is understood looks at the first bytes only.
            if !verdicts.contains(&wanted) {
                trouble.push(format!("no file of the corpus {} is {wanted:?}", decoder.name));
            }
        }
    }
    assert!(trouble.is_empty(), "{trouble:#?}");
}

/// Some bytes altered, taken out, doubled, put in, or cut off.
fn damaged(bytes: &[u8], dice: &mut StdRng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..dice.random_range(1..4) {
        if bytes.is_empty() {
            break;
        }
        let at = dice.random_range(0..bytes.len());
        let end = (at + dice.random_range(1..9)).min(bytes.len());
        match dice.random_range(0..5) {
            0 => bytes[at] ^= 1 << dice.random_range(0..8),
            1 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][dice.random_range(0..5)],
            2 => drop(bytes.drain(at..end)),
            3 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

#[test]
fn errors_in_good_bytes_do_no_harm() {
    const ERRORS: usize = 300;
    const SEED: u64 = 11;
    println!("SEED={SEED}");
    let mut dice = StdRng::seed_from_u64(SEED);
    for decoder in DECODERS {
        let files = files(&corpora().join(decoder.name));
        for number in 0..ERRORS {
            let file = &files[number % files.len()];
            let bytes = damaged(&fs::read(file).unwrap(), &mut dice);
            let start = Instant::now();
            (decoder.read)(&bytes);
            let took = start.elapsed();
            assert!(took < LONGEST, "error {number} in {} takes {took:?}", file.display());
        }
    }
}

#[test]
fn a_decoder_that_panics_or_does_not_end_is_noticed() {
    fn panics(_: &[u8]) -> Verdict {
        panic!("as expected");
    }
    fn grows(_: &[u8]) -> Verdict {
        let room = std::hint::black_box(vec![1_u8; 250 << 20]);
        Verdict::of(&room.last().ok_or(()))
    }
    static BROKEN: Decoder = Decoder { name: "broken", what: "", read: panics };
    static HUNGRY: Decoder = Decoder { name: "hungry", what: "", read: grows };
    assert_eq!(read(&BROKEN, Vec::new()), Err("panics, see above".to_owned()));
    let told = read(&HUNGRY, Vec::new());
    assert!(told.as_ref().is_err_and(|why| why.starts_with("takes 2")), "{told:?}");
}

#[test]
fn the_corpora_hold_what_our_own_code_writes() {
    for seed in seeds::all().unwrap() {
        assert!(decoder(seed.decoder).is_some(), "nothing is called {}", seed.decoder);
        let path = corpora().join(seed.decoder).join(&seed.name);
        let there = fs::read(&path).unwrap_or_default();
        assert!(there == seed.bytes, "{} is out of date: cargo xtask seeds", path.display());
    }
}

#[test]
fn the_vectors_of_the_protocol_are_what_our_own_code_makes() {
    let path = corpora().join(vectors::FILE);
    let there = fs::read_to_string(&path).unwrap_or_default();
    let same = there == vectors::text().unwrap();
    assert!(same, "{} is out of date: cargo xtask seeds", path.display());
}

#[test]
fn the_corpora_are_small_and_each_has_its_decoder() {
    let folders = files(&corpora()).into_iter().filter(|path| path.is_dir());
    let mut bytes = 0;
    for folder in folders {
        let name = folder.file_name().unwrap().to_str().unwrap();
        assert!(decoder(name).is_some(), "nothing is called {name}");
        bytes += files(&folder).iter().map(|path| path.metadata().unwrap().len()).sum::<u64>();
    }
    assert!(bytes <= MOST_BYTES, "{bytes} bytes");
}

#[test]
fn every_decoder_has_a_fuzz_target_and_every_target_a_decoder() {
    let folder = workspace().join("crates/fuzz");
    let names: BTreeSet<String> = DECODERS.iter().map(|one| one.name.to_owned()).collect();
    assert_eq!(names.len(), DECODERS.len(), "two decoders have one name");
    let targets = files(&folder.join("fuzz_targets"));
    let targets = targets.iter().map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned());
    assert_eq!(targets.collect::<BTreeSet<_>>(), names);
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    for name in names {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
    }
}
