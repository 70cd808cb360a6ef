//! Which crate may know which.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use xtask::programs::workspace;

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
    metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect()
}

#[test]
fn crates_know_only_those_below_them() -> Result<()> {
    let metadata = metadata()?;
    let (graph, ours) = (graph(&metadata)?, ours(&metadata));
    // Crates of ours that each may be built with.
    let rules: [(&str, &[&str]); 8] = [
        ("hospes-domain", &[]),
        ("hospes-sync", &["hospes-domain"]),
        ("hospes-identity", &["hospes-domain"]),
        ("hospes-store", &["hospes-domain", "hospes-sync"]),
        ("hospes-wire", &["hospes-domain"]),
        (
            "hospes-node",
            &["hospes-domain", "hospes-sync", "hospes-identity", "hospes-store", "hospes-wire"],
        ),
        ("hospes-admin", &["hospes-domain", "hospes-identity", "hospes-wire"]),
        ("hospes-web", &["hospes-domain", "hospes-render"]),
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
        let proof =
            ["hospes-tests", "hospes-simulator", "hospes-bench", "hospes-decoders", "xtask"];
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
    ensure!(!closure(&graph, "hospes-domain").contains("automerge"), "domain knows Automerge");
    for name in ["hospes-identity", "hospes-wire", "hospes-admin", "hospes-store"] {
        ensure!(
            !closure(&graph, name).contains("automerge") || name == "hospes-store",
            "{name} knows Automerge"
        );
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
