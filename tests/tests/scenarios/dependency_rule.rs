//! Which crate may know which.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use hospes_stage::programs::workspace;

/// The crate that holds one set of features of other people's crates.
const FEATURES: &str = "hospes-features";
/// The crate that takes the place of one of other people's.
const CRYPTO: &str = "openssl-sys";

fn metadata() -> Result<Metadata> {
    let version = Command::new("rustc").arg("-vV").output().context("failed to start rustc")?;
    let version = String::from_utf8(version.stdout)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    // What other platforms need is not on this machine, and no test fetches it.
    let options = ["--offline", "--filter-platform", host.context("rustc names no host")?];
    let mut command = MetadataCommand::new();
    command.manifest_path(workspace().join("Cargo.toml")).other_options(options.map(str::to_owned));
    command.exec().context("failed to ask cargo")
}

/// Every package with those that it is built with, without what only its tests and build need.
fn graph(metadata: &Metadata) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let name = |id| metadata[id].name.to_string();
    let resolve = metadata.resolve.as_ref().context("cargo resolved nothing")?;
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for node in &resolve.nodes {
        let entry = graph.entry(name(&node.id)).or_default();
        // It holds the features of other people's crates, and nothing that one could use.
        if name(&node.id) == FEATURES {
            continue;
        }
        for dependency in &node.deps {
            let normal =
                dependency.dep_kinds.iter().any(|info| info.kind == DependencyKind::Normal);
            if normal {
                entry.insert(name(&dependency.pkg));
            }
        }
    }
    Ok(graph)
}

/// All that a package is built with, directly and through others.
fn closure(graph: &BTreeMap<String, BTreeSet<String>>, package: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![package];
    while let Some(package) = open.pop() {
        for dependency in graph.get(package).into_iter().flatten() {
            if found.insert(dependency.clone()) {
                open.push(dependency);
            }
        }
    }
    found
}

/// Packages of this workspace.
fn ours(metadata: &Metadata) -> BTreeSet<String> {
    let names = metadata.workspace_packages();
    let names = names.iter().map(|package| package.name.to_string());
    names.filter(|name| ![FEATURES, CRYPTO].contains(&name.as_str())).collect()
}

#[test]
fn crates_know_only_those_below_them() -> Result<()> {
    let metadata = metadata()?;
    let (graph, ours) = (graph(&metadata)?, ours(&metadata));
    // Crates of ours that each may be built with.
    let rules: [(&str, &[&str]); 11] = [
        ("hospes-domain", &[]),
        ("hospes-sync", &["hospes-domain"]),
        ("hospes-identity", &["hospes-domain"]),
        ("hospes-store", &["hospes-domain", "hospes-sync"]),
        ("hospes-desk", &["hospes-domain"]),
        ("hospes-wire", &["hospes-domain", "hospes-desk"]),
        ("hospes-document", &["hospes-domain", "hospes-sync"]),
        ("hospes-worker", &["hospes-domain", "hospes-sync", "hospes-document"]),
        (
            "hospes-node",
            &[
                "hospes-domain",
                "hospes-sync",
                "hospes-identity",
                "hospes-store",
                "hospes-desk",
                "hospes-wire",
                "hospes-web",
                "hospes-worker",
                // Only through the worker: see below.
                "hospes-document",
            ],
        ),
        ("hospes-admin", &["hospes-domain", "hospes-desk", "hospes-identity", "hospes-wire"]),
        ("hospes-web", &["hospes-domain", "hospes-desk", "hospes-render"]),
    ];
    for (name, allowed) in rules {
        if !ours.contains(name) {
            println!("{name} is not there yet");
            continue;
        }
        let known: BTreeSet<String> = closure(&graph, name).intersection(&ours).cloned().collect();
        let allowed: BTreeSet<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
        let beyond: Vec<&String> = known.difference(&allowed).collect();
        ensure!(beyond.is_empty(), "{name} is built with {beyond:?}");
    }
    // Nobody builds upon what only proves the project.
    for name in &ours {
        let known = closure(&graph, name);
        let proof = [
            "hospes-tests",
            "hospes-simulator",
            "hospes-bench",
            "hospes-decoders",
            "hospes-stage",
            "hospes-artifacts",
            "xtask",
        ];
        let shipped = !proof.contains(&name.as_str());
        ensure!(
            !shipped || proof.iter().all(|proof| !known.contains(*proof)),
            "{name} needs a proof"
        );
    }
    Ok(())
}

#[test]
fn what_is_pure_has_no_runtime_no_socket_and_no_database_below_it() -> Result<()> {
    let metadata = metadata()?;
    let graph = graph(&metadata)?;
    let worldly =
        ["tokio", "mio", "hyper", "sqlx", "sqlx-core", "libsqlite3-sys", "tonic", "rustls"];
    for name in ["hospes-domain", "hospes-sync"] {
        let known = closure(&graph, name);
        ensure!(!known.is_empty(), "{name} is not there");
        for worldly in worldly {
            ensure!(!known.contains(worldly), "{name} is built with {worldly}");
        }
    }
    Ok(())
}

