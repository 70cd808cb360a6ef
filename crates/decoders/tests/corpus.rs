//! Every file of the corpora, and errors made in it, through its decoder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hospes_decoders::{DECODERS, Decoder};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// What one small file may take, also in a program that was built without optimization.
const LONG: Duration = Duration::from_secs(5);

fn files(decoder: &Decoder) -> Vec<PathBuf> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus").join(decoder.name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn read(decoder: &Decoder, bytes: &[u8], what: &str) {
    let start = Instant::now();
    (decoder.read)(bytes);
    assert!(start.elapsed() < LONG, "{} takes too long for {what}", decoder.name);
}

/// Some bytes altered, taken out, doubled, or put in.
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
fn every_decoder_reads_its_corpus() {
    for decoder in &DECODERS {
        let files = files(decoder);
        assert!(!files.is_empty(), "{} has no corpus", decoder.name);
        for file in files {
            read(decoder, &fs::read(&file).unwrap(), &file.display().to_string());
        }
    }
}

#[test]
fn every_corpus_has_its_decoder() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus");
    for entry in fs::read_dir(corpora).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let known = DECODERS.iter().any(|decoder| decoder.name == name);
        assert!(known || path.is_file(), "nothing reads {name}");
    }
}

#[test]
fn errors_in_good_input_do_no_harm() {
    const ERRORS: usize = 300;
    let mut dice = StdRng::seed_from_u64(11);
    for decoder in &DECODERS {
        let files = files(decoder);
        for number in 0..ERRORS {
            let file = &files[number % files.len()];
            let bytes = damaged(&fs::read(file).unwrap(), &mut dice);
            read(decoder, &bytes, &format!("error {number} in {}", file.display()));
        }
    }
}

#[test]
fn every_decoder_has_a_fuzz_target() {
    let targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/fuzz_targets");
    for decoder in &DECODERS {
        let target = fs::read_to_string(targets.join(format!("{}.rs", decoder.name))).unwrap();
        assert!(target.contains(&format!("\"{}\"", decoder.name)), "{} is another", decoder.name);
    }
}
