//! Which file may name which.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use hospes_stage::programs::workspace;
use hospes_tests::imports::{Module, circle, of_crate};

/// The storeys of the node, from the top. Each names only those below it.
const STOREYS: [&str; 10] = [
    "api",
    "desk",
    "vault",
    "center",
    "replication",
    "ledger",
    "links",
    "backup",
    "trust",
    "machine",
];
/// Neighbours that do not know each other: only the one above them knows both.
const STRANGERS: [(&str, &str); 3] =
    [("ledger", "links"), ("ledger", "backup"), ("links", "backup")];

fn shown(module: &Module) -> String {
    module.join("/")
}

#[test]
fn no_file_imports_in_a_circle() -> Result<()> {
    let mut crates = 0;
    for entry in fs::read_dir(workspace().join("crates"))? {
        let sources = entry?.path().join("src");
        if !sources.join("lib.rs").exists() && !sources.join("main.rs").exists() {
            continue;
        }
        let imports = of_crate(&sources)?;
        let circle = circle(&imports).map(|files| files.iter().map(shown).collect::<Vec<_>>());
        ensure!(circle.is_none(), "{}: {:?}", sources.display(), circle.unwrap_or_default());
        crates += 1;
    }
    ensure!(crates > 10, "only {crates} crates were looked at");
    Ok(())
}

#[test]
fn every_storey_of_the_node_names_only_those_below_it() -> Result<()> {
    let imports = of_crate(&workspace().join("crates/node/src"))?;
    let height = |module: &Module| {
        let storey = module.first()?;
        STOREYS.iter().position(|of| of == storey)
    };
    let mut seen = 0;
    for (file, named) in &imports {
        if file.is_empty() || *file == ["main"] {
            continue;
        }
        let own = height(file).with_context(|| format!("{} is in no storey", shown(file)))?;
        for other in named {
            let Some(height) = height(other) else { continue };
            let told = format!("{} names {}", shown(file), shown(other));
            ensure!(height >= own, "{told}, which lies above it");
            let both = (STOREYS[own], STOREYS[height]);
            ensure!(!STRANGERS.contains(&both), "{told}: these two do not know each other");
            seen += 1;
        }
    }
    ensure!(seen > 200, "only {seen} imports were looked at");
    Ok(())
}

/// How things are said is the business of the uppermost storey: the same use cases will be said in pages,
/// too.
#[test]
fn only_the_uppermost_storey_of_the_node_speaks_in_messages_of_its_tools() -> Result<()> {
    let mut folders = vec![workspace().join("crates/node/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() && !path.ends_with("api") {
                folders.push(path);
            } else if path.is_file() && !path.ends_with("api.rs") {
                let code = fs::read_to_string(&path)?;
                for named in code.split("hospes_wire::").skip(1) {
                    let named = named.split(';').next().unwrap_or_default();
                    let mut words = named.split(|c: char| !c.is_alphanumeric() && c != '_');
                    let said = words.find(|word| ["local", "admin"].contains(word));
                    ensure!(said.is_none(), "{} speaks of {said:?} messages", path.display());
                }
            }
        }
    }
    Ok(())
}