/// The daemon never hands foreign bytes to Automerge: it could not if it wanted to.
#[test]
fn automerge_is_built_into_the_merge_worker_and_into_nothing_else() -> Result<()> {
    let metadata = metadata()?;
    let graph = graph(&metadata)?;
    for name in ["domain", "sync", "identity", "wire", "store", "admin"] {
        let known = closure(&graph, &format!("hospes-{name}"));
        ensure!(!known.contains("automerge"), "{name} knows Automerge");
    }
    for name in ["node", "worker"] {
        let known = graph.get(&format!("hospes-{name}")).context("no such crate")?;
        ensure!(!known.contains("automerge"), "{name} names Automerge");
        ensure!(known.contains("hospes-document") == (name == "worker"), "{name}: documents");
    }
    Ok(())
}

#[test]
fn what_the_workspace_bans_is_banned_where_clocks_and_chance_are_too() -> Result<()> {
    let read = |path: &str| {
        let path = workspace().join(path);
        std::fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))
    };
    // Lints take the nearest file and look no further up.
    let everywhere = read(".clippy.toml")?;
    for path in ["crates/domain/.clippy.toml", "crates/sync/.clippy.toml"] {
        let here = read(path)?;
        let missing: Vec<&str> =
            everywhere.lines().filter(|line| !here.lines().any(|here| here == *line)).collect();
        ensure!(missing.is_empty(), "{path} lacks {missing:?}");
    }
    Ok(())
}

#[test]
fn the_top_of_the_repository_holds_what_the_design_says() -> Result<()> {
    let allowed = [
        "Cargo.toml",
        "Cargo.lock",
        "LICENSE",
        "README.md",
        "crates",
        "deploy",
        "docs",
        "proto",
        "target",
        "tests",
    ];
    for entry in std::fs::read_dir(workspace())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        ensure!(
            name.starts_with('.') || allowed.contains(&name.as_str()),
            "{name} does not belong there"
        );
    }
    for needed in ["Cargo.toml", "crates", "proto", "tests"] {
        ensure!(workspace().join(needed).exists(), "{needed} is missing");
    }
    Ok(())
}

#[test]
fn every_dependency_is_named_with_its_reason() -> Result<()> {
    let page = std::fs::read_to_string(workspace().join("docs/dependencies.md"))?;
    let mut folders = vec![workspace().join("tests")];
    for entry in std::fs::read_dir(workspace().join("crates"))? {
        folders.push(entry?.path());
    }
    for folder in folders {
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml"))?;
        let Some((_, dependencies)) = manifest.split_once("dependencies]") else { continue };
        for line in dependencies.lines().filter(|line| line.contains("workspace = true")) {
            let name = line.split(['.', ' ']).next().unwrap_or_default();
            let named = name.starts_with("hospes-") || page.contains(&format!("`{name}`"));
            ensure!(named, "{name}, of {}, has no reason", folder.display());
        }
    }
    Ok(())
}

/// Packages with the features that they are compiled with, for some of our crates and their tests.
fn features(which: &[&str]) -> Result<BTreeSet<String>> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace()).args(["tree", "--offline", "--prefix", "none"]);
    command.args(["--edges", "normal,build,dev", "--format", "{p} [{f}]"]).args(which);
    let output = command.output().context("failed to start cargo tree")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo tree {which:?} says {said}");
    let lines = String::from_utf8(output.stdout)?;
    let lines = lines.lines().map(|line| line.trim_end_matches(" (*)"));
    // Ours have a path behind their version, and no features.
    let theirs = lines.filter(|line| line.ends_with(']') && !line.contains("(/"));
    Ok(theirs.map(|line| line.replace(" (proc-macro)", "")).collect())
}

#[test]
fn every_crate_is_built_with_the_features_that_the_workspace_is_built_with() -> Result<()> {
    let all = features(&["--workspace"])?;
    ensure!(all.len() > 300, "cargo tells of {} packages only", all.len());
    let mut missing = BTreeSet::new();
    for name in ours(&metadata()?) {
        for line in features(&["--package", &name])?.difference(&all) {
            let package = line.split(" [").next().unwrap_or_default();
            missing.extend(all.iter().filter(|line| line.starts_with(package)).cloned());
            println!("{name} alone is built with {line}");
        }
    }
    ensure!(missing.is_empty(), "name these in crates/features/Cargo.toml: {missing:#?}");
    Ok(())
}

/// The crate for which people wait before they see anything.
#[test]
fn the_chores_need_nothing_of_the_house() -> Result<()> {
    let metadata = metadata()?;
    let known = closure(&graph(&metadata)?, "xtask");
    ensure!(known.contains("anyhow") && known.len() <= 3, "xtask is built with {known:?}");
    Ok(())
}
