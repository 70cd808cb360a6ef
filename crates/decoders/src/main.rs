//! By hand: write the seeds of the corpora and the vectors of the protocol, or read a file that a fuzzer has found.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use hospes_decoders::{decoder, seeds, vectors};

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["seeds", folder] => write(Path::new(folder)),
        [name, files @ ..] if !files.is_empty() => {
            let decoder = decoder(name).with_context(|| format!("there is no decoder {name}"))?;
            for file in files {
                let bytes = fs::read(file).with_context(|| format!("failed to read {file}"))?;
                println!("{file}: {:?}", (decoder.read)(&bytes));
            }
            Ok(())
        }
        _ => bail!("usage: hospes-decoders seeds FOLDER, or hospes-decoders DECODER FILE..."),
    }
}

/// Files that were put there by hand, or were found by a fuzzer, stay as they are.
fn write(folder: &Path) -> Result<()> {
    let all = seeds::all()?;
    for seed in &all {
        let folder = folder.join(seed.decoder);
        fs::create_dir_all(&folder)
            .with_context(|| format!("failed to make {}", folder.display()))?;
        let path = folder.join(&seed.name);
        fs::write(&path, &seed.bytes)
            .with_context(|| format!("failed to write {}", path.display()))?;
    }
    let path = folder.join(vectors::FILE);
    fs::write(&path, vectors::text()?)
        .with_context(|| format!("failed to write {}", path.display()))?;
    let bytes = all.iter().map(|seed| seed.bytes.len()).sum::<usize>();
    println!("{} seeds of {} KiB are in {}", all.len(), bytes.div_ceil(1_024), folder.display());
    Ok(())
}
