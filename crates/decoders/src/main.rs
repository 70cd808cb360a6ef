//! By hand: write the seeds of the corpora, or read a file that a fuzzer has found.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use hospes_decoders::{DECODERS, seeds};

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["seeds", folder] => {
            let count = seeds::write(Path::new(folder))?;
            println!("{count} seeds are in {folder}");
        }
        [name, files @ ..] if !files.is_empty() => {
            let found = DECODERS.into_iter().find(|decoder| decoder.name == *name);
            let decoder = found.with_context(|| format!("there is no decoder {name}"))?;
            for file in files {
                let bytes =
                    std::fs::read(file).with_context(|| format!("failed to read {file}"))?;
                (decoder.read)(&bytes);
                println!("{file}: read");
            }
        }
        _ => bail!("usage: hospes-decoders seeds FOLDER, or hospes-decoders DECODER FILE..."),
    }
    Ok(())
}
