//! Which file of a crate names which: read from the code, for the tests that hold its order.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use syn::visit::{self, Visit};

/// A file by its module: `["desk", "records", "find"]`; the root of the crate has no words.
pub type Module = Vec<String>;
/// The files of a crate, and which others each names.
pub type Imports = BTreeMap<Module, BTreeSet<Module>>;

/// The imports of a crate, by the folder of its sources. Code of tests is left out.
pub fn of_crate(sources: &Path) -> Result<Imports> {
    let mut files = BTreeMap::new();
    collect(sources, &mut Vec::new(), &mut files)?;
    let modules: BTreeSet<Module> = files.keys().cloned().collect();
    let mut imports = Imports::new();
    for (module, code) in files {
        let code = syn::parse_file(&code).with_context(|| format!("parse {module:?}"))?;
        let mut reader = Reader { module: &module, modules: &modules, found: BTreeSet::new() };
        reader.visit_file(&code);
        let found = reader.found;
        imports.insert(module, found);
    }
    Ok(imports)
}

fn collect(folder: &Path, within: &mut Module, files: &mut BTreeMap<Module, String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            within.push(stem);
            collect(&path, within, files)?;
            within.pop();
        } else if path.extension().is_some_and(|ending| ending == "rs") && !stem.ends_with("tests")
        {
            let is_root = within.is_empty() && stem == "lib";
            let face = is_root || stem == "mod";
            let module = within.iter().cloned().chain((!face).then_some(stem)).collect();
            files.insert(module, fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

struct Reader<'a> {
    module: &'a Module,
    modules: &'a BTreeSet<Module>,
    found: BTreeSet<Module>,
}

impl Reader<'_> {
    /// Notes the file in which a path ends; nothing for one that leads out of the crate.
    fn names(&mut self, path: &[String]) {
        let mut words = path.iter().map(String::as_str).peekable();
        let mut module = match words.peek() {
            Some(&"crate") => Module::new(),
            Some(&("self" | "super")) => self.module.clone(),
            Some(word) if self.has_child(word) => self.module.clone(),
            _ => return,
        };
        for word in words {
            match word {
                "crate" | "self" => {}
                "super" => drop(module.pop()),
                word => {
                    module.push(word.to_owned());
                    if !self.modules.contains(&module) {
                        module.pop();
                        break;
                    }
                }
            }
        }
        if module != *self.module && self.modules.contains(&module) {
            self.found.insert(module);
        }
    }

    fn has_child(&self, word: &str) -> bool {
        let mut child = self.module.clone();
        child.push(word.to_owned());
        self.modules.contains(&child)
    }

    fn tree(&mut self, before: &mut Vec<String>, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.tree(before, &path.tree);
                before.pop();
            }
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.tree(before, tree);
                }
            }
            syn::UseTree::Name(syn::UseName { ident, .. })
            | syn::UseTree::Rename(syn::UseRename { ident, .. }) => {
                before.push(ident.to_string());
                self.names(before);
                before.pop();
            }
            syn::UseTree::Glob(_) => self.names(before),
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let is_test = |attribute: &syn::Attribute| {
            attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Ident>().is_ok_and(|word| word == "test")
        };
        if !item.attrs.iter().any(is_test) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&mut Vec::new(), &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let words: Vec<String> = path.segments.iter().map(|word| word.ident.to_string()).collect();
        if words.len() > 1 {
            self.names(&words);
        }
        visit::visit_path(self, path);
    }
}

/// Files that import in a circle, if any do. A parent and its child may name each other: the parent is
/// the child's face.
pub fn circle(imports: &Imports) -> Option<Vec<Module>> {
    let mut open = imports.clone();
    for (file, named) in &mut open {
        named.retain(|other| !other.starts_with(file) && !file.starts_with(other));
    }
    // Whoever names nobody that is left is in no circle, and neither is whoever nobody names.
    loop {
        let left: BTreeSet<Module> = open.keys().cloned().collect();
        let named: BTreeSet<Module> = open.values().flatten().cloned().collect();
        open.retain(|file, names| {
            names.iter().any(|name| left.contains(name)) && named.contains(file)
        });
        if open.len() == left.len() {
            break;
        }
    }
    (!open.is_empty()).then(|| open.into_keys().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(path: &str) -> Module {
        path.split('/').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    fn crate_of(files: &[(&str, &str)]) -> Result<Imports> {
        let folder = tempfile::tempdir()?;
        for (file, code) in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap_or(folder.path()))?;
            fs::write(path, code)?;
        }
        of_crate(folder.path())
    }

    #[test]
    fn uses_groups_paths_and_children_are_seen_and_tests_are_not() -> Result<()> {
        let imports = crate_of(&[
            ("lib.rs", "mod a; mod b; mod c; mod d;"),
            ("a.rs", "use crate::b::{self, one::Two as Three}; fn f() { inner::g(); } mod inner;"),
            ("a/inner.rs", "use super::super::c::X; fn g() { let _ = crate::d::Y; }"),
            ("b.rs", "#[cfg(test)] mod tests { use crate::d::Z; }"),
            ("b/one.rs", "use std::fmt; use serde::d;"),
            ("b/tests.rs", "use crate::a::A;"),
            ("c.rs", ""),
            ("d.rs", ""),
        ])?;
        let named = |file: &str| imports[&module(file)].iter().map(|of| of.join("/")).collect();
        let expected: [(&str, &[&str]); 4] = [
            ("a", &["a/inner", "b", "b/one"]),
            ("a/inner", &["c", "d"]),
            ("b", &[]),
            ("b/one", &[]),
        ];
        for (file, others) in expected {
            let named: Vec<String> = named(file);
            assert_eq!(named, others, "{file}");
        }
        assert_eq!(circle(&imports), None);
        Ok(())
    }

    #[test]
    fn a_circle_is_found_and_a_face_with_its_child_is_none() -> Result<()> {
        let face =
            [("lib.rs", "mod a;"), ("a.rs", "mod b; use b::B;"), ("a/b.rs", "use super::A;")];
        assert_eq!(circle(&crate_of(&face)?), None);
        let around = [
            ("lib.rs", ""),
            ("a.rs", "use crate::b::B;"),
            ("b.rs", "use crate::c::C;"),
            ("c.rs", "use crate::a::A; use crate::d::D;"),
            ("d.rs", ""),
            ("e.rs", "use crate::a::A;"),
        ];
        let found = circle(&crate_of(&around)?);
        assert_eq!(found, Some(vec![module("a"), module("b"), module("c")]));
        Ok(())
    }
}
